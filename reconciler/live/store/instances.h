/* Instance files and the times of last use. */
#ifndef RECONCILE_LIVE_STORE_INSTANCES_H
#define RECONCILE_LIVE_STORE_INSTANCES_H

#include "base/error.h"
#include "model/live.h"

/* Fills builders; names the entries that are no regular files, or make no builder with a file that was read, in order.
 * -1: the folder cannot be listed. is_locked: BuildX cannot be writing meanwhile. */
int instances_read(struct live *live, int store_fd, bool is_locked, struct strings *ret_others, struct error *err);
/* Reads activity/<name> into *ret_time (NULL when there is none). */
void activity_read(struct live *live, int store_fd, const char *name, const char *subject, const char **ret_time);

#endif
