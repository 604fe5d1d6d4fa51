/* A repository that knows a few refs and no others, for libgit2 pushes only what has a name: then nothing else can be
 * meant, and no file of a ref is read. Only for this room. */
#ifndef RECONCILE_HISTORY_FEW_REFS_H
#define RECONCILE_HISTORY_FEW_REFS_H

#include "history/git.h"

struct few_ref {
	const char *name;
	git_oid id;
};

/* The refs are the caller's, and live as long as the repository; there are `count` at most, by the time that they are
 * asked for. */
int few_refs_join(git_repository *repo, const struct few_ref *refs, size_t count, struct error *err);

#endif
