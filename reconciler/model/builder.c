/* Looking things up in desired state, and its end of life. */
#include "model/builder.h"

#include <stdlib.h>
#include <string.h>

void places_add(struct arena *arena, struct places *places, const char *key, struct source source)
{
	struct place *place = ARENA_PUSH(arena, places->items, places->count);

	place->key = arena_strdup(arena, key);
	place->source = source;
}

struct source places_find(const struct places *places, const char *key, struct source otherwise)
{
	for (size_t i = 0; i < places->count; i++)
		if (strcmp(places->items[i].key, key) == 0)
			return places->items[i].source;
	return otherwise;
}

struct state *state_new(void)
{
	struct arena *arena = arena_new();
	struct state *state = ARENA_NEW(arena, struct state);

	state->arena = arena;
	return state;
}

void state_free(struct state *state)
{
	if (!state)
		return;
	for (size_t i = 0; i < state->builder_count; i++)
		cJSON_Delete(state->builders[i].buildkitd);
	arena_free(state->arena);
}

static int builder_compare(const void *name, const void *builder)
{
	return strcmp(name, ((const struct builder *)builder)->name);
}

static int context_compare(const void *name, const void *context)
{
	return strcmp(name, ((const struct context *)context)->name);
}

const struct builder *state_builder(const struct state *state, const char *name)
{
	if (!name || state->builder_count == 0)
		return NULL;
	return bsearch(name, state->builders, state->builder_count, sizeof(*state->builders), builder_compare);
}

const struct context *state_context(const struct state *state, const char *name)
{
	if (!name || state->context_count == 0)
		return NULL;
	return bsearch(name, state->contexts, state->context_count, sizeof(*state->contexts), context_compare);
}

bool builder_absent(const struct builder *builder)
{
	return builder->state && strcmp(builder->state, "absent") == 0;
}

const char *pairs_get(const struct pairs *pairs, const char *key)
{
	for (size_t i = 0; i < pairs->count; i++)
		if (strcmp(pairs->items[i].key, key) == 0)
			return pairs->items[i].value;
	return NULL;
}

const struct config_file *config_files_get(const struct config_files *files, const char *name)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->items[i].name, name) == 0)
			return &files->items[i];
	return NULL;
}

static int pair_order(const void *a, const void *b)
{
	return strcmp(((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

void pairs_sort(struct pairs *pairs)
{
	if (pairs->count > 1)
		qsort(pairs->items, pairs->count, sizeof(*pairs->items), pair_order);
}

static int config_file_order(const void *a, const void *b)
{
	return strcmp(((const struct config_file *)a)->name, ((const struct config_file *)b)->name);
}

void config_files_sort(struct config_files *files)
{
	if (files->count > 1)
		qsort(files->items, files->count, sizeof(*files->items), config_file_order);
}
