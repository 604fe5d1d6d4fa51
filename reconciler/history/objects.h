/* Where libgit2 reads the objects: it is given what we have unpacked within bounds, and never a file of the repository.
 * Its own reading goes round for ever on an object that is cut short (its issue 7342), writes beyond its buffer where
 * one is longer than it says (7177), and waits for a FIFO. Only for this room. */
#ifndef RECONCILE_HISTORY_OBJECTS_H
#define RECONCILE_HISTORY_OBJECTS_H

#include "history/git.h"

/* Right after the repository was opened. */
int objects_guard(git_repository *repo, const char *path, struct error *err);

#endif
