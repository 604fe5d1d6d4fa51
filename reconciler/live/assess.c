/* Turns what the Engines said into the state of every node, and faults. */
#include "live/assess.h"

#include "base/count.h"
#include "base/shell.h"
#include "live/engine/parse.h"
#include "live/orphans.h"
#include "model/driver.h"
#include "model/normal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct assessment {
	struct live *live;
	struct arena *arena;
	const struct assessed_endpoint *endpoints; /* sorted, as live->engines */
	size_t count;
};

static int by_endpoint(const void *a, const void *b)
{
	return strcmp(((const struct assessed_endpoint *)a)->endpoint, ((const struct assessed_endpoint *)b)->endpoint);
}

static const struct assessed_endpoint *endpoint_find(const struct assessment *assessment, const char *name)
{
	struct assessed_endpoint wanted = {.endpoint = name};

	if (!name || assessment->count == 0)
		return NULL;
	return bsearch(&wanted, assessment->endpoints, assessment->count, sizeof(wanted), by_endpoint);
}

/* The first of the endpoints that were asked as one, which are sorted; NULL: this one. */
static const char *same_as(const struct assessment *assessment, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (assessment->endpoints[i].probe == assessment->endpoints[index].probe)
			return assessment->endpoints[i].endpoint;
	return NULL;
}

static void make_engines(struct assessment *assessment)
{
	struct live *live = assessment->live;

	live->engine_count = assessment->count;
	live->engines = ARENA_ARRAY(assessment->arena, struct engine, assessment->count);
	for (size_t i = 0; i < assessment->count; i++) {
		const struct assessed_endpoint *endpoint = &assessment->endpoints[i];
		const struct engine_probe *probe = endpoint->probe;
		live->engines[i] = (struct engine){.endpoint = endpoint->endpoint, .reason = endpoint->reason};
		if (!probe)
			continue;
		live->engines[i] = (struct engine){
			.endpoint = endpoint->endpoint,
			.host = endpoint->host ? endpoint->host : probe->endpoint.host,
			.same_as = same_as(assessment, i),
			.key = probe->endpoint.key,
			.reachable = probe->reachable,
			.reason = probe->reason,
			.maker = probe->maker,
			.version = probe->version,
			.api = probe->api,
			.containers = probe->containers,
			.container_count = probe->container_count,
			.volumes = probe->volumes,
			.volume_count = probe->volume_count,
		};
	}
}

/* Why the container could not be inspected; NULL when it was. */
static const char *inspection_problem(const struct engine_probe *probe, const struct container *container)
{
	return probe->problems[container - probe->containers];
}

static void node_seen_as(struct live_node *node, enum seen seen)
{
	const struct seen_kind *kind = seen_kind(seen);

	node->seen = seen;
	node->state = kind->state;
	node->reason = kind->reason;
}

static const char *stopped_reason(struct arena *arena, const struct container *container)
{
	if (container->error)
		return text_printable(arena, container->error, false);
	if (container->oom_killed)
		return "it ran out of memory and was killed";
	return container->exit_code != 0
		       ? arena_printf(arena, "it ended with exit code %lld", (long long)container->exit_code)
		       : NULL;
}

/* What the docker command is told to do to a container, on the Engine that it is on. */
static const char *container_mend(struct arena *arena, const struct live_node *node, const char *verb)
{
	return arena_printf(arena, "run `docker -H %s %s %s`", shell_word(arena, node->engine->host), verb,
			    shell_word(arena, node->container->name));
}

/* One fault of a node's container. */
__attribute__((format(printf, 5, 6))) static void container_fault(struct assessment *assessment, const char *builder,
								  enum fault_code code, const char *mend,
								  const char *format, ...)
{
	const char *subject = arena_printf(assessment->arena, "builder.%s", builder);
	char message[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	faults_add(assessment->arena, &assessment->live->faults, code, subject, NULL, mend, "%s", message);
}

static void find_image_faults(struct assessment *assessment, const char *builder, const struct live_node *node)
{
	const struct container *container = node->container;
	const char *option = pairs_get(&node->spec.driver_opts, "image"), *want = option ? option : image_default();

	if (container->image && !maker_made_from(assessment->arena, node->engine->maker, container->image, want))
		container_fault(assessment, builder, FAULT_CONTAINER_OTHER_IMAGE, NULL,
				"container %s of node %s was made from %s, and the node asks for %s", container->name,
				node->spec.name, container->image, want);
	else if (container->image_id && container->image_now_id &&
		 !text_equal(container->image_id, container->image_now_id))
		container_fault(assessment, builder, FAULT_IMAGE_MOVED, NULL,
				"%s is another image now than node %s runs", container->image, node->spec.name);
}

static void find_faults(struct assessment *assessment, const char *builder, const struct live_node *node)
{
	const struct seen_kind *kind = seen_kind(node->seen);
	const struct container *container = node->container;
	struct arena *arena = assessment->arena;

	if (kind->fault != FAULT_NONE)
		container_fault(assessment, builder, kind->fault,
				kind->verb ? container_mend(arena, node, kind->verb) : NULL,
				"container %s of node %s: %s", container->name, node->spec.name, node->reason);
	if (container->oom_killed)
		container_fault(assessment, builder, FAULT_CONTAINER_OOM, NULL,
				"container %s of node %s ran out of memory", container->name, node->spec.name);
	if (!container->privileged)
		container_fault(assessment, builder, FAULT_CONTAINER_DAMAGED, NULL,
				"container %s of node %s is not privileged", container->name, node->spec.name);
	if (!container->state_volume)
		container_fault(assessment, builder, FAULT_VOLUME_MISSING, NULL,
				"container %s of node %s has no volume at /var/lib/buildkit", container->name,
				node->spec.name);
	else if (!engine_volume(node->engine, container->state_volume) &&
		 text_starts(container->state_volume, NODE_OBJECT_PREFIX))
		container_fault(assessment, builder, FAULT_VOLUME_MISSING, NULL,
				"volume %s of container %s is not on the engine", container->state_volume,
				container->name);
	find_image_faults(assessment, builder, node);
}

static void assess_container(struct assessment *assessment, const char *builder, struct live_node *node)
{
	const struct container *container = node->container;
	struct arena *arena = assessment->arena;
	const char *reason = NULL;

	node_seen_as(node, seen_in_container(container));
	if (node->seen == SEEN_UNTOLD)
		node->reason = arena_printf(arena, "the Engine says \"%s\" of its container",
					    text_printable(arena, container->status ? container->status : "", false));
	else if (node->state == NODE_STOPPED || node->seen == SEEN_RESTARTING)
		reason = stopped_reason(arena, container);
	if (reason)
		node->reason = node->reason ? arena_printf(arena, "%s: %s", node->reason, reason) : reason;
	find_faults(assessment, builder, node);
}

static void assess_container_node(struct assessment *assessment, const struct live_builder *builder,
				  struct live_node *node)
{
	const struct assessed_endpoint *endpoint = endpoint_find(assessment, node->spec.endpoint);
	struct arena *arena = assessment->arena;

	if (!endpoint) {
		node->reason = "its endpoint was not asked";
		return;
	}
	node->engine = &assessment->live->engines[endpoint - assessment->endpoints];
	if (!node->engine->reachable) {
		node_seen_as(node, SEEN_ENGINE_SILENT);
		node->reason = node->engine->reason;
		return;
	}
	node->volume = engine_node_volume(node->engine, node->spec.name);
	const struct container *container = engine_node_container(node->engine, node->spec.name);
	if (!container) {
		node_seen_as(node, SEEN_NO_CONTAINER);
		return;
	}
	const char *problem = inspection_problem(endpoint->probe, container);
	if (problem) {
		node_seen_as(node, SEEN_UNTOLD);
		node->reason = arena_printf(arena, "container %s: %s", container->name, problem);
		return;
	}
	node->container = container;
	assess_container(assessment, builder->name, node);
}

/* BuildKit inside the Engine runs when the Engine answers. Contexts that no builder uses are not asked. */
static void assess_docker_node(struct assessment *assessment, const struct live_builder *builder,
			       struct live_node *node)
{
	(void)builder;
	const struct assessed_endpoint *endpoint = endpoint_find(assessment, node->spec.endpoint);

	if (!endpoint) {
		node->reason = "not asked: no builder uses this context";
		return;
	}
	node->engine = &assessment->live->engines[endpoint - assessment->endpoints];
	node_seen_as(node, node->engine->reachable ? SEEN_ANSWER : SEEN_ENGINE_SILENT);
	node->reason = node->engine->reachable ? NULL : node->engine->reason;
}

/* live/buildkit/ asks those when the Engines are done. */
static void assess_remote_node(struct assessment *assessment, const struct live_builder *builder,
			       struct live_node *node)
{
	(void)assessment;
	(void)builder;
	node->reason = "its daemon was not asked";
}

/* live/pods.c does that when the clusters are done. */
static void assess_pod_node(struct assessment *assessment, const struct live_builder *builder, struct live_node *node)
{
	(void)assessment;
	(void)builder;
	node->reason = "its cluster was not asked";
}

static void assess_other_node(struct assessment *assessment, const struct live_builder *builder, struct live_node *node)
{
	node->reason = arena_printf(assessment->arena, "not asked yet: the %s driver is not supported yet",
				    builder->driver ? builder->driver : "(none)");
}

static void (*const judges[HOME_COUNT])(struct assessment *, const struct live_builder *, struct live_node *) = {
	[HOME_UNKNOWN] = assess_other_node,	  [HOME_ENGINE] = assess_docker_node,
	[HOME_CONTAINER] = assess_container_node, [HOME_POD] = assess_pod_node,
	[HOME_ELSEWHERE] = assess_remote_node,
};

static void assess_nodes(struct assessment *assessment)
{
	struct live *live = assessment->live;

	for (size_t i = 0; i < live->builder_count; i++) {
		struct live_builder *builder = &live->builders[i];
		for (size_t j = 0; j < builder->node_count; j++) {
			struct live_node *node = &builder->nodes[j];
			node_seen_as(node, SEEN_NOTHING);
			judges[driver_home(builder->driver)](assessment, builder, node);
		}
	}
}

static void assess_engines(struct assessment *assessment)
{
	struct live *live = assessment->live;

	for (size_t i = 0; i < assessment->count; i++) {
		const struct engine_probe *probe = assessment->endpoints[i].probe;
		const struct engine *engine = &live->engines[i];
		/* Endpoints that lead nowhere are faults of the store: npipe, a context that is gone. */
		if (!probe || probe->reachable || engine->same_as)
			continue;
		faults_add(assessment->arena, &live->faults, FAULT_ENGINE_UNREACHABLE,
			   arena_printf(assessment->arena, "engine.%s", engine->endpoint), NULL, probe->hint, "%s: %s",
			   text_equal(engine->endpoint, engine->host) ? engine_names(assessment->arena, live, engine)
								      : engine->host,
			   probe->reason);
	}
}

void assess_context_builders(struct live *live, const struct engine_probe *probe, const struct strings *names)
{
	for (size_t i = 0; maker_kind(probe->maker)->lacks_buildkit && i < live->builder_count; i++) {
		struct live_builder *builder = &live->builders[i];

		if (builder->context_builder && strings_contain(names, builder->name))
			builder->driver = driver_name(HOME_CONTAINER);
	}
}

void assess(struct live *live, struct assessed_endpoint *endpoints, size_t count)
{
	struct assessment assessment = {.live = live, .arena = live->arena, .endpoints = endpoints, .count = count};

	if (count > 1)
		qsort(endpoints, count, sizeof(*endpoints), by_endpoint);
	make_engines(&assessment);
	assess_nodes(&assessment);
	assess_engines(&assessment);
	orphans_find(live, endpoints, count);
	faults_sort(&live->faults);
}
