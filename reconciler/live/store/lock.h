/* BuildX's own lock, flock(2) on <store>/.lock: held only to read or write store files, never across a probe or a
 * child. */
#ifndef RECONCILE_LIVE_STORE_LOCK_H
#define RECONCILE_LIVE_STORE_LOCK_H

#include "base/error.h"
#include "base/interrupt.h"

/* What to do where flock(2) itself fails: a home on NFS without a lock manager. */
#define STORE_LOCK_HINT                                                                                                \
	"set BUILDX_CONFIG to a folder on a local disk: BuildX cannot lock here either, and stops with \"no locks "    \
	"available\""

int store_lock(const char *store, int timeout_ms, const struct interrupt *interrupt, int *ret_fd, struct error *err);
/* Does not create the file: *ret_fd is -1 and the result 0 when there is none, as BuildX makes it before it touches
 * anything. */
int store_try_lock(const char *store, int timeout_ms, const struct interrupt *interrupt, int *ret_fd,
		   struct error *err);

#endif
