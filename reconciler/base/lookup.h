/* Finds values by a text among thousands of them that are in no order: a hash table in an arena.
 *
 *	struct lookup by_address = {0};
 *
 *	lookup_add(arena, &by_address, change->address, change);
 *	const struct change *change = lookup_find(&by_address, "builder.ci");
 *
 * Keys and values belong to the caller and stay where they are. What is sorted needs none of it: keyed.h. */
#ifndef RECONCILE_BASE_LOOKUP_H
#define RECONCILE_BASE_LOOKUP_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct lookup_slot;
struct lookup {
	struct lookup_slot *slots;
	size_t size, count;
};

/* False when the key is there already, with the value that it has. Neither may be NULL. */
bool lookup_add(struct arena *arena, struct lookup *lookup, const char *key, const void *value);
/* NULL when the key is not there, and for a NULL key. */
const void *lookup_find(const struct lookup *lookup, const char *key);

#endif
