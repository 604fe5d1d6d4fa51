/* A commit of the repository, read without libgit2: what every plan looks at is the tip of main, and libgit2's start
 * reads all certificates of the machine, which is more than the whole plan takes. Only for this room. */
#ifndef RECONCILE_HISTORY_COMMIT_H
#define RECONCILE_HISTORY_COMMIT_H

#include "base/arena.h"
#include "history/git.h"

struct commit {
	git_oid id, tree, parent; /* the first one */
	bool has_parent;
	const char *message; /* in the arena */
};

/* ERROR_NOT_FOUND: the repository has no such object; ERROR_CORRUPT: it is damaged, or is no commit. */
int commit_read(struct history *history, const git_oid *id, struct arena *arena, struct commit *ret_commit,
		struct error *err);

#endif
