/* Our own lock: one reconcile changes a store at a time.
 *
 * <store>/.reconcile.lock is held by flock(2), so that on one machine it cannot outlive its process and the BuildX that
 * this started. A second machine with the same home folder may not see that flock: NFS keeps it local when mounted with
 * local_lock (nfs(5)), and so do 9p and virtiofs unless told otherwise. So the file holds its owner, as JSON in at most
 * 4096 bytes, and the owner rewrites it while it lives:
 *
 *     {"pid": 4711, "host": "build1", "user": "root", "command": "apply", "start": "2026-01-31T12:00:00Z",
 *      "boot": "<the kernel's id of this boot>", "id": "<16 random hex digits of this hold>", "lease": 2000, "beat": 7}
 *
 * "beat" counts up every "lease" milliseconds. Who gets the flock and finds an owner of the same boot knows it dead; of
 * another one, watches whether the bytes change, which needs no two clocks that agree: what stands still for 3 leases
 * is dead. An empty file is free. Taking it over from a machine is made one machine's at a time by a symbolic link
 * beside it, .reconcile.lock.claim, whose target is the boot's id: making one is atomic on all these file systems, and
 * it lives for microseconds. A holder that was stopped for so long that another took over finds another id at its next
 * beat, and is told. */
#ifndef RECONCILE_APPLY_RUN_LOCK_H
#define RECONCILE_APPLY_RUN_LOCK_H

#include "base/error.h"

#include <stdbool.h>

struct lease;

struct run_lock {
	int fd; /* -1: not held */
	struct lease *lease;
	/* "pid 4711 on build1, \"apply\" of root, since 2026-01-31T12:00:00Z": the last owner, when it died with the
	 * lock in its hands; "" when it released it. */
	char took_over[512];
};

/* ERROR_LOCKED after timeout_ms, naming the owner. The store's folder is created 0700 when missing. */
int run_lock_take(const char *store, const char *command, int timeout_ms, struct run_lock *ret_lock, struct error *err);
/* Another machine has taken the lock from us: do nothing more. Any thread may ask. */
bool run_lock_is_lost(const struct run_lock *lock);
void run_lock_release(struct run_lock *lock); /* one that is not held is allowed */

#endif
