/* Packs: what `git gc` makes of many objects. We never write one, and every byte of one is doubted: what libgit2
 * allocates by the size that a pack claims, and where a chain of changes leads, is decided by the file. Only for this
 * room.
 *
 * Nothing is read but what is asked for: a search in the index, and the object with those that it is a change of. */
#ifndef RECONCILE_HISTORY_PACK_H
#define RECONCILE_HISTORY_PACK_H

#include "base/arena.h"
#include "history/object.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct packs {
	struct arena *arena; /* NULL: not looked for yet */
	struct pack *items;
	size_t count;
	struct timespec changed; /* of the folder, when it was read */
};

/* Forgets what was open when packs have come or gone since; false when it is all the same. */
bool packs_refresh(struct packs *packs, const char *folder);
void packs_done(struct packs *packs);

/* ERROR_NOT_FOUND: no pack has it, and none is damaged. */
int packs_read(struct packs *packs, const char *folder, const git_oid *id, struct object *ret_object,
	       struct error *err);
/* The ids in the packs that begin with these hexadecimal digits: how many, of which two are enough to know. */
size_t packs_find(struct packs *packs, const char *folder, const git_oid *prefix, size_t digits, git_oid *ret_id);

/* The base of a change is so many bytes before it: git's own way to write that number, gitformat-pack(5). Moves *used
 * on; false when the number does not end within length, or is none that a file can have. */
bool pack_distance(const unsigned char *head, size_t length, size_t *used, int64_t *ret_distance);

#endif
