/* Turns what the Engines said into the state of every node, faults and orphans. */
#include "live/assess.h"

#include "base/count.h"
#include "base/shell.h"
#include "live/engine/parse.h"
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
			.host = probe->endpoint.host,
			.reachable = probe->reachable,
			.reason = probe->reason,
			.version = probe->version,
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

	if (container->image && !image_made_from(assessment->arena, container->image, want))
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
		 text_starts(container->state_volume, ENGINE_PREFIX))
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
	node->volume = engine_volume(node->engine, node_volume_name(arena, node->spec.name));
	const struct container *container = engine_container(node->engine, node_container_name(arena, node->spec.name));
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

static void assess_other_node(struct assessment *assessment, const struct live_builder *builder, struct live_node *node)
{
	node->reason = arena_printf(assessment->arena, "not asked yet: the %s driver is not supported yet",
				    builder->driver ? builder->driver : "(none)");
}

static void (*const judges[HOME_COUNT])(struct assessment *, const struct live_builder *, struct live_node *) = {
	[HOME_UNKNOWN] = assess_other_node,	  [HOME_ENGINE] = assess_docker_node,
	[HOME_CONTAINER] = assess_container_node, [HOME_POD] = assess_other_node,
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
	for (size_t i = 0; i < assessment->count; i++) {
		const struct engine_probe *probe = assessment->endpoints[i].probe;
		/* Endpoints that lead nowhere are faults of the store: npipe, a context that is gone. */
		if (!probe || probe->reachable)
			continue;
		faults_add(assessment->arena, &assessment->live->faults, FAULT_ENGINE_UNREACHABLE,
			   arena_printf(assessment->arena, "engine.%s", assessment->endpoints[i].endpoint), NULL,
			   probe->hint, "%s: %s", probe->endpoint.host, probe->reason);
	}
}

/* Whether a builder whose file could not be read may be the one that this container or volume belongs to. */
static bool may_be_damaged_ones(const struct live *live, const char *name)
{
	for (size_t i = 0; i < live->builder_count; i++)
		if (live->builders[i].damaged && text_starts(name + strlen(ENGINE_PREFIX), live->builders[i].name))
			return true;
	return false;
}

/* One Engine may be asked under two addresses, a socket's and TCP's: ids and times of creation tell. */
static bool same_container(const struct container *a, const struct container *b)
{
	return a == b || text_equal(a->id, b->id);
}

static bool same_volume(const struct volume *a, const struct volume *b)
{
	return a == b || (text_equal(a->name, b->name) && text_equal(a->created, b->created));
}

static bool container_claimed(const struct live_node *node, const struct container *container,
			      const char *container_name)
{
	/* A node whose Engine did not answer may be on this one, under another address. */
	if (!node->engine || !node->engine->reachable)
		return strcmp(container_name, container->name) == 0;
	const struct container *own = engine_container(node->engine, container_name);
	return own && same_container(own, container);
}

static bool volume_claimed(const struct live_node *node, const struct volume *volume, const char *volume_name)
{
	if (!node->engine || !node->engine->reachable)
		return strcmp(volume_name, volume->name) == 0;
	const struct volume *own = engine_volume(node->engine, volume_name);
	if (own && same_volume(own, volume))
		return true;
	if (!node->container || !node->container->state_volume)
		return false;
	own = engine_volume(node->engine, node->container->state_volume);
	return own && same_volume(own, volume);
}

/* The names that nodes claim, sorted, so that each object is looked up and not compared with every node. */
struct claim {
	const char *name;
	const struct live_node *node;
};
struct claims {
	struct claim *items;
	size_t count;
};

static int by_claim(const void *a, const void *b)
{
	return strcmp(((const struct claim *)a)->name, ((const struct claim *)b)->name);
}

static void claim_add(struct arena *arena, struct claims *claims, const char *name, const struct live_node *node)
{
	*ARENA_PUSH(arena, claims->items, claims->count) = (struct claim){.name = name, .node = node};
}

static void collect_claims(struct assessment *assessment, struct claims *containers, struct claims *volumes)
{
	const struct live *live = assessment->live;
	struct arena *arena = assessment->arena;

	for (size_t i = 0; i < live->builder_count; i++) {
		for (size_t j = 0; driver_has_containers(live->builders[i].driver) && j < live->builders[i].node_count;
		     j++) {
			const struct live_node *node = &live->builders[i].nodes[j];
			const char *own = node_volume_name(arena, node->spec.name);
			claim_add(arena, containers, node_container_name(arena, node->spec.name), node);
			claim_add(arena, volumes, own, node);
			if (node->container && node->container->state_volume &&
			    strcmp(node->container->state_volume, own) != 0)
				claim_add(arena, volumes, node->container->state_volume, node);
		}
	}
	if (containers->count > 1)
		qsort(containers->items, containers->count, sizeof(*containers->items), by_claim);
	if (volumes->count > 1)
		qsort(volumes->items, volumes->count, sizeof(*volumes->items), by_claim);
}

/* The first claim on the name, NULL when there is none; others follow it. */
static const struct claim *claim_find(const struct claims *claims, const char *name)
{
	struct claim wanted = {.name = name};
	const struct claim *found =
		claims->count == 0 ? NULL : bsearch(&wanted, claims->items, claims->count, sizeof(wanted), by_claim);

	while (found && found > claims->items && strcmp(found[-1].name, name) == 0)
		found--;
	return found;
}

static bool is_orphan_container(const struct assessment *assessment, const struct claims *claims,
				const struct container *container)
{
	const struct claim *claim = claim_find(claims, container->name);

	for (; claim && claim < claims->items + claims->count && strcmp(claim->name, container->name) == 0; claim++)
		if (container_claimed(claim->node, container, claim->name))
			return false;
	return !may_be_damaged_ones(assessment->live, container->name);
}

static bool is_orphan_volume(const struct assessment *assessment, const struct claims *claims,
			     const struct volume *volume)
{
	const struct claim *claim = claim_find(claims, volume->name);

	for (; claim && claim < claims->items + claims->count && strcmp(claim->name, volume->name) == 0; claim++)
		if (volume_claimed(claim->node, volume, claim->name))
			return false;
	return !may_be_damaged_ones(assessment->live, volume->name);
}

static void orphan_add(struct assessment *assessment, const struct orphan *orphan)
{
	struct live *live = assessment->live;
	const char *kind = orphan->is_volume ? "volume" : "container";

	/* Seen already, at another address of the same Engine. */
	for (size_t i = 0; i < live->orphan_count; i++) {
		const struct orphan *other = &live->orphans[i];
		if (other->engine != orphan->engine && other->is_volume == orphan->is_volume &&
		    text_equal(other->name, orphan->name) && text_equal(other->created, orphan->created))
			return;
	}
	*ARENA_PUSH(assessment->arena, live->orphans, live->orphan_count) = *orphan;
	faults_add(assessment->arena, &live->faults, orphan->is_volume ? FAULT_ORPHAN_VOLUME : FAULT_ORPHAN_CONTAINER,
		   arena_printf(assessment->arena, "%s.%s", kind, orphan->name), NULL,
		   arena_printf(assessment->arena, "run `docker -H %s %s %s`, unless it is another user's builder's",
				shell_word(assessment->arena, orphan->engine->host),
				orphan->is_volume ? "volume rm" : "rm -f", shell_word(assessment->arena, orphan->name)),
		   "%s %s on %s belongs to no builder of this store", kind, orphan->name, orphan->engine->host);
	struct fault *fault = &live->faults.items[live->faults.count - 1];
	fault->size = orphan->size;
	fault->created = orphan->created;
}

/* The ledger tells what it is and when it goes. */
static bool is_noted(const struct assessment *assessment, const struct engine *engine, const char *name, bool is_volume)
{
	const struct leftovers *leftovers = &assessment->live->leftovers;
	struct arena *arena = assessment->arena;

	for (size_t i = 0; i < leftovers->count; i++) {
		const char *node = leftovers->items[i].node;
		if (text_equal(leftovers->items[i].host, engine->host) &&
		    text_equal(name, is_volume ? node_volume_name(arena, node) : node_container_name(arena, node)))
			return true;
	}
	return false;
}

static void orphans_of(struct assessment *assessment, const struct engine *engine, const struct claims *containers,
		       const struct claims *volumes)
{
	for (size_t i = 0; i < engine->container_count; i++) {
		const struct container *container = &engine->containers[i];
		if (is_orphan_container(assessment, containers, container) &&
		    !is_noted(assessment, engine, container->name, false))
			orphan_add(assessment, &(struct orphan){.name = container->name,
								.engine = engine,
								.created = container->created,
								.size = -1});
	}
	for (size_t i = 0; i < engine->volume_count; i++) {
		const struct volume *volume = &engine->volumes[i];
		if (is_orphan_volume(assessment, volumes, volume) && !is_noted(assessment, engine, volume->name, true))
			orphan_add(assessment, &(struct orphan){.is_volume = true,
								.name = volume->name,
								.engine = engine,
								.created = volume->created,
								.size = volume->size});
	}
}

static int by_engine_then_name(const void *a, const void *b)
{
	const struct orphan *x = a, *y = b;
	int order = strcmp(x->engine->endpoint, y->engine->endpoint);

	if (order == 0)
		order = strcmp(x->name, y->name);
	return order != 0 ? order : (int)x->is_volume - (int)y->is_volume;
}

static void assess_orphans(struct assessment *assessment)
{
	struct claims containers = {0}, volumes = {0};
	struct live *live = assessment->live;

	collect_claims(assessment, &containers, &volumes);
	for (size_t i = 0; i < assessment->count; i++) {
		bool seen = !assessment->endpoints[i].probe || !assessment->endpoints[i].probe->reachable;
		for (size_t j = 0; !seen && j < i; j++)
			seen = assessment->endpoints[j].probe == assessment->endpoints[i].probe;
		if (!seen)
			orphans_of(assessment, &live->engines[i], &containers, &volumes);
	}
	if (live->orphan_count > 1)
		qsort(live->orphans, live->orphan_count, sizeof(*live->orphans), by_engine_then_name);
}

void assess(struct live *live, struct assessed_endpoint *endpoints, size_t count)
{
	struct assessment assessment = {.live = live, .arena = live->arena, .endpoints = endpoints, .count = count};

	if (count > 1)
		qsort(endpoints, count, sizeof(*endpoints), by_endpoint);
	make_engines(&assessment);
	assess_nodes(&assessment);
	assess_engines(&assessment);
	assess_orphans(&assessment);
	faults_sort(&live->faults);
}
