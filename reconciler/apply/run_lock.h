/* Our own lock: one reconcile changes a store at a time. <store>/.reconcile.lock, held by flock(2) so that it cannot
 * outlive its process and the BuildX that this started, with the owner (pid, host, user, command, start) as JSON in it
 * for the one who waits. */
#ifndef RECONCILE_APPLY_RUN_LOCK_H
#define RECONCILE_APPLY_RUN_LOCK_H

#include "base/error.h"

struct run_lock {
	int fd; /* -1: not held */
	/* "pid 4711 on build1, \"apply\" of root, since 2026-01-31T12:00:00Z": the last owner, when it died with the
	 * lock in its hands; "" when it released it. */
	char took_over[256];
};

/* ERROR_LOCKED after timeout_ms, naming the owner. The store's folder is created 0700 when missing. */
int run_lock_take(const char *store, const char *command, int timeout_ms, struct run_lock *ret_lock, struct error *err);
void run_lock_release(struct run_lock *lock); /* one that is not held is allowed */

#endif
