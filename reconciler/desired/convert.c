/* Builders that others make, as a state file says them. */
#include "desired/convert.h"

#include "base/json.h"
#include "base/text_buffer.h"
#include "codec/toml.h"
#include "desired/buildkitd.h"
#include "model/driver.h"
#include "model/normal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { NOTE_MAX = 1024 };

void convert_begin(struct import *import)
{
	*import = (struct import){.state = state_new()};
	import->state->version = 1;
}

void convert_note(const struct converting *at, const char *format, ...)
{
	char text[NOTE_MAX];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	strings_add(at->arena, &at->import->notes,
		    arena_printf(at->arena, "line %d, %s: %s", at->line, at->builder->name, text));
}

static void drop_endpoint(struct import *import, const struct builder *builder, const char **endpoint)
{
	struct arena *arena = import->state->arena;

	if (*endpoint && driver_find(builder->driver)->endpoint == ENDPOINT_MADE)
		strings_add(arena, &import->notes,
			    arena_printf(arena, "%s: the endpoint %s is left out: driver %s takes none", builder->name,
					 *endpoint, builder->driver));
	if (driver_find(builder->driver)->endpoint == ENDPOINT_MADE)
		*endpoint = NULL;
}

void convert_end(struct import *import)
{
	for (size_t i = 0; i < import->state->builder_count; i++) {
		struct builder *builder = &import->state->builders[i];

		if (!builder->driver)
			continue;
		drop_endpoint(import, builder, &builder->endpoint);
		for (size_t k = 0; k < builder->node_count; k++)
			drop_endpoint(import, builder, &builder->nodes[k].endpoint);
	}
	state_sort(import->state);
}

void convert_builder(struct converting *at, const char *name, bool *ret_made)
{
	struct state *state = at->import->state;
	const char *wanted = name_lower(state->arena, name);

	at->arena = state->arena;
	at->node = NULL;
	*ret_made = true;
	for (size_t i = 0; i < state->builder_count; i++)
		if (text_equal(state->builders[i].name, wanted)) {
			at->builder = &state->builders[i];
			*ret_made = false;
			return;
		}
	at->builder = ARENA_PUSH(state->arena, state->builders, state->builder_count);
	at->builder->name = wanted;
}

/* What was said of the builder was said of its first node: the nodes that follow have nothing of it. */
static void split_first(struct converting *at)
{
	struct builder *builder = at->builder;
	struct node *first = ARENA_PUSH(at->arena, builder->nodes, builder->node_count);

	*first = (struct node){.name = arena_printf(at->arena, "%s0", builder->name),
			       .endpoint = builder->endpoint,
			       .platforms = builder->platforms,
			       .driver_opts = builder->driver_opts,
			       .flags = builder->buildkitd_flags};
	builder->endpoint = NULL;
	builder->platforms = builder->buildkitd_flags = (struct strings){0};
	builder->driver_opts = (struct pairs){0};
}

static struct node *find_node(const struct builder *builder, const char *name)
{
	for (size_t i = 0; i < builder->node_count; i++)
		if (text_equal(builder->nodes[i].name, name))
			return &builder->nodes[i];
	return NULL;
}

/* The first that is free (docker/buildx store/nodegroup.go, nextNodeName). */
static const char *next_name(const struct converting *at)
{
	const char *name = NULL;

	for (size_t i = 0; !name || find_node(at->builder, name); i++)
		name = arena_printf(at->arena, "%s%zu", at->builder->name, i);
	return name;
}

void convert_node(struct converting *at, const char *name)
{
	struct builder *builder = at->builder;

	if (builder->node_count == 0)
		split_first(at);
	const char *wanted = name ? name_lower(at->arena, name) : next_name(at);
	if ((at->node = find_node(builder, wanted)))
		return;
	at->node = ARENA_PUSH(at->arena, builder->nodes, builder->node_count);
	at->node->name = wanted;
}

void convert_driver(struct converting *at, const char *text)
{
	const struct driver *driver = driver_find(text);

	if (!driver)
		convert_note(at, "the driver %s is none that reconcile knows", text);
	else if (driver->home != HOME_CONTAINER)
		at->builder->driver = driver->name;
	if (driver && driver->home == HOME_POD)
		convert_note(at,
			     "which cluster it is in, KUBECONFIG and kubectl's current context say: `kubeconfig` and "
			     "`context` do here");
}

void convert_endpoint(struct converting *at, const char *text)
{
	*(at->node ? &at->node->endpoint : &at->builder->endpoint) = arena_strdup(at->arena, text);
}

/* The parts between the separators, without blanks around them. */
static void split(struct arena *arena, const char *text, const char *separators, struct strings *ret_parts)
{
	while (*(text += strspn(text, separators))) {
		size_t length = strcspn(text, separators);

		strings_add(arena, ret_parts, arena_strndup(arena, text, length));
		text += length;
	}
}

void convert_platforms(struct converting *at, const char *text)
{
	split(at->arena, text, ", \n\t", at->node ? &at->node->platforms : &at->builder->platforms);
}

/* "--flag value" is joined, and what BuildX grants anyway is not said (docker/buildx builder/builder.go,
 * parseBuildkitdFlags). */
void convert_flags(struct converting *at, const char *text)
{
	static const char granted[] = "--allow-insecure-entitlement=network.host";
	struct strings *flags = at->node ? &at->node->flags : &at->builder->buildkitd_flags, parts = {0};

	split(at->arena, text, " \n\t", &parts);
	for (size_t i = 0; i < parts.count; i++) {
		bool joins = i + 1 < parts.count && *parts.items[i + 1] != '-' && !strchr(parts.items[i], '=');
		const char *flag =
			joins ? arena_printf(at->arena, "%s=%s", parts.items[i], parts.items[i + 1]) : parts.items[i];

		if (!text_equal(flag, granted))
			strings_add(at->arena, flags, flag);
		i += joins;
	}
}

static void take_option(struct converting *at, const char *text, bool secret)
{
	struct pairs *options = at->node ? &at->node->driver_opts : &at->builder->driver_opts;
	const char *value = strchr(text, '=');

	if (!value) {
		convert_note(at, "the driver option %s has no value", text);
		return;
	}
	const char *key = arena_strndup(at->arena, text, (size_t)(value - text));
	if (secret && !text_starts(key, "env."))
		convert_note(at, "%s takes a secret, and only env. options can keep one", key);
	*ARENA_PUSH(at->arena, options->items, options->count) =
		(struct pair){.key = key, .value = arena_strdup(at->arena, value + 1), .secret = secret};
}

void convert_options(struct converting *at, const char *text, bool secret)
{
	while (*text) {
		CLEANUP_TEXT struct text option = TEXT_INIT;
		bool quoted = false;

		for (; *text && (quoted || *text != ','); text++)
			if (*text == '"')
				quoted = !quoted;
			else
				text_append(&option, text, 1);
		text += *text == ',';
		take_option(at, text_string(&option), secret);
	}
}

void convert_config(struct converting *at, const char *path)
{
	at->builder->buildkitd_config = arena_strdup(at->arena, path);
	convert_note(at, "buildkitd-config is relative to the state file that names it");
}

void convert_config_inline(struct converting *at, const char *toml)
{
	struct diagnostics problems = {0};
	struct error err = ERROR_INIT;
	CLEANUP_JSON cJSON *tree = NULL;

	if (toml_parse(toml, strlen(toml), &tree, &err) < 0) {
		convert_note(at, "its buildkitd configuration is no TOML: %s", err.message);
		return;
	}
	CLEANUP_JSON cJSON *known = buildkitd_translate(tree, NULL, (struct source){0}, &problems);
	for (size_t i = 0; i < problems.count; i++)
		convert_note(at, "of its buildkitd configuration is left out: %s", problems.items[i].message);
	diagnostics_done(&problems);
	cJSON_Delete(at->builder->buildkitd);
	at->builder->buildkitd = buildkitd_respell(known);
}
