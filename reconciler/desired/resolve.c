/* Completes builders: driver, names, nodes with everything that applies to them. */
#include "desired/resolve.h"

#include "base/count.h"
#include "base/text.h"
#include "desired/buildkitd.h"
#include "desired/check.h"
#include "model/driver.h"
#include "model/normal.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 128 }; /* ours: the name is part of file, container and volume names */

/* One builder on its way. */
struct resolving {
	struct builder *builder;
	struct config_files files; /* of the nodes that say nothing of their own */
	struct reach *reach;
	struct diagnostics *problems;
};

static void name_check(struct arena *arena, const char *kind, const char **name, struct source source,
		       struct diagnostics *problems)
{
	const char *why = name_problem(*name);

	if (!why && strlen(*name) > NAME_MAX_LENGTH)
		why = "it is longer than 128 characters";
	if (why)
		problem_at(problems, source, NULL, "`%s` is no name of a %s: %s", *name, kind, why);
	*name = name_lower(arena, *name); /* as docker/buildx store/util.go does */
}

/* The builder of a Docker context is called as the context, capitals and all. */
static void builder_name_check(struct arena *arena, struct builder *builder, struct diagnostics *problems)
{
	if (driver_home(builder->driver) != HOME_ENGINE)
		name_check(arena, "builder", &builder->name, builder->source, problems);
	else if (!context_name_valid(builder->name))
		problem_at(problems, builder->source, NULL, "`%s` is no name of a Docker context", builder->name);
}

static void driver_resolve(struct builder *builder, struct diagnostics *problems)
{
	struct source source = places_find(&builder->places, "driver", builder->source);
	bool is_default = strcasecmp(builder->name, "default") == 0;

	if (is_default && (!builder->driver || source.inherited))
		builder->driver = driver_name(HOME_ENGINE);
	if (!builder->driver)
		builder->driver = driver_name(HOME_CONTAINER);
	if (is_default && driver_home(builder->driver) != HOME_ENGINE)
		problem_at(problems, source, "give the builder another name, or `driver: docker`",
			   "`default` is the name of the Engine's own builder and cannot have driver %s",
			   builder->driver);
	if (!driver_find(builder->driver)) {
		problem_at(problems, source, NULL, "builder %s: there is no driver `%s`", builder->name,
			   builder->driver);
		builder->driver = driver_name(HOME_CONTAINER);
	}
	builder->driver = driver_find(builder->driver)->name;
}

static void platforms_normal(struct arena *arena, struct strings *platforms, struct source source,
			     struct diagnostics *problems)
{
	struct strings normal = {0};

	for (size_t i = 0; i < platforms->count; i++) {
		const char *platform = platform_normal(arena, platforms->items[i]);

		if (!platform && strchr(platforms->items[i], '$'))
			platform = platforms->items[i]; /* a variable as written; decoding takes no other */
		if (!platform)
			problem_at(problems, source, "write os/architecture, such as linux/arm64",
				   "`%s` is no platform", platforms->items[i]);
		else if (!strings_contain(&normal, platform))
			strings_add(arena, &normal, platform);
	}
	*platforms = normal;
}

/* The builder's options under the node's own. */
static void options_merge(struct arena *arena, const struct pairs *below, struct pairs *options)
{
	for (size_t i = 0; i < below->count; i++)
		if (!pairs_get(options, below->items[i].key))
			*ARENA_PUSH(arena, options->items, options->count) = below->items[i];
	pairs_sort(options);
}

/* One node has the builder's platforms; several have their own, and `defaults` says nothing about them. */
static void platforms_share(struct builder *builder, struct diagnostics *problems)
{
	struct source source = places_find(&builder->places, "platforms", builder->source);

	if (builder->platforms.count == 0)
		return;
	if (builder->node_count == 1) {
		if (builder->nodes[0].platforms.count == 0)
			builder->nodes[0].platforms = builder->platforms;
		return;
	}
	if (!source.inherited)
		problem_at(problems, source, "put `platforms` on the nodes: a platform belongs to one node",
			   "builder %s has %zu nodes and one list of platforms", builder->name, builder->node_count);
	builder->platforms.count = 0;
}

/* The Engine's address with the port that BuildX stores where none is said (docker/buildx util/dockerutil, by
 * docker/cli opts/hosts.go, ParseTCPAddr: DefaultHTTPPort). */
static const char *engine_address(struct arena *arena, const char *endpoint)
{
	static const char tcp[] = "tcp://";
	const char *host = endpoint + strlen(tcp);

	if (!text_starts(endpoint, tcp))
		return endpoint;
	const char *behind = *host == '[' ? strchr(host, ']') : host;
	if (!behind)
		return endpoint;
	size_t length = (size_t)(behind - endpoint) + strcspn(behind, ":/");
	const char *path = endpoint + length + (endpoint[length] == ':');
	if (endpoint[length] == ':' && *path != '\0' && *path != '/')
		return endpoint; /* it says one */
	return arena_printf(arena, "%.*s:2375%s", (int)length, endpoint, path);
}

static void node_endpoint_resolve(struct arena *arena, struct builder *builder, struct node *node,
				  struct diagnostics *problems)
{
	const struct driver *driver = driver_find(builder->driver);
	struct source builders = places_find(&builder->places, "endpoint", builder->source);
	struct source source = places_find(&node->places, "endpoint", node->endpoint ? node->source : builders);

	if (text_empty(node->endpoint))
		node->endpoint = text_empty(builder->endpoint) ? NULL : builder->endpoint;
	if (driver->endpoint == ENDPOINT_OWN)
		return;
	if (driver->endpoint == ENDPOINT_MADE) {
		if (node->endpoint)
			problem_at(problems, source, "remove it",
				   "node %s: driver %s has no endpoint, BuildX makes it from the node's name",
				   node->name, driver->name);
		node->endpoint = NULL;
		return;
	}
	if (node->endpoint) {
		endpoint_check(driver, arena_printf(arena, "node %s", node->name), node->endpoint, source, problems);
		if (driver->endpoint == ENDPOINT_ENGINE)
			node->endpoint = engine_address(arena, node->endpoint);
	} else if (driver->endpoint == ENDPOINT_DAEMON)
		problem_at(problems, node->source, "write `endpoint: tcp://HOST:PORT`",
			   "node %s: driver %s needs an endpoint", node->name, driver->name);
}

/* Which cluster the node is in: a file of its own has contexts of its own. */
static void node_cluster_resolve(const struct builder *builder, struct node *node)
{
	if (!node->kubeconfig && !node->kube_context)
		node->kube_context = builder->kube_context;
	if (!node->kubeconfig)
		node->kubeconfig = builder->kubeconfig;
}

static void node_keys_check(const struct builder *builder, struct node *node, struct diagnostics *problems)
{
	static const char *const keys[] = {"kubeconfig", "context"};

	for (size_t i = 0; driver_home(builder->driver) != HOME_POD && i < COUNT(keys); i++) {
		const struct field *field = field_find(SCOPE_NODE, keys[i]);

		if (!field_said(field, node))
			continue;
		problem_at(problems, places_find(&node->places, keys[i], node->source),
			   "it is for `driver: kubernetes`: remove it", "node %s: `%s` does not go with driver %s",
			   node->name, keys[i], builder->driver);
		field_drop(field, node);
	}
}

static void node_daemon_check(const struct builder *builder, struct node *node, struct diagnostics *problems)
{
	static const char *const keys[] = {"buildkitd-flags", "buildkitd", "buildkitd-config"};

	for (size_t i = 0; !driver_find(builder->driver)->has_config && i < COUNT(keys); i++) {
		const struct field *field = field_find(SCOPE_NODE, keys[i]);

		if (!field_said(field, node))
			continue;
		problem_at(problems, places_find(&node->places, keys[i], node->source),
			   "configure it where it is started", "node %s: `%s` does not go with driver %s", node->name,
			   keys[i], builder->driver);
		field_drop(field, node);
	}
	if (node->buildkitd && node->buildkitd_config) {
		problem_at(problems, places_find(&node->places, "buildkitd-config", node->source),
			   "keep one of the two", "node %s has both `buildkitd` and `buildkitd-config`", node->name);
		field_drop(field_find(SCOPE_NODE, "buildkitd-config"), node);
	}
}

/* Files are the builder's, made once, unless the node has reasons for others. */
static void node_daemon_resolve(struct arena *arena, const struct resolving *resolving, struct node *node)
{
	const struct builder *builder = resolving->builder;
	const char *image = pairs_get(&builder->driver_opts, "image"), *own = pairs_get(&node->driver_opts, "image");

	if (node->flags.count == 0)
		node->flags = builder->buildkitd_flags;
	if (node_has_own_config(node) ||
	    (cache_has_settings(&builder->cache) && image_is_before_spaces(image) != image_is_before_spaces(own)))
		buildkitd_files(arena, builder, node, resolving->reach, &node->files, resolving->problems);
	else
		node->files = resolving->files;
}

/* It is read when the cluster is asked; that it may be, is known before. */
static void kubeconfig_check(struct reach *reach, const char *kind, const char *name, const char *path,
			     struct source source, struct diagnostics *problems)
{
	if (!path)
		return;
	struct error err = ERROR_INIT;
	if (reach_check(reach, source.file, path, &err) < 0 && err.kind == ERROR_INVALID)
		problem_at(problems, source, err.hint, "%s %s: `kubeconfig`: %s", kind, name, err.message);
}

static void node_resolve(struct arena *arena, const struct resolving *resolving, struct node *node)
{
	struct diagnostics *problems = resolving->problems;
	struct builder *builder = resolving->builder;
	int generation;
	const char *base;

	if (!node->implied)
		name_check(arena, "node", &node->name, node->source, problems);
	base = node_base_name(arena, node->name, &generation);
	if (generation != 1)
		problem_at(problems, node->source, "end the name otherwise",
			   "node %s: reconcile itself names later generations of node %s so", node->name, base);
	platforms_normal(arena, &node->platforms, places_find(&node->places, "platforms", node->source), problems);
	node_endpoint_resolve(arena, builder, node, problems);
	node_keys_check(builder, node, problems);
	kubeconfig_check(resolving->reach, "node", node->name, node->kubeconfig,
			 places_find(&node->places, "kubeconfig", node->source), problems);
	node_cluster_resolve(builder, node);
	node_daemon_check(builder, node, problems);
	if (!node->implied)
		options_check(arena, builder, &node->driver_opts, problems);
	options_merge(arena, &builder->driver_opts, &node->driver_opts);
	options_check_together(builder, node, problems);
	node_daemon_resolve(arena, resolving, node);
}

static void node_imply(struct arena *arena, struct builder *builder)
{
	bool own = driver_find(builder->driver)->endpoint == ENDPOINT_OWN;

	builder->nodes = ARENA_NEW(arena, struct node);
	builder->node_count = 1;
	builder->nodes->implied = true;
	/* docker/buildx builder/builder.go: a context's own builder has one node, both called as the context. */
	builder->nodes->name = own ? builder->name : ARENA_JOIN(arena, builder->name, "0");
	builder->nodes->endpoint = own ? builder->name : NULL;
	builder->nodes->source = builder->source;
}

static void nodes_check_duplicates(const struct builder *builder, struct diagnostics *problems)
{
	bool endpoints = driver_find(builder->driver)->endpoint != ENDPOINT_MADE;

	for (size_t i = 1; i < builder->node_count; i++) {
		const struct node *node = &builder->nodes[i];

		for (size_t j = 0; j < i; j++) {
			const struct node *other = &builder->nodes[j];

			if (strcmp(node->name, other->name) == 0)
				problem_at(problems, node->source, "BuildX does not tell capitals apart",
					   "builder %s has two nodes named %s", builder->name, node->name);
			if (endpoints && text_equal(node->endpoint, other->endpoint))
				problem_at(problems, places_find(&node->places, "endpoint", node->source),
					   "every node of a builder needs an endpoint of its own",
					   "nodes %s and %s have the same endpoint, %s", other->name, node->name,
					   node->endpoint ? node->endpoint : "the current context");
			for (size_t k = 0; k < node->platforms.count; k++)
				if (strings_contain(&other->platforms, node->platforms.items[k]))
					problem_at(problems, places_find(&node->places, "platforms", node->source),
						   "a platform belongs to one node",
						   "nodes %s and %s have the same platform, %s", other->name,
						   node->name, node->platforms.items[k]);
		}
	}
}

/* docker reads it, and sends the folder that it is in; whether it is one, the build says. */
static void dockerfile_check(const struct builder *builder, struct reach *reach, struct diagnostics *problems)
{
	if (!builder->verify_dockerfile)
		return;
	struct source source = places_find(&builder->places, "dockerfile", builder->source);
	struct error err = ERROR_INIT;
	if (reach_check(reach, source.file, builder->verify_dockerfile, &err) < 0 && err.kind == ERROR_INVALID)
		problem_at(problems, source, err.hint, "builder %s: `dockerfile`: %s", builder->name, err.message);
}

void resolve_builder(struct arena *arena, struct builder *builder, struct reach *reach, struct diagnostics *problems)
{
	struct resolving resolving = {.builder = builder, .reach = reach, .problems = problems};

	driver_resolve(builder, problems);
	builder_name_check(arena, builder, problems);
	keys_check(builder, problems);
	if (builder_absent(builder))
		return;
	platforms_normal(arena, &builder->platforms, places_find(&builder->places, "platforms", builder->source),
			 problems);
	options_check(arena, builder, &builder->driver_opts, problems);
	buildkitd_files(arena, builder, NULL, reach, &resolving.files, problems);
	dockerfile_check(builder, reach, problems);
	kubeconfig_check(reach, "builder", builder->name, builder->kubeconfig,
			 places_find(&builder->places, "kubeconfig", builder->source), problems);
	if (builder->node_count == 0)
		node_imply(arena, builder);
	platforms_share(builder, problems);
	for (size_t i = 0; i < builder->node_count; i++)
		node_resolve(arena, &resolving, &builder->nodes[i]);
	nodes_check_duplicates(builder, problems);
}
