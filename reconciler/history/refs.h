/* Refs, read by us: libgit2 passes over one that is damaged, takes the packed value where a folder or a FIFO has come
 * into its place, or waits for ever. It still writes them, after we have read the same one. Only for this room. */
#ifndef RECONCILE_HISTORY_REFS_H
#define RECONCILE_HISTORY_REFS_H

#include "base/text.h"
#include "history/git.h"

/* The commit that a ref names. ERROR_NOT_FOUND: there is no such ref; ERROR_CORRUPT: it is damaged. */
int ref_read(const struct history *history, const char *name, git_oid *ret_id, struct error *err);
/* Whether there is one, damaged ones too. */
bool ref_exists(const struct history *history, const char *name);
/* The refs below a folder of them ("refs/reconcile/pending/"), damaged ones too; sorted, in the arena. */
int refs_list(const struct history *history, struct arena *arena, const char *folder, struct strings *ret_names,
	      struct error *err);
/* packed-refs holds together as a whole: what `git pack-refs` and `git gc` write. */
int refs_check_packed(const struct history *history, struct error *err);

#endif
