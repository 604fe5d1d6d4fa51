/* Looking things up in desired state, and its end of life. */
#include "model/builder.h"

#include "base/keyed.h"

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

void builder_done(struct builder *builder)
{
	cJSON_Delete(builder->buildkitd);
	builder->buildkitd = NULL;
	for (size_t i = 0; i < builder->node_count; i++) {
		cJSON_Delete(builder->nodes[i].buildkitd);
		builder->nodes[i].buildkitd = NULL;
	}
}

void state_free(struct state *state)
{
	if (!state)
		return;
	for (size_t i = 0; i < state->builder_count; i++)
		builder_done(&state->builders[i]);
	diagnostics_done(&state->warnings);
	arena_free(state->arena);
}

const struct builder *state_builder(const struct state *state, const char *name)
{
	KEYED_ASSERT(struct builder, name);
	return KEYED_FIND(state->builders, state->builder_count, name);
}

const struct builder *state_builder_next(const struct state *state, const char *name, size_t *at)
{
	return KEYED_FIND_NEXT(state->builders, state->builder_count, name, at);
}

const struct context *state_context(const struct state *state, const char *name)
{
	KEYED_ASSERT(struct context, name);
	return KEYED_FIND(state->contexts, state->context_count, name);
}

void state_sort(struct state *state)
{
	KEYED_SORT(state->builders, state->builder_count);
	KEYED_SORT(state->contexts, state->context_count);
}

bool node_has_own_config(const struct node *node)
{
	return node->buildkitd || node->buildkitd_config;
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

void pairs_sort(struct pairs *pairs)
{
	KEYED_ASSERT(struct pair, key);
	KEYED_SORT(pairs->items, pairs->count);
}

void config_files_sort(struct config_files *files)
{
	KEYED_ASSERT(struct config_file, name);
	KEYED_SORT(files->items, files->count);
}
