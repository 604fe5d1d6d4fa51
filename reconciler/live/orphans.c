/* Finds what looks like BuildX's on the Engines and belongs to no builder of the store, and says what to do about it.
 */
#include "live/orphans.h"

#include "base/identity.h"
#include "base/keyed.h"
#include "base/shell.h"
#include "live/engine/parse.h"
#include "live/store/locate.h"
#include "model/driver.h"
#include "model/mark.h"
#include "model/normal.h"

#include <stdlib.h>
#include <string.h>

struct orphan_search {
	struct live *live;
	struct arena *arena;
	char store_id[13];
	const char *host; /* of this machine */
};

/* Whether a builder whose file could not be read may be the one that this container or volume belongs to. */
static bool may_be_damaged_ones(const struct live *live, const char *name)
{
	for (size_t i = 0; i < live->builder_count; i++)
		if (live->builders[i].damaged && text_starts(name + strlen(NODE_OBJECT_PREFIX), live->builders[i].name))
			return true;
	return false;
}

/* assess_context_builders() knows those of the contexts that were asked; another context may lead to the same Engine.
 */
static bool is_of_context(const struct live *live, const struct engine *engine, const char *name)
{
	if (!maker_kind(engine->maker)->lacks_buildkit)
		return false;
	name += strlen(NODE_OBJECT_PREFIX);
	for (size_t i = 0; i < live->builder_count; i++) {
		const char *rest =
			text_starts(name, live->builders[i].name) ? name + strlen(live->builders[i].name) : NULL;

		if (live->builders[i].context_builder && rest && (*rest == '\0' || text_equal(rest, "_state")))
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

static void collect_claims(const struct live *live, struct arena *arena, struct claims *containers,
			   struct claims *volumes)
{
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
	ARRAY_SORT(containers->items, containers->count, by_claim);
	ARRAY_SORT(volumes->items, volumes->count, by_claim);
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

static bool is_orphan_container(const struct orphan_search *search, const struct engine *engine,
				const struct claims *claims, const struct container *container)
{
	const struct claim *claim = claim_find(claims, container->name);

	for (; claim && claim < claims->items + claims->count && strcmp(claim->name, container->name) == 0; claim++)
		if (container_claimed(claim->node, container, claim->name))
			return false;
	return !may_be_damaged_ones(search->live, container->name) &&
	       !is_of_context(search->live, engine, container->name);
}

static bool is_orphan_volume(const struct orphan_search *search, const struct engine *engine,
			     const struct claims *claims, const struct volume *volume)
{
	const struct claim *claim = claim_find(claims, volume->name);

	for (; claim && claim < claims->items + claims->count && strcmp(claim->name, volume->name) == 0; claim++)
		if (volume_claimed(claim->node, volume, claim->name))
			return false;
	return !may_be_damaged_ones(search->live, volume->name) && !is_of_context(search->live, engine, volume->name);
}

static bool is_at_work(const struct container *container)
{
	return container && (text_equal(container->status, "running") || text_equal(container->status, "paused") ||
			     text_equal(container->status, "restarting"));
}

/* The container that it is, or that it is the cache of. */
static const struct container *container_of(const struct orphan_search *search, const struct orphan *orphan)
{
	size_t length = strlen(orphan->name) - (orphan->is_volume ? strlen("_state") : 0);

	return engine_container(orphan->engine, arena_strndup(search->arena, orphan->name, length));
}

/* What is to be done about it. What runs is somebody's, and what bears a mark is of the store that is named there. */
static const char *advice(const struct orphan_search *search, const struct orphan *orphan)
{
	const struct container *container = container_of(search, orphan);
	const struct volume *volume =
		engine_volume(orphan->engine,
			      orphan->is_volume ? orphan->name : arena_printf(search->arena, "%s_state", orphan->name));
	bool is_ours = volume && mark_is_ours(volume, search->store_id, search->host);

	if (is_at_work(container))
		return arena_printf(search->arena,
				    "leave it alone: %s, so most likely another user or another store builds with it",
				    orphan->is_volume ? "its container is in use" : "it is in use");
	if (volume && mark_store(volume) && !is_ours)
		return arena_printf(search->arena, "leave it to its owner, the store %s of host %s", mark_store(volume),
				    mark_host(volume) ? mark_host(volume) : "unknown");
	return arena_printf(search->arena, "run `docker -H %s %s %s`, unless it is another user's builder's",
			    shell_word(search->arena, orphan->engine->host), orphan->is_volume ? "volume rm" : "rm -f",
			    shell_word(search->arena, orphan->name));
}

static void orphan_add(struct orphan_search *search, const struct orphan *orphan)
{
	struct live *live = search->live;
	const char *kind = orphan->is_volume ? "volume" : "container";

	/* Seen already, at another address of the same Engine. */
	for (size_t i = 0; i < live->orphan_count; i++) {
		const struct orphan *other = &live->orphans[i];
		if (other->engine != orphan->engine && other->is_volume == orphan->is_volume &&
		    text_equal(other->name, orphan->name) && text_equal(other->created, orphan->created))
			return;
	}
	*ARENA_PUSH(search->arena, live->orphans, live->orphan_count) = *orphan;
	faults_add(search->arena, &live->faults, orphan->is_volume ? FAULT_ORPHAN_VOLUME : FAULT_ORPHAN_CONTAINER,
		   arena_printf(search->arena, "%s.%s", kind, orphan->name), NULL, advice(search, orphan),
		   "%s %s on %s belongs to no builder of this store", kind, orphan->name, orphan->engine->host);
	struct fault *fault = &live->faults.items[live->faults.count - 1];
	fault->size = orphan->size;
	fault->created = orphan->created;
}

/* The ledger tells what it is and when it goes. */
static bool is_noted(const struct orphan_search *search, const struct engine *engine, const char *name, bool is_volume)
{
	const struct leftovers *leftovers = &search->live->leftovers;
	struct arena *arena = search->arena;

	for (size_t i = 0; i < leftovers->count; i++) {
		const char *node = leftovers->items[i].node;
		bool here = text_equal(leftovers->items[i].host, engine->host) ||
			    engine_same(live_engine(search->live, leftovers->items[i].endpoint), engine);
		if (here &&
		    text_equal(name, is_volume ? node_volume_name(arena, node) : node_container_name(arena, node)))
			return true;
	}
	return false;
}

static void orphans_of(struct orphan_search *search, const struct engine *engine, const struct claims *containers,
		       const struct claims *volumes)
{
	for (size_t i = 0; i < engine->container_count; i++) {
		const struct container *container = &engine->containers[i];
		if (is_orphan_container(search, engine, containers, container) &&
		    !is_noted(search, engine, container->name, false))
			orphan_add(search, &(struct orphan){.name = container->name,
							    .engine = engine,
							    .created = container->created,
							    .size = -1});
	}
	for (size_t i = 0; i < engine->volume_count; i++) {
		const struct volume *volume = &engine->volumes[i];
		if (is_orphan_volume(search, engine, volumes, volume) && !is_noted(search, engine, volume->name, true))
			orphan_add(search, &(struct orphan){.is_volume = true,
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

static bool has_objects(const struct live *live)
{
	for (size_t i = 0; i < live->engine_count; i++)
		if (live->engines[i].container_count + live->engines[i].volume_count > 0)
			return true;
	return false;
}

void orphans_find(struct live *live, const struct assessed_endpoint *endpoints, size_t count)
{
	struct orphan_search search = {.live = live, .arena = live->arena};
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct claims containers = {0}, volumes = {0};

	if (!has_objects(live))
		return;
	if (live->store)
		store_id(live->store, search.store_id);
	search.host = identity_host(live->arena);
	collect_claims(live, scratch, &containers, &volumes);
	for (size_t i = 0; i < count; i++)
		if (endpoints[i].probe && live->engines[i].reachable && !live->engines[i].same_as)
			orphans_of(&search, &live->engines[i], &containers, &volumes);
	if (live->orphan_count > 1)
		qsort(live->orphans, live->orphan_count, sizeof(*live->orphans), by_engine_then_name);
}
