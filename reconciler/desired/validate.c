/* What builders, contexts and the selection can get wrong together. */
#include "base/keyed.h"
#include "base/text.h"
#include "desired/check.h"
#include "desired/resolve.h"
#include "model/driver.h"
#include "model/normal.h"

#include <stdlib.h>
#include <string.h>

/* Names that may be selected: the state's present builders, its contexts, and "default". */
static const char **names_selectable(struct arena *arena, const struct state *state, size_t *ret_count)
{
	const char **names = ARENA_ARRAY(arena, const char *, state->builder_count + state->context_count + 1);
	size_t count = 0;

	names[count++] = "default";
	for (size_t i = 0; i < state->builder_count; i++)
		if (!builder_absent(&state->builders[i]))
			names[count++] = state->builders[i].name;
	for (size_t i = 0; i < state->context_count; i++)
		if (!text_equal(state->contexts[i].state, "absent"))
			names[count++] = state->contexts[i].name;
	*ret_count = count;
	return names;
}

static bool selectable(const struct state *state, const char *name)
{
	const struct builder *builder = state_builder(state, name);
	const struct context *context = state_context(state, name);

	return strcmp(name, "default") == 0 || (builder && !builder_absent(builder)) ||
	       (context && !text_equal(context->state, "absent"));
}

/* Builders are called in lower case, as BuildX stores them, and contexts as they are: a reference says it exactly so.
 */
static void reference_check(const struct state *state, const char *what, const char *name, struct source source,
			    struct diagnostics *problems)
{
	CLEANUP_ARENA struct arena *arena = NULL;
	const char **names, *hint;
	size_t count;

	if (selectable(state, name) || problems->truncated)
		return;
	if (state_builder(state, name)) {
		problem_at(problems, source, NULL, "%s names builder %s, which must be absent", what, name);
		return;
	}
	arena = arena_new();
	names = names_selectable(arena, state, &count);
	hint = hint_nearest(arena, name, names, count);
	problem_at(problems, source,
		   hint ? hint : "add it below `builders`; a Docker context's own builder has `driver: docker`",
		   "%s names builder %s, which the state files do not have", what, name);
}

static void builder_check(const struct state *state, const struct builder *builder, struct diagnostics *problems)
{
	const struct context *context = state_context(state, builder->name);
	struct source fallback = places_find(&builder->places, "fallback", builder->source);

	if (context && !text_equal(context->state, "absent") && !builder_absent(builder) &&
	    driver_home(builder->driver) != HOME_ENGINE)
		problem_at(problems, builder->source, "rename one of them",
			   "builder %s has the name of a Docker context: BuildX refuses that", builder->name);
	if (!builder->fallback)
		return;
	if (strcmp(builder->fallback, builder->name) == 0)
		problem_at(problems, fallback, NULL, "builder %s is its own fallback", builder->name);
	else
		reference_check(state, "`fallback`", builder->fallback, fallback, problems);
}

static void context_check(struct arena *arena, const struct context *context, struct diagnostics *problems)
{
	const char *what = arena_printf(arena, "context %s", context->name);
	bool absent = text_equal(context->state, "absent");
	size_t count;
	const struct field *fields = field_table(&count);

	if (!context_name_valid(context->name))
		problem_at(problems, context->source, NULL, "`%s` is no name of a Docker context", context->name);
	if (strcmp(context->name, "default") == 0)
		problem_at(problems, context->source, "set DOCKER_HOST, or give the context another name",
			   "context `default` is Docker's own and cannot be changed");
	if (absent) {
		for (size_t i = 0; i < count; i++)
			if (fields[i].scope == SCOPE_CONTEXT && strcmp(fields[i].key, "state") != 0 &&
			    field_said(&fields[i], context))
				problem_at(problems, places_find(&context->places, fields[i].key, context->source),
					   "remove this key, or `state: absent`",
					   "%s must be absent, so it has no `%s`", what, fields[i].key);
		return;
	}
	if (text_empty(context->endpoint))
		problem_at(problems, context->source, "write `endpoint: unix:///var/run/docker.sock`",
			   "%s needs an endpoint", what);
	else
		endpoint_check(NULL, what, context->endpoint,
			       places_find(&context->places, "endpoint", context->source), problems);
	if (!context->cert != !context->key)
		problem_at(problems, places_find(&context->places, context->cert ? "cert" : "key", context->source),
			   NULL, "%s: `cert` and `key` go together", what);
}

/* A context that the state files do not have may live here all the same: the plan sees that. */
static void current_context_check(const struct state *state, struct diagnostics *problems)
{
	struct source source = places_find(&state->places, "current-context", (struct source){0});
	const char *name = state->current_context;
	const struct context *context = state_context(state, name);

	if (!context_name_valid(name))
		problem_at(problems, source, NULL, "`%s` is no name of a Docker context", name);
	else if (context && text_equal(context->state, "absent"))
		problem_at(problems, source, "name another, or `default`",
			   "`current-context` names context %s, which must be absent", name);
}

/* A container that a desired node stands for: two of them on one Engine are one container. */
struct endpoint_use {
	const struct node *node;
	const struct builder *builder;
};

static int claim_order(const void *a, const void *b)
{
	const struct endpoint_use *one = a, *other = b;
	const char *here = one->node->endpoint ? one->node->endpoint : "";
	const char *there = other->node->endpoint ? other->node->endpoint : "";
	int order = strcmp(one->node->name, other->node->name);

	if (order == 0)
		order = strcmp(here, there);
	return order != 0 ? order : strcmp(one->builder->name, other->builder->name);
}

static bool claim_same(const struct endpoint_use *a, const struct endpoint_use *b)
{
	return a->builder != b->builder && strcmp(a->node->name, b->node->name) == 0 &&
	       text_equal(a->node->endpoint, b->node->endpoint);
}

static void claims_check(struct arena *arena, const struct state *state, struct diagnostics *problems)
{
	struct endpoint_use *claims = NULL;
	size_t count = 0;

	for (size_t i = 0; i < state->builder_count; i++) {
		const struct builder *builder = &state->builders[i];

		if (builder_absent(builder) || !driver_has_containers(builder->driver))
			continue;
		for (size_t j = 0; j < builder->node_count; j++) {
			struct endpoint_use *claim = ARENA_PUSH(arena, claims, count);

			claim->builder = builder;
			claim->node = &builder->nodes[j];
		}
	}
	ARRAY_SORT(claims, count, claim_order);
	for (size_t i = 1; i < count; i++)
		if (claim_same(&claims[i - 1], &claims[i]))
			problem_at(problems, claims[i].node->source, "rename one of the nodes",
				   "builders %s and %s both claim container %s", claims[i - 1].builder->name,
				   claims[i].builder->name, node_container_name(arena, claims[i].node->name));
}

static void names_check_unique(const struct state *state, struct diagnostics *problems)
{
	for (size_t i = 1; i < state->builder_count; i++)
		if (strcmp(state->builders[i - 1].name, state->builders[i].name) == 0)
			problem_at(problems, state->builders[i].source, "BuildX does not tell capitals apart",
				   "builder %s is there twice", state->builders[i].name);
}

void validate_state(struct state *state, struct diagnostics *problems)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	names_check_unique(state, problems);
	if (state->selected)
		reference_check(state, "`selected`", state->selected,
				places_find(&state->places, "selected", state->selected_source), problems);
	for (size_t i = 0; i < state->builder_count; i++)
		builder_check(state, &state->builders[i], problems);
	for (size_t i = 0; i < state->context_count; i++)
		context_check(arena, &state->contexts[i], problems);
	if (state->current_context)
		current_context_check(state, problems);
	claims_check(arena, state, problems);
	pods_check(state, problems);
}
