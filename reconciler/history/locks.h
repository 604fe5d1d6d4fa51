/* Lock files and unfinished files that a run left in the repository when it was killed. Only for this room. */
#ifndef RECONCILE_HISTORY_LOCKS_H
#define RECONCILE_HISTORY_LOCKS_H

#include "history/git.h"

/* Removes them. The history must be locked: writing.h. */
int locks_clear(struct history *history, struct error *err);

#endif
