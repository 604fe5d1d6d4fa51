/* What the files about revisions share: the repository, its two sides, and the walk in a tree. Only for this room. */
#ifndef RECONCILE_HISTORY_REVISION_TREE_H
#define RECONCILE_HISTORY_REVISION_TREE_H

#include "history/git.h"
#include "history/revision.h"

/* State files hold a megabyte, and a folder of ten thousand names is half of one. */
enum { TREE_CAP = 16 * 1024 * 1024 };

struct revision {
	const struct revisions *in;
	git_tree *tree;
	char *name;
};

struct revisions {
	git_repository *repo;
	git_odb *odb;
	char *root; /* real path of the work tree, or of the bare repository; no slash at its end */
	bool bare, shallow;
	struct revision old, now; /* now.tree NULL: the work tree */
};

/* -1 unless the object is there, of this type and no larger than the cap. */
int object_check(const struct revisions *revisions, const git_oid *id, git_object_t type, size_t cap,
		 struct error *err);
int tree_open(const struct revisions *revisions, const git_oid *id, git_tree **ret_tree, struct error *err);
/* The path below the root of the repository, "" for the root itself, malloc'ed; NULL: it is not in there. */
char *path_inside(const struct revisions *revisions, const char *path);

#endif
