/* Removes what a process that was killed left half-written. */
#ifndef RECONCILE_BASE_SWEEP_H
#define RECONCILE_BASE_SWEEP_H

#include "base/error.h"

#include <stdbool.h>

/* Removes the entries of a folder whose names `is_leftover` knows, folders with what is in them, and syncs it when
 * there were any. A folder that is missing or may not be read has none. */
int folder_sweep(const char *path, bool (*is_leftover)(void *context, const char *name), void *context,
		 struct error *err);
/* For folder_sweep(): a name that file_write_atomic() gave. The caller knows that nobody is writing there. */
bool name_is_temp(void *context, const char *name);
/* The same, where others may be writing: the process that gave it is gone from this machine, or is this one. */
bool name_is_dead_temp(void *context, const char *name);
/* Whether a process of this id is gone, or is this one, which has not begun to write. */
bool process_is_gone(long pid);

#endif
