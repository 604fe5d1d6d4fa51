/* Merges trees, later over earlier. */
#include "desired/merge.h"

#include <stdlib.h>
#include <string.h>

/* A mapping's keys in order, for lookup. */
struct index {
	const struct tree_entry **items;
	size_t count;
};

static int item_compare(const void *a, const void *b)
{
	return strcmp((*(const struct tree_entry *const *)a)->key, (*(const struct tree_entry *const *)b)->key);
}

static struct index index_make(struct arena *arena, const struct tree *mapping)
{
	struct index index = {ARENA_ARRAY(arena, const struct tree_entry *, mapping->count), mapping->count};

	for (size_t i = 0; i < mapping->count; i++)
		index.items[i] = &mapping->entries[i];
	if (index.count > 1)
		qsort(index.items, index.count, sizeof(*index.items), item_compare);
	return index;
}

static const struct tree_entry *index_find(const struct index *index, const struct tree_entry *like)
{
	const struct tree_entry *const *found =
		index->count == 0 ? NULL
				  : bsearch(&like, index->items, index->count, sizeof(*index->items), item_compare);

	return found ? *found : NULL;
}

/* Below's keys in their order, then those that only above has. */
static struct tree *merge_mappings(struct arena *arena, const struct tree *below, const struct tree *above)
{
	struct tree *merged = arena_copy(arena, above, sizeof(*above));
	struct index below_index = index_make(arena, below), above_index = index_make(arena, above);

	merged->count = 0;
	merged->entries = ARENA_ARRAY(arena, struct tree_entry, below->count + above->count);
	for (size_t i = 0; i < below->count; i++) {
		struct tree_entry *entry = &merged->entries[merged->count++];
		const struct tree_entry *over = index_find(&above_index, &below->entries[i]);

		*entry = below->entries[i];
		if (!over || tree_is_blank(over->value))
			continue;
		*entry = *over;
		entry->value = tree_merge(arena, below->entries[i].value, over->value);
	}
	for (size_t i = 0; i < above->count; i++)
		if (!index_find(&below_index, &above->entries[i]))
			merged->entries[merged->count++] = above->entries[i];
	return merged;
}

struct tree *tree_merge(struct arena *arena, struct tree *below, struct tree *above)
{
	if (!below || !above)
		return below ? below : above;
	if (tree_is_blank(above))
		return below;
	if (below->kind == TREE_MAPPING && above->kind == TREE_MAPPING)
		return merge_mappings(arena, below, above);
	return above;
}

struct tree *tree_inherited(struct arena *arena, const struct tree *defaults)
{
	struct tree *copy = arena_copy(arena, defaults, sizeof(*defaults));

	copy->where.inherited = true;
	if (copy->kind == TREE_MAPPING) {
		copy->entries = arena_copy(arena, defaults->entries, sizeof(*copy->entries) * copy->count);
		for (size_t i = 0; i < copy->count; i++) {
			copy->entries[i].where.inherited = true;
			copy->entries[i].value = tree_inherited(arena, copy->entries[i].value);
		}
	} else if (copy->kind == TREE_LIST) {
		copy->items = arena_copy(arena, defaults->items, sizeof(struct tree *) * copy->count);
		for (size_t i = 0; i < copy->count; i++)
			copy->items[i] = tree_inherited(arena, copy->items[i]);
	}
	return copy;
}
