/* Turns what the Engines said into the state of every node, faults and orphans. */
#include "live/judge.h"

#include "live/engine_parse.h"
#include "model/driver.h"
#include "model/normal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct judgement {
	struct live *live;
	struct arena *arena;
	const struct judge_endpoint *endpoints; /* sorted, as live->engines */
	size_t count;
};

static int by_endpoint(const void *a, const void *b)
{
	return strcmp(((const struct judge_endpoint *)a)->endpoint, ((const struct judge_endpoint *)b)->endpoint);
}

static const struct judge_endpoint *endpoint_find(const struct judgement *judgement, const char *name)
{
	struct judge_endpoint wanted = {.endpoint = name};

	if (name == NULL || judgement->count == 0)
		return NULL;
	return bsearch(&wanted, judgement->endpoints, judgement->count, sizeof(wanted), by_endpoint);
}

static void make_engines(struct judgement *judgement)
{
	struct live *live = judgement->live;

	live->engine_count = judgement->count;
	live->engines = ARENA_ARRAY(judgement->arena, struct engine, judgement->count);
	for (size_t i = 0; i < judgement->count; i++) {
		const struct judge_endpoint *endpoint = &judgement->endpoints[i];
		const struct engine_look *look = endpoint->look;
		live->engines[i] = (struct engine){.endpoint = endpoint->endpoint, .reason = endpoint->reason};
		if (look == NULL)
			continue;
		live->engines[i] = (struct engine){
			.endpoint = endpoint->endpoint,
			.host = look->endpoint.host,
			.reachable = look->reachable,
			.reason = look->reason,
			.version = look->version,
			.containers = look->containers,
			.container_count = look->container_count,
			.volumes = look->volumes,
			.volume_count = look->volume_count,
		};
	}
}

/* Why the container could not be inspected; NULL when it was. */
static const char *inspection_problem(const struct engine_look *look, const struct container *container)
{
	return look->problems[container - look->containers];
}

/* A row per word of the Engine for a container (moby/moby container/state.go). */
static const struct status {
	const char *status;
	enum node_state state;
	const char *reason;
	const char *fault;
	const char *verb; /* of the docker command that mends it; NULL: the fault's own mend */
} STATUSES[] = {
	{"running", NODE_RUNNING, NULL, NULL, NULL},
	{"created", NODE_STOPPED, "it was never started", NULL, NULL},
	{"exited", NODE_STOPPED, NULL, NULL, NULL},
	{"paused", NODE_UNHEALTHY, "its container is paused", "container-paused", NULL},
	{"restarting", NODE_UNHEALTHY, "it ends right after each start", "container-restarting", NULL},
	{"removing", NODE_UNHEALTHY, "its container is being removed", NULL, NULL},
	{"dead", NODE_UNHEALTHY, "its container is dead: the Engine could not remove it", "container-dead", "rm -f"},
};

static const struct status *status_find(const char *word)
{
	for (size_t i = 0; i < sizeof(STATUSES) / sizeof(STATUSES[0]); i++) {
		if (text_equal(STATUSES[i].status, word))
			return &STATUSES[i];
	}
	return NULL;
}

static const char *stopped_reason(struct arena *arena, const struct container *container)
{
	if (container->error != NULL)
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
	return arena_printf(arena, "run `docker -H %s %s %s`", fault_word(arena, node->engine->host), verb,
			    fault_word(arena, node->container->name));
}

/* One fault of a node's container. */
__attribute__((format(printf, 5, 6))) static void container_fault(struct judgement *judgement, const char *builder,
								  const char *code, const char *mend,
								  const char *format, ...)
{
	const char *subject = arena_printf(judgement->arena, "builder.%s", builder);
	char message[1024];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	faults_add(judgement->arena, &judgement->live->faults, code, subject, NULL, mend, "%s", message);
}

static void find_image_faults(struct judgement *judgement, const char *builder, const struct live_node *node)
{
	const struct container *container = node->container;
	const char *option = pairs_get(&node->spec.driver_opts, "image"), *want = option ? option : image_default();

	if (container->image != NULL && !image_made_from(judgement->arena, container->image, want))
		container_fault(judgement, builder, "container-other-image", NULL,
				"container %s of node %s was made from %s, and the node asks for %s", container->name,
				node->spec.name, container->image, want);
	else if (container->image_id != NULL && container->image_now_id != NULL &&
		 !text_equal(container->image_id, container->image_now_id))
		container_fault(judgement, builder, "image-moved", NULL, "%s is another image now than node %s runs",
				container->image, node->spec.name);
}

static void find_faults(struct judgement *judgement, const char *builder, const struct live_node *node,
			const struct status *status)
{
	const struct container *container = node->container;
	struct arena *arena = judgement->arena;

	if (status != NULL && status->fault != NULL)
		container_fault(judgement, builder, status->fault,
				status->verb ? container_mend(arena, node, status->verb) : NULL,
				"container %s of node %s: %s", container->name, node->spec.name, node->reason);
	if (container->oom_killed)
		container_fault(judgement, builder, "container-oom", NULL, "container %s of node %s ran out of memory",
				container->name, node->spec.name);
	if (!container->privileged)
		container_fault(judgement, builder, "container-damaged", NULL,
				"container %s of node %s is not privileged", container->name, node->spec.name);
	if (container->state_volume == NULL)
		container_fault(judgement, builder, "volume-missing", NULL,
				"container %s of node %s has no volume at /var/lib/buildkit", container->name,
				node->spec.name);
	else if (engine_volume(node->engine, container->state_volume) == NULL &&
		 text_starts(container->state_volume, ENGINE_PREFIX))
		container_fault(judgement, builder, "volume-missing", NULL,
				"volume %s of container %s is not on the engine", container->state_volume,
				container->name);
	find_image_faults(judgement, builder, node);
}

static void judge_container(struct judgement *judgement, const char *builder, struct live_node *node)
{
	const struct status *status = status_find(node->container->status);

	if (status == NULL) {
		node->state = NODE_UNKNOWN;
		node->reason = arena_printf(
			judgement->arena, "the Engine says \"%s\" of its container",
			text_printable(judgement->arena, node->container->status != NULL ? node->container->status : "",
				       false));
	} else {
		node->state = status->state;
		node->reason = status->reason;
	}
	if (node->state == NODE_STOPPED || (status != NULL && text_equal(status->status, "restarting"))) {
		const char *reason = stopped_reason(judgement->arena, node->container);
		if (reason != NULL)
			node->reason = node->reason != NULL
					       ? arena_printf(judgement->arena, "%s: %s", node->reason, reason)
					       : reason;
	}
	find_faults(judgement, builder, node, status);
}

static void judge_container_node(struct judgement *judgement, const char *builder, struct live_node *node)
{
	const struct judge_endpoint *endpoint = endpoint_find(judgement, node->spec.endpoint);
	struct arena *arena = judgement->arena;

	if (endpoint == NULL) {
		node->reason = "its endpoint was not asked";
		return;
	}
	node->engine = &judgement->live->engines[endpoint - judgement->endpoints];
	if (!node->engine->reachable) {
		node->reason = node->engine->reason;
		return;
	}
	node->volume = engine_volume(node->engine, node_volume_name(arena, node->spec.name));
	const struct container *container = engine_container(node->engine, node_container_name(arena, node->spec.name));
	if (container == NULL) {
		node->state = NODE_INACTIVE;
		return;
	}
	const char *problem = inspection_problem(endpoint->look, container);
	if (problem != NULL) {
		node->reason = arena_printf(arena, "container %s: %s", container->name, problem);
		return;
	}
	node->container = container;
	judge_container(judgement, builder, node);
}

/* BuildKit inside the Engine runs when the Engine answers. Contexts that no builder uses are not asked. */
static void judge_docker_node(struct judgement *judgement, struct live_node *node)
{
	const struct judge_endpoint *endpoint = endpoint_find(judgement, node->spec.endpoint);

	if (endpoint == NULL) {
		node->reason = "not asked: no builder uses this context";
		return;
	}
	node->engine = &judgement->live->engines[endpoint - judgement->endpoints];
	node->state = node->engine->reachable ? NODE_RUNNING : NODE_UNKNOWN;
	node->reason = node->engine->reachable ? NULL : node->engine->reason;
}

static void judge_nodes(struct judgement *judgement)
{
	struct live *live = judgement->live;

	for (size_t i = 0; i < live->builder_count; i++) {
		struct live_builder *builder = &live->builders[i];
		for (size_t j = 0; j < builder->node_count; j++) {
			struct live_node *node = &builder->nodes[j];
			node->state = NODE_UNKNOWN;
			if (driver_has_containers(builder->driver))
				judge_container_node(judgement, builder->name, node);
			else if (text_equal(builder->driver, "docker"))
				judge_docker_node(judgement, node);
			else if (text_equal(builder->driver, "remote"))
				node->reason = "its daemon was not asked";
			else
				node->reason = arena_printf(judgement->arena,
							    "not asked yet: the %s driver is not supported yet",
							    builder->driver != NULL ? builder->driver : "(none)");
		}
	}
}

static void judge_engines(struct judgement *judgement)
{
	for (size_t i = 0; i < judgement->count; i++) {
		const struct engine_look *look = judgement->endpoints[i].look;
		/* Endpoints that lead nowhere are faults of the store: npipe, a context that is gone. */
		if (look == NULL || look->reachable)
			continue;
		faults_add(judgement->arena, &judgement->live->faults, "engine-unreachable",
			   arena_printf(judgement->arena, "engine.%s", judgement->endpoints[i].endpoint), NULL,
			   look->hint, "%s: %s", look->endpoint.host, look->reason);
	}
}

/* Whether a builder whose file could not be read may be the one that this container or volume belongs to. */
static bool may_be_damaged_ones(const struct live *live, const char *name)
{
	for (size_t i = 0; i < live->builder_count; i++) {
		if (live->builders[i].damaged && text_starts(name + strlen(ENGINE_PREFIX), live->builders[i].name))
			return true;
	}
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
	if (node->engine == NULL || !node->engine->reachable)
		return strcmp(container_name, container->name) == 0;
	const struct container *own = engine_container(node->engine, container_name);
	return own != NULL && same_container(own, container);
}

static bool volume_claimed(const struct live_node *node, const struct volume *volume, const char *volume_name)
{
	if (node->engine == NULL || !node->engine->reachable)
		return strcmp(volume_name, volume->name) == 0;
	const struct volume *own = engine_volume(node->engine, volume_name);
	if (own != NULL && same_volume(own, volume))
		return true;
	if (node->container == NULL || node->container->state_volume == NULL)
		return false;
	own = engine_volume(node->engine, node->container->state_volume);
	return own != NULL && same_volume(own, volume);
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

static void collect_claims(struct judgement *judgement, struct claims *containers, struct claims *volumes)
{
	const struct live *live = judgement->live;
	struct arena *arena = judgement->arena;

	for (size_t i = 0; i < live->builder_count; i++) {
		for (size_t j = 0; driver_has_containers(live->builders[i].driver) && j < live->builders[i].node_count;
		     j++) {
			const struct live_node *node = &live->builders[i].nodes[j];
			const char *own = node_volume_name(arena, node->spec.name);
			claim_add(arena, containers, node_container_name(arena, node->spec.name), node);
			claim_add(arena, volumes, own, node);
			if (node->container != NULL && node->container->state_volume != NULL &&
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

	while (found != NULL && found > claims->items && strcmp(found[-1].name, name) == 0)
		found--;
	return found;
}

static bool is_orphan_container(const struct judgement *judgement, const struct claims *claims,
				const struct container *container)
{
	const struct claim *claim = claim_find(claims, container->name);

	for (; claim != NULL && claim < claims->items + claims->count && strcmp(claim->name, container->name) == 0;
	     claim++) {
		if (container_claimed(claim->node, container, claim->name))
			return false;
	}
	return !may_be_damaged_ones(judgement->live, container->name);
}

static bool is_orphan_volume(const struct judgement *judgement, const struct claims *claims,
			     const struct volume *volume)
{
	const struct claim *claim = claim_find(claims, volume->name);

	for (; claim != NULL && claim < claims->items + claims->count && strcmp(claim->name, volume->name) == 0;
	     claim++) {
		if (volume_claimed(claim->node, volume, claim->name))
			return false;
	}
	return !may_be_damaged_ones(judgement->live, volume->name);
}

static void orphan_add(struct judgement *judgement, const struct orphan *orphan)
{
	struct live *live = judgement->live;
	const char *kind = orphan->is_volume ? "volume" : "container";

	/* Seen already, at another address of the same Engine. */
	for (size_t i = 0; i < live->orphan_count; i++) {
		const struct orphan *other = &live->orphans[i];
		if (other->engine != orphan->engine && other->is_volume == orphan->is_volume &&
		    text_equal(other->name, orphan->name) && text_equal(other->created, orphan->created))
			return;
	}
	*ARENA_PUSH(judgement->arena, live->orphans, live->orphan_count) = *orphan;
	faults_add(judgement->arena, &live->faults, orphan->is_volume ? "orphan-volume" : "orphan-container",
		   arena_printf(judgement->arena, "%s.%s", kind, orphan->name), NULL,
		   arena_printf(judgement->arena, "run `docker -H %s %s %s`, unless it is another user's builder's",
				fault_word(judgement->arena, orphan->engine->host),
				orphan->is_volume ? "volume rm" : "rm -f", fault_word(judgement->arena, orphan->name)),
		   "%s %s on %s belongs to no builder of this store", kind, orphan->name, orphan->engine->host);
	struct fault *fault = &live->faults.items[live->faults.count - 1];
	fault->size = orphan->size;
	fault->created = orphan->created;
}

/* The ledger tells what it is and when it goes. */
static bool is_noted(const struct judgement *judgement, const struct engine *engine, const char *name, bool is_volume)
{
	const struct leftovers *leftovers = &judgement->live->leftovers;
	struct arena *arena = judgement->arena;

	for (size_t i = 0; i < leftovers->count; i++) {
		const char *node = leftovers->items[i].node;
		if (text_equal(leftovers->items[i].host, engine->host) &&
		    text_equal(name, is_volume ? node_volume_name(arena, node) : node_container_name(arena, node)))
			return true;
	}
	return false;
}

static void orphans_of(struct judgement *judgement, const struct engine *engine, const struct claims *containers,
		       const struct claims *volumes)
{
	for (size_t i = 0; i < engine->container_count; i++) {
		const struct container *container = &engine->containers[i];
		if (is_orphan_container(judgement, containers, container) &&
		    !is_noted(judgement, engine, container->name, false))
			orphan_add(judgement, &(struct orphan){.name = container->name,
							       .engine = engine,
							       .created = container->created,
							       .size = -1});
	}
	for (size_t i = 0; i < engine->volume_count; i++) {
		const struct volume *volume = &engine->volumes[i];
		if (is_orphan_volume(judgement, volumes, volume) && !is_noted(judgement, engine, volume->name, true))
			orphan_add(judgement, &(struct orphan){.is_volume = true,
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

static void judge_orphans(struct judgement *judgement)
{
	struct claims containers = {0}, volumes = {0};
	struct live *live = judgement->live;

	collect_claims(judgement, &containers, &volumes);
	for (size_t i = 0; i < judgement->count; i++) {
		bool seen = judgement->endpoints[i].look == NULL || !judgement->endpoints[i].look->reachable;
		for (size_t j = 0; !seen && j < i; j++)
			seen = judgement->endpoints[j].look == judgement->endpoints[i].look;
		if (!seen)
			orphans_of(judgement, &live->engines[i], &containers, &volumes);
	}
	if (live->orphan_count > 1)
		qsort(live->orphans, live->orphan_count, sizeof(*live->orphans), by_engine_then_name);
}

void judge(struct live *live, struct judge_endpoint *endpoints, size_t count)
{
	struct judgement judgement = {.live = live, .arena = live->arena, .endpoints = endpoints, .count = count};

	if (count > 1)
		qsort(endpoints, count, sizeof(*endpoints), by_endpoint);
	make_engines(&judgement);
	judge_nodes(&judgement);
	judge_engines(&judgement);
	judge_orphans(&judgement);
	faults_sort(&live->faults);
}
