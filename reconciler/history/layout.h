/* The files of the repository that libgit2 reads by itself when it opens one, looked at before it does: it waits for
 * ever for a FIFO, and reads what is of any size. Only for this room. */
#ifndef RECONCILE_HISTORY_LAYOUT_H
#define RECONCILE_HISTORY_LAYOUT_H

#include "base/error.h"

#include <stdbool.h>

/* What every repository of ours has is there, and of its kind. */
int layout_check(const char *path, struct error *err);
/* Nothing of it is known to libgit2 alone: it is as it was made, with no line more in its configuration, and main is
 * read as well without it. */
bool layout_is_plain(const char *path);
/* The folders of the objects and refs are folders: what writes goes there. */
int layout_check_folders(const char *path, struct error *err);
/* git has packed objects here: there were refs that led to them. */
bool layout_has_packs(const char *path);
/* A folder with something of a history in it, however damaged, and not just anybody's. */
bool layout_is_history(const char *path);

#endif
