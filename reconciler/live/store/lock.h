/* BuildX's own lock, flock(2) on <store>/.lock: held only to read or write store files, never across a probe or a
 * child. */
#ifndef RECONCILE_LIVE_STORE_LOCK_H
#define RECONCILE_LIVE_STORE_LOCK_H

#include "base/error.h"

int store_lock(const char *store, int timeout_ms, int *ret_fd, struct error *err);
/* Does not create the file: *ret_fd is -1 and the result 0 when there is none, as BuildX makes it before it touches
 * anything. */
int store_try_lock(const char *store, int timeout_ms, int *ret_fd, struct error *err);

#endif
