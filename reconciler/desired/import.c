/* Makes desired state of builders as they are. */
#include "desired/import.h"

#include "base/json.h"
#include "codec/buildkitd.h"
#include "desired/buildkitd.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/option_value.h"

#include <string.h>

/* One builder on its way. */
struct importing {
	struct import *import;
	struct arena *arena; /* the state's */
	const struct live_builder *have;
	struct builder *builder;
	const char *folder; /* of the files that are being taken: "buildkitd/ci" */
};

static void note(const struct importing *at, const char *text)
{
	strings_add(at->arena, &at->import->notes, arena_printf(at->arena, "%s: %s", at->have->name, text));
}

static void add_file(const struct importing *at, const char *name, const struct config_file *file)
{
	struct config_files *files = &at->import->files;
	struct config_file *copy = ARENA_PUSH(at->arena, files->items, files->count);

	*copy = *file;
	copy->name = name;
}

static const char *beside(const struct importing *at, const char *name)
{
	return arena_printf(at->arena, "%s/%s", at->folder, name);
}

/* "/etc/buildkit/certs/r/ca.pem" becomes the path of a file beside the state file, wherever it stands in the tree. */
static void localize_paths(const struct importing *at, const struct config_files *files, cJSON *tree)
{
	static const char inside[] = "/etc/buildkit/";
	cJSON *item;

	if (cJSON_IsString(tree) && text_starts(tree->valuestring, inside) &&
	    config_files_get(files, tree->valuestring + strlen(inside)))
		cJSON_SetValuestring(tree, beside(at, tree->valuestring + strlen(inside)));
	cJSON_ArrayForEach(item, tree)
		localize_paths(at, files, item);
}

static void take_certificates(const struct importing *at, const struct config_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		if (!text_equal(files->items[i].name, "buildkitd.toml"))
			add_file(at, beside(at, files->items[i].name), &files->items[i]);
}

/* A configuration on its way: as a tree, or as a file where BuildKit has keys that this version does not know. */
struct config_taken {
	cJSON *tree;
	const char *path;
};

static struct config_taken take_config(const struct importing *at, const char *whose, const struct config_files *files)
{
	const struct config_file *file = config_files_get(files, "buildkitd.toml");
	struct diagnostics problems = {0};
	CLEANUP_JSON cJSON *tree = NULL;

	if (!file || file->digest || buildkitd_parse(file->data, file->length, &tree, NULL) < 0) {
		if (file)
			note(at, arena_printf(at->arena, "%s buildkitd.toml cannot be read, and is left out", whose));
		return (struct config_taken){0};
	}
	CLEANUP_JSON cJSON *known = buildkitd_translate(tree, NULL, (struct source){0}, &problems);
	bool strange = problems.count > 0;
	diagnostics_done(&problems);
	if (strange) {
		note(at, arena_printf(at->arena,
				      "%s buildkitd.toml has keys that this version does not know, so it stays a file",
				      whose));
		add_file(at, beside(at, "buildkitd.toml"), file);
		return (struct config_taken){.path = beside(at, "buildkitd.toml")};
	}
	localize_paths(at, files, known);
	take_certificates(at, files);
	return (struct config_taken){.tree = buildkitd_respell(known)};
}

static bool nodes_share_config(const struct live_builder *have)
{
	for (size_t i = 1; i < have->node_count; i++)
		if (!config_files_same(&have->nodes[0].spec.files, &have->nodes[i].spec.files))
			return false;
	return true;
}

/* The builder's where all nodes have the same, else each node's own. */
static void take_configs(struct importing *at)
{
	struct builder *builder = at->builder;
	bool shared = nodes_share_config(at->have);

	for (size_t i = 0; i < builder->node_count && !(shared && i > 0); i++) {
		struct node *node = &builder->nodes[i];
		const char *whose = shared ? "its" : arena_printf(at->arena, "node %s's", node->name);

		at->folder = arena_printf(at->arena, "buildkitd/%s%s%s", builder->name, shared ? "" : "/",
					  shared ? "" : node->name);
		struct config_taken taken = take_config(at, whose, &at->have->nodes[i].spec.files);
		*(shared ? &builder->buildkitd : &node->buildkitd) = taken.tree;
		*(shared ? &builder->buildkitd_config : &node->buildkitd_config) = taken.path;
	}
}

/* What BuildX adds by itself is not written down (docker/buildx builder/builder.go, parseBuildkitdFlags). */
static void drop_implied_flags(const struct importing *at, struct node *node)
{
	struct strings with = {0}, without = {0};
	struct node bare = *node;

	bare.flags = (struct strings){0};
	flags_normal(at->arena, at->have->driver, node, &with);
	flags_normal(at->arena, at->have->driver, &bare, &without);
	if (strings_equal(&with, &without))
		node->flags = (struct strings){0};
}

/* BuildX stores it, and whoever makes the node does not take it. */
static bool is_refused(const struct importing *at, const struct node *node, const struct driver_option *option,
		       const struct pair *pair)
{
	const char *why = option_value_problem(at->arena, option, pair->value);

	if (why)
		note(at, arena_printf(at->arena, "node %s has the option %s, which must be %s: left out", node->name,
				      pair->key, why));
	return why;
}

static void take_options(const struct importing *at, struct node *node)
{
	struct pairs kept = {0};

	for (size_t i = 0; i < node->driver_opts.count; i++) {
		const struct pair *pair = &node->driver_opts.items[i];
		const struct driver_option *option = driver_option_find(at->have->driver, pair->key);

		if (!option)
			note(at, arena_printf(at->arena,
					      "node %s has the option %s, which driver %s does not know: left out",
					      node->name, pair->key, at->have->driver));
		else if (driver_option_given(option, pair->value) && !is_refused(at, node, option, pair))
			*ARENA_PUSH(at->arena, kept.items, kept.count) = *pair;
	}
	node->driver_opts = kept;
}

static void take_platforms(const struct importing *at, struct node *node)
{
	struct strings once = {0};

	for (size_t i = 0; i < node->platforms.count; i++)
		if (!strings_contain(&once, node->platforms.items[i]))
			strings_add(at->arena, &once, node->platforms.items[i]);
	node->platforms = once;
}

/* What a new node gets without being told is not said: the current Engine, and what BuildX makes itself. */
static void drop_endpoint(const struct importing *at, struct node *node)
{
	const struct driver *driver = driver_find(at->have->driver);

	if (driver->endpoint == ENDPOINT_MADE ||
	    (driver->endpoint == ENDPOINT_ENGINE && text_equal(node->endpoint, live_node_endpoint(at->import->live))))
		node->endpoint = NULL;
}

/* A node stays in the cluster that it is in, so nothing is written down, and which one that is nobody would see. */
static void note_clusters(const struct importing *at)
{
	struct strings places = {0};

	for (size_t i = 0; driver_home(at->have->driver) == HOME_POD && i < at->have->node_count; i++) {
		const struct live_node *node = &at->have->nodes[i];
		const char *config = cluster_endpoint_config(at->arena, node->spec.endpoint);
		const char *place = node->cluster ? node->cluster->key
				    : config	  ? arena_printf(at->arena, "the current context of %s", config)
						  : "the current context of KUBECONFIG, else of ~/.kube/config";

		if (!strings_contain(&places, place))
			strings_add(at->arena, &places, place);
	}
	if (places.count > 0)
		note(at, arena_printf(at->arena, "in the cluster of %s; `context` and `kubeconfig` pin that",
				      strings_join(at->arena, &places, ", and of ")));
}

static bool all_nodes_have(const struct builder *builder, const struct pair *pair)
{
	for (size_t i = 0; i < builder->node_count; i++)
		if (!text_equal(pairs_get(&builder->nodes[i].driver_opts, pair->key), pair->value))
			return false;
	return true;
}

/* What several nodes have in common is said once. */
static void lift_shared(const struct importing *at)
{
	struct builder *builder = at->builder;
	const struct node *first = builder->nodes;

	for (size_t i = 0; i < first->driver_opts.count; i++)
		if (all_nodes_have(builder, &first->driver_opts.items[i]))
			*ARENA_PUSH(at->arena, builder->driver_opts.items, builder->driver_opts.count) =
				first->driver_opts.items[i];
	for (size_t i = 1; i < builder->node_count; i++)
		if (!strings_equal(&first->flags, &builder->nodes[i].flags))
			return;
	builder->buildkitd_flags = first->flags;
	for (size_t i = 1; i < builder->node_count; i++)
		builder->nodes[i].flags = first->flags;
}

/* One node with the name that it gets anyway: its settings are the builder's. */
static void lift_single_node(const struct importing *at)
{
	struct builder *builder = at->builder;
	struct node *node = builder->nodes;

	if (builder->node_count != 1 || !text_equal(node->name, arena_printf(at->arena, "%s0", builder->name)))
		return;
	builder->platforms = node->platforms;
	builder->endpoint = node->endpoint;
	node->implied = true;
}

/* Nothing of it runs, as far as was seen: what is wanted is what is there. */
static bool sleeps(const struct live_builder *have)
{
	if (!driver_has_containers(have->driver))
		return false;
	for (size_t i = 0; i < have->node_count; i++)
		if (have->nodes[i].state != NODE_INACTIVE && have->nodes[i].state != NODE_STOPPED)
			return false;
	return have->node_count > 0;
}

static void take_nodes(struct importing *at)
{
	struct builder *builder = at->builder;
	const struct driver *driver = driver_find(at->have->driver);
	int generation; /* is nobody's business but the planner's */

	builder->nodes = ARENA_ARRAY(at->arena, struct node, at->have->node_count);
	builder->node_count = at->have->node_count;
	for (size_t i = 0; i < builder->node_count; i++) {
		struct node *node = &builder->nodes[i];

		*node = at->have->nodes[i].spec;
		node->name = node_base_name(at->arena, node->name, &generation);
		take_options(at, node);
		take_platforms(at, node);
		drop_implied_flags(at, node);
		drop_endpoint(at, node);
	}
	note_clusters(at);
	if (driver->has_config && builder->node_count > 0)
		take_configs(at);
	if (builder->node_count > 0)
		lift_shared(at);
	lift_single_node(at);
	builder->bootstrap = sleeps(at->have) ? TRI_NO : TRI_UNSET;
}

static void add_builder(struct import *import, const struct live_builder *have)
{
	struct importing at = {.import = import, .arena = import->state->arena, .have = have};
	const struct driver *driver = driver_find(have->driver);

	if (!driver) {
		note(&at,
		     arena_printf(at.arena, "driver %s is unknown here, so the builder is left alone", have->driver));
		import->left_out++;
		return;
	}
	if (have->context_builder && driver_home(have->driver) != HOME_ENGINE) {
		note(&at,
		     "its Engine has no BuildKit, so BuildX makes the builder, in a container, and no state file can");
		import->left_out++;
		return;
	}
	at.builder = ARENA_PUSH(at.arena, import->state->builders, import->state->builder_count);
	at.builder->name = have->name;
	at.builder->driver = have->driver;
	/* The context's own builder has no nodes that a state file could say. */
	if (!have->context_builder)
		take_nodes(&at);
}

static bool is_wanted(const struct live_builder *have, const struct strings *names)
{
	if (names->count > 0)
		return strings_contain(names, have->name);
	return !have->context_builder;
}

/* BUILDX_BUILDER is a matter of one shell, not of the machine. */
static void take_selection(struct import *import)
{
	const struct live *live = import->live;

	if (live->selected && !text_equal(live->selected_by, "BUILDX_BUILDER") &&
	    state_builder(import->state, live->selected))
		import->state->selected = live->selected;
}

void import_state(struct import *import, const struct strings *names)
{
	const struct live *live = import->live;

	import->state = state_new();
	import->state->version = 1;
	for (size_t i = 0; i < live->builder_count; i++) {
		const struct live_builder *have = &live->builders[i];

		if (!is_wanted(have, names))
			continue;
		if (have->damaged) {
			strings_add(import->state->arena, &import->notes,
				    arena_printf(import->state->arena,
						 "%s: its file is damaged, so it is left out; see "
						 "reconcile --doctor",
						 have->name));
			import->left_out++;
			continue;
		}
		add_builder(import, have);
	}
	take_selection(import);
}

void import_done(struct import *import)
{
	state_free(import->state);
	*import = (struct import){0};
}
