/* Open addressing, at most half full. */
#include "base/lookup.h"

#include <stdint.h>
#include <string.h>

enum { SIZE_FIRST = 16 };

struct lookup_slot {
	const char *key; /* NULL: free */
	const void *value;
};

/* FNV-1a, of isthe.com/chongo/tech/comp/fnv. */
static uint64_t hash_of(const char *key)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *key != '\0'; key++)
		hash = (hash ^ (unsigned char)*key) * 0x100000001b3u;
	return hash ^ hash >> 32;
}

/* The slot that has the key, or where it would go. */
static struct lookup_slot *slot_of(struct lookup_slot *slots, size_t size, const char *key)
{
	size_t at = hash_of(key) & (size - 1);

	while (slots[at].key && strcmp(slots[at].key, key) != 0)
		at = (at + 1) & (size - 1);
	return &slots[at];
}

static void grow(struct arena *arena, struct lookup *lookup)
{
	size_t size = lookup->size == 0 ? SIZE_FIRST : lookup->size * 2;
	struct lookup_slot *slots = ARENA_ARRAY(arena, struct lookup_slot, size);

	for (size_t i = 0; i < lookup->size; i++)
		if (lookup->slots[i].key)
			*slot_of(slots, size, lookup->slots[i].key) = lookup->slots[i];
	lookup->slots = slots;
	lookup->size = size;
}

bool lookup_add(struct arena *arena, struct lookup *lookup, const char *key, const void *value)
{
	if (2 * (lookup->count + 1) > lookup->size)
		grow(arena, lookup);
	struct lookup_slot *slot = slot_of(lookup->slots, lookup->size, key);
	if (slot->key)
		return false;
	*slot = (struct lookup_slot){key, value};
	lookup->count++;
	return true;
}

const void *lookup_find(const struct lookup *lookup, const char *key)
{
	return key && lookup->size > 0 ? slot_of(lookup->slots, lookup->size, key)->value : NULL;
}
