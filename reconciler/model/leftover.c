/* Copies and finds leftovers. */
#include "model/leftover.h"

#include "base/text.h"

struct leftover leftover_copy(struct arena *arena, const struct leftover *leftover)
{
	return (struct leftover){
		.endpoint = arena_strdup(arena, leftover->endpoint),
		.host = arena_strdup(arena, leftover->host),
		.node = arena_strdup(arena, leftover->node),
		.builder = arena_strdup(arena, leftover->builder),
		.reason = arena_strdup(arena, leftover->reason),
		.volume_created = arena_strdup(arena, leftover->volume_created),
		.until = leftover->until,
	};
}

struct leftovers leftovers_copy(struct arena *arena, const struct leftovers *leftovers)
{
	struct leftovers copy = {0};

	for (size_t i = 0; leftovers && i < leftovers->count; i++)
		*ARENA_PUSH(arena, copy.items, copy.count) = leftover_copy(arena, &leftovers->items[i]);
	if (leftovers) {
		copy.diversion.builder = arena_strdup(arena, leftovers->diversion.builder);
		copy.diversion.fallback = arena_strdup(arena, leftovers->diversion.fallback);
	}
	return copy;
}

const struct leftover *leftovers_find(const struct leftovers *leftovers, const char *host, const char *node)
{
	for (size_t i = 0; i < leftovers->count; i++)
		if (text_equal(leftovers->items[i].host, host) && text_equal(leftovers->items[i].node, node))
			return &leftovers->items[i];
	return NULL;
}
