/* Where libgit2 reads the objects: it is given what we have unpacked within bounds, and never a file of the repository.
 * Its own reading goes round for ever on an object that is cut short (its issue 7342), writes beyond its buffer where
 * one is longer than it says (7177), and waits for a FIFO. Only for this room. */
#ifndef RECONCILE_HISTORY_OBJECTS_H
#define RECONCILE_HISTORY_OBJECTS_H

#include "history/object.h"
#include "history/pack.h"

/* The files of a repository that have its objects, read without libgit2. */
struct objects {
	char *folder, *pack_folder;
	struct packs packs;
};
void objects_init(struct objects *objects, const char *path);
void objects_done(struct objects *objects);
/* One whose bytes are what its id says; ERROR_CORRUPT and ERROR_NOT_FOUND name it. */
int objects_read(struct objects *objects, const git_oid *id, struct object *ret_object, struct error *err);

/* Right after the repository was opened. */
int objects_guard(git_repository *repo, const char *path, struct error *err);

/* Thousands of objects at once: what is written to a guarded repository after objects_hurry() is not synced by itself,
 * but all together by objects_settle(), before anything may refer to it. An object whose bytes a power cut took in
 * between counts as not there, and is written anew. objects_calm() ends it as well, and syncs nothing. */
void objects_hurry(git_repository *repo);
void objects_calm(git_repository *repo);
int objects_settle(git_repository *repo, struct error *err);

#endif
