/* One object of the repository, unpacked: a file of its own or a part of a pack. Only for this room.
 *
 * The formats are git's: gitformat-pack(5), and for a file of its own "TYPE SIZE\0" and the content, packed by zlib.
 * Where what is said and what is there differ, the object is damaged: ERROR_CORRUPT, naming no object. */
#ifndef RECONCILE_HISTORY_OBJECT_H
#define RECONCILE_HISTORY_OBJECT_H

#include "base/error.h"
#include "history/libgit2.h"

#include <stdbool.h>
#include <stddef.h>

/* No object of ours is larger: what is recorded is read and written with the same cap. */
enum { OBJECT_CAP = 64 * 1024 * 1024 };

struct object {
	git_object_t type;
	char *data; /* xmalloc's, as libgit2 wants it (git_use_xalloc()), and the caller's */
	size_t length;
};

/* As git_oid_fromstr(), git_oid_tostr() and git_oid_equal(), for what is read before libgit2 is wanted. */
bool object_id_read(const char *hex, git_oid *ret_id); /* the first 40 characters of a text that may be shorter */
void object_id_hex(const git_oid *id, char ret_hex[GIT_OID_HEXSZ + 1]);
bool object_id_equal(const git_oid *a, const git_oid *b);
const char *object_type_name(git_object_t type); /* "commit", "tree", "blob", "tag"; "" for others */

/* ERROR_NOT_FOUND: there is no such file. */
int loose_read(const char *path, struct object *ret_object, struct error *err);

/* Applies a pack's delta: ret_object gets base's type. */
int delta_apply(const struct object *base, const unsigned char *delta, size_t length, struct object *ret_object,
		struct error *err);

#endif
