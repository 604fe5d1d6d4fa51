/* Looking things up in live state, and its beginning and end of life. */
#include "model/live.h"

#include "base/count.h"
#include "base/keyed.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/secret.h"

#include <stdlib.h>
#include <string.h>

const char *node_state_name(enum node_state state)
{
	static const char *const names[] = {
		[NODE_UNKNOWN] = "unknown", [NODE_INACTIVE] = "inactive",   [NODE_STOPPED] = "stopped",
		[NODE_RUNNING] = "running", [NODE_UNHEALTHY] = "unhealthy",
	};

	return (size_t)state < COUNT(names) ? names[state] : "unknown";
}

struct live *live_new(void)
{
	struct arena *arena = arena_new();
	struct live *live = ARENA_NEW(arena, struct live);

	live->arena = arena;
	return live;
}

void live_free(struct live *live)
{
	if (live)
		arena_free(live->arena);
}

bool live_is_secret(const struct live *live, const char *option_key)
{
	return name_is_secret(option_key) || strings_contain(&live->secret_keys, option_key) ||
	       strings_contain(&live->secret_keys, LIVE_EVERY_OPTION);
}

void live_add_secret(struct live *live, const char *option_key)
{
	if (!live_is_secret(live, option_key))
		strings_add(live->arena, &live->secret_keys, option_key);
}

static void hide_options(const struct live *live, struct pairs *options)
{
	for (size_t i = 0; i < options->count; i++)
		if (live_is_secret(live, options->items[i].key))
			options->items[i].secret = true;
}

void live_hide_secrets(struct live *live)
{
	if (live->secret_keys.count == 0)
		return;
	for (size_t i = 0; i < live->builder_count; i++)
		for (size_t k = 0; k < live->builders[i].node_count; k++)
			hide_options(live, &live->builders[i].nodes[k].spec.driver_opts);
	for (size_t i = 0; i < live->cluster_count; i++)
		for (size_t k = 0; k < live->clusters[i].workload_count; k++)
			hide_options(live, &live->clusters[i].workloads[k].options);
}

const struct live_builder *live_builder(const struct live *live, const char *name)
{
	KEYED_ASSERT(struct live_builder, name);
	return KEYED_FIND(live->builders, live->builder_count, name);
}

const struct live_builder *live_builder_next(const struct live *live, const char *name, size_t *at)
{
	return KEYED_FIND_NEXT(live->builders, live->builder_count, name, at);
}

const struct live_context *live_context(const struct live *live, const char *name)
{
	KEYED_ASSERT(struct live_context, name);
	return KEYED_FIND(live->contexts, live->context_count, name);
}

const struct engine *live_engine(const struct live *live, const char *endpoint)
{
	KEYED_ASSERT(struct engine, endpoint);
	return KEYED_FIND(live->engines, live->engine_count, endpoint);
}

static const char *first_name(const struct engine *engine)
{
	return engine->same_as ? engine->same_as : engine->endpoint;
}

const struct cluster *live_cluster(const struct live *live, const char *key)
{
	KEYED_ASSERT(struct cluster, key);
	for (size_t i = 0; i < live->cluster_count; i++)
		if (text_equal(live->clusters[i].key, key))
			return &live->clusters[i];
	return NULL;
}

static bool same_or_empty(const char *a, const char *b)
{
	return text_equal(text_empty(a) ? NULL : a, text_empty(b) ? NULL : b);
}

/* BuildX writes down which file the environment led to: a node that it made names it. */
static bool leads_there(const struct cluster *cluster, const struct cluster_way *way)
{
	return way->kubeconfig && !way->context && text_equal(way->kubeconfig, cluster->kubeconfig) &&
	       text_equal(way->namespace, cluster->namespace);
}

const struct cluster *live_cluster_by(const struct live *live, const struct cluster_way *way)
{
	for (size_t i = 0; i < live->cluster_count; i++)
		for (size_t k = 0; k < live->clusters[i].way_count; k++) {
			const struct cluster_way *other = &live->clusters[i].ways[k];

			if (same_or_empty(way->kubeconfig, other->kubeconfig) &&
			    same_or_empty(way->context, other->context) &&
			    same_or_empty(way->namespace, other->namespace))
				return &live->clusters[i];
		}
	for (size_t i = 0; i < live->cluster_count; i++)
		if (leads_there(&live->clusters[i], way))
			return &live->clusters[i];
	return NULL;
}

bool live_cluster_is_told(const struct live *live, const struct cluster *cluster)
{
	for (const struct cluster *other = live->clusters; other < cluster; other++)
		if (other->reachable && cluster_same(other, cluster))
			return true;
	return false;
}

bool engine_same(const struct engine *a, const struct engine *b)
{
	if (!a || !b || !a->host || !b->host)
		return a == b;
	return text_equal(first_name(a), first_name(b)) || text_equal(a->host, b->host);
}

const char *engine_names(struct arena *arena, const struct live *live, const struct engine *engine)
{
	struct strings others = {0};

	for (size_t i = 0; i < live->engine_count; i++)
		if (text_equal(live->engines[i].same_as, engine->endpoint))
			strings_add(arena, &others, live->engines[i].endpoint);
	return others.count == 0
		       ? engine->endpoint
		       : arena_printf(arena, "%s (also %s)", engine->endpoint, strings_join(arena, &others, ", "));
}

const struct declared_context *live_declared(const struct live *live, const char *name)
{
	for (size_t i = 0; i < live->declared_count; i++)
		if (text_equal(live->declared[i].name, name))
			return &live->declared[i];
	return NULL;
}

const char *live_wanted_context(const struct live *live, const struct state *state)
{
	const char *want = state->current_context, *have = live->configured_context;

	if (!have)
		return NULL;
	if (*have == '\0')
		have = "default";
	const struct context *context = state_context(state, have);
	if (!want && context && text_equal(context->state, "absent"))
		want = "default";
	return text_equal(want, have) ? NULL : want;
}

const char *live_planned_context(const struct live *live)
{
	return live->planned ? live->planned->context : live->current_context;
}

const char *live_planned_endpoint(const struct live *live)
{
	return live->planned ? live->planned->endpoint : live->current_endpoint;
}

/* BuildX writes the default context's address, never its name (docker/buildx builder/builder.go, validateEndpoint). */
const char *live_stored_endpoint(const struct live *live, const char *endpoint)
{
	const struct live_context *own = endpoint ? live_context(live, endpoint) : NULL;

	if (!own || !own->implicit)
		return endpoint;
	return live->tls_context ? live->tls_context : own->endpoint;
}

const char *live_node_endpoint(const struct live *live)
{
	const char *name = live_planned_context(live);
	const struct live_context *current = name ? live_context(live, name) : NULL;

	return current && current->implicit ? live_stored_endpoint(live, name) : live_planned_endpoint(live);
}

const char *live_planned_selected(const struct live *live)
{
	return live->planned ? live->planned->selected : live->selected;
}

const struct container *engine_container(const struct engine *engine, const char *name)
{
	KEYED_ASSERT(struct container, name);
	return KEYED_FIND(engine->containers, engine->container_count, name);
}

const struct volume *engine_volume(const struct engine *engine, const char *name)
{
	KEYED_ASSERT(struct volume, name);
	return KEYED_FIND(engine->volumes, engine->volume_count, name);
}

/* A name in its parts, so that looking one up takes no memory: there are as many as nodes. */
struct object_name {
	const char *node, *suffix;
};

static int compare_object(const void *key, const void *item)
{
	const struct object_name *want = key;
	const char *name = *(const char *const *)item;
	const char *const parts[] = {NODE_OBJECT_PREFIX, want->node};

	for (size_t i = 0; i < COUNT(parts); i++) {
		size_t length = strlen(parts[i]);
		int order = strncmp(parts[i], name, length);
		if (order != 0)
			return order;
		name += length;
	}
	return strcmp(want->suffix, name);
}

/* As KEYED_FIND() does: objects begin with their names, and are sorted by them. */
static const void *find_object(const void *objects, size_t count, size_t size, const char *node, const char *suffix)
{
	const struct object_name key = {node, suffix};

	return node && count > 0 ? bsearch(&key, objects, count, size, compare_object) : NULL;
}

const struct container *engine_node_container(const struct engine *engine, const char *node)
{
	return find_object(engine->containers, engine->container_count, sizeof(*engine->containers), node, "");
}

const struct volume *engine_node_volume(const struct engine *engine, const char *node)
{
	return find_object(engine->volumes, engine->volume_count, sizeof(*engine->volumes), node, NODE_VOLUME_SUFFIX);
}

bool live_names_node(const struct live *live, const char *host, const struct leftover *leftover)
{
	const struct live_builder *own = live_builder(live, leftover->builder);

	if (own && own->damaged)
		return true;
	for (size_t i = 0; i < live->builder_count; i++) {
		const struct live_builder *builder = &live->builders[i];
		for (size_t k = 0; driver_has_containers(builder->driver) && k < builder->node_count; k++) {
			const struct live_node *node = &builder->nodes[k];
			/* What its endpoint leads to may be unknown: then it may be that Engine. */
			if (text_equal(node->spec.name, leftover->node) &&
			    (!node->engine || !node->engine->host || text_equal(node->engine->host, host)))
				return true;
		}
	}
	return false;
}

static bool is_file(const struct store_file *file, const char *path, bool in_docker_config)
{
	return file->in_docker_config == in_docker_config && text_equal(file->path, path);
}

const struct store_file *live_file(const struct live *live, const char *path, bool in_docker_config)
{
	static const char folder[] = "instances/";
	const struct store_file *single[] = {&live->current_file, &live->defaults_file, &live->default_config_file,
					     &live->docker_config_file,
					     live->planned ? &live->planned->defaults_file : NULL};

	for (size_t i = 0; i < COUNT(single); i++)
		if (single[i] && is_file(single[i], path, in_docker_config))
			return single[i];
	const struct live_builder *builder =
		text_starts(path, folder) ? live_builder(live, path + strlen(folder)) : NULL;
	if (builder && is_file(&builder->file, path, in_docker_config))
		return &builder->file;
	for (size_t i = 0; i < live->context_count; i++) {
		const struct live_context *context = &live->contexts[i];
		if (is_file(&context->file, path, in_docker_config))
			return &context->file;
		for (size_t k = 0; k < context->tls_count; k++)
			if (is_file(&context->tls[k], path, in_docker_config))
				return &context->tls[k];
	}
	for (size_t i = 0; i < live->file_count; i++)
		if (is_file(&live->files[i], path, in_docker_config))
			return &live->files[i];
	return NULL;
}
