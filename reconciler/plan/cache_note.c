/* Says what becomes of the caches of a builder: kept, retained for a while, lost. */
#include "plan/cache_note.h"

#include "model/driver.h"
#include "model/normal.h"
#include "plan/assess_pod.h"
#include "plan/detail.h"
#include "plan/draft.h"
#include "plan/effective.h"
#include "plan/heal.h"
#include "plan/steps.h"

/* "24h", "90m": as the state file would write it. */
const char *keep_text(struct arena *arena, int64_t keep_s)
{
	static const struct {
		int64_t seconds;
		const char *unit;
	} units[] = {{3600, "h"}, {60, "m"}, {1, "s"}};
	size_t i = 0;

	while (keep_s % units[i].seconds != 0)
		i++;
	return arena_printf(arena, "%lld%s", (long long)(keep_s / units[i].seconds), units[i].unit);
}

static const char *retained(struct draft *draft, const char *volume, const struct live_node *node)
{
	return arena_printf(draft->arena, "retained for %s in volume %s%s",
			    keep_text(draft->arena, draft->request->keep_s), volume,
			    cache_size_text(draft->arena, node));
}

static const char *lost(struct draft *draft, const char *volume, const struct live_node *node)
{
	return arena_printf(draft->arena, "lost: volume %s is removed%s", volume, cache_size_text(draft->arena, node));
}

/* The record says that a volume of this name was there, and it is no more. */
static bool cannot_come_back(const struct draft *draft, const struct node_draft *node)
{
	const struct pairs *kept = &draft->desired->kept_volumes;

	if (!draft->request->rollback || !node->engine || node->volume || !node->engine->reachable)
		return false;
	for (size_t i = 0; i < kept->count; i++)
		if (text_equal(kept->items[i].key, node->engine->host) &&
		    text_equal(kept->items[i].value, node_volume_name(draft->arena, node->want.name)))
			return true;
	return false;
}

void cache_note_add(struct change *change, enum cache_effect effect, const char *text)
{
	/* Of several nodes the worst is told. */
	static const int badness[] = {[CACHE_NONE] = 0, [CACHE_KEPT] = 1, [CACHE_RETAINED] = 2, [CACHE_LOST] = 3};

	if (badness[effect] < badness[change->cache])
		return;
	change->cache = effect;
	change->cache_note = text;
}

static void note_going(struct draft *draft, struct builder_draft *builder, const struct node_draft *node)
{
	struct clearing clearing = clearing_of(draft, builder, node);

	if (!clearing.volume)
		return;
	const char *volume = node_volume_name(draft->arena, clearing.name);
	if (clearing.keep_s > 0)
		cache_note_add(builder->change, CACHE_RETAINED, retained(draft, volume, node->have));
	else
		cache_note_add(builder->change, CACHE_LOST, lost(draft, volume, node->have));
}

void note_removed_cache(struct draft *draft, struct change *change, const struct live_node *node, bool kept)
{
	const char *volume = node->volume->name;

	if (kept)
		cache_note_add(change, CACHE_KEPT,
			       arena_printf(draft->arena, "kept: volume %s was there before", volume));
	else if (draft->request->keep_s > 0)
		cache_note_add(change, CACHE_RETAINED, retained(draft, volume, node));
	else
		cache_note_add(change, CACHE_LOST, lost(draft, volume, node));
}

static void note_sick(struct draft *draft, struct change *change, const struct node_draft *node)
{
	const char *volume = node_volume_name(draft->arena, node->want.name);

	if (!node->volume)
		return;
	if (heal_renews(draft, node))
		cache_note_add(change, CACHE_RETAINED,
			       arena_printf(draft->arena, "kept if the gentle ways help; else begun anew, and %s",
					    retained(draft, volume, node->have)));
	else
		cache_note_add(change, CACHE_KEPT, arena_printf(draft->arena, "kept in volume %s", volume));
}

/* A container that was made by hand keeps its cache in an anonymous volume of the image's. */
static bool has_own_cache(const struct node_draft *node)
{
	return !node->volume && node->container && node->container->state_volume;
}

void note_cache(struct draft *draft, struct builder_draft *builder)
{
	struct change *change = builder->change;

	if (driver_home(builder->want.driver) == HOME_POD)
		note_pods(draft, builder);
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		const char *volume = node->want.name ? node_volume_name(draft->arena, node->want.name) : NULL;

		if (node->action == NODE_HEAL) {
			note_sick(draft, change, node);
			continue;
		}
		if (node->action == NODE_FRESH || node->action == NODE_DROP || node->action == NODE_MOVE ||
		    (node->action == NODE_REMAKE && builder->want.cache.keep_state == TRI_NO))
			note_going(draft, builder, node);
		if (node->action != NODE_DROP && cannot_come_back(draft, node))
			cache_note_add(change, CACHE_LOST,
				       arena_printf(draft->arena,
						    "cannot come back: volume %s is gone, so it begins empty", volume));
		else if (node->action == NODE_REMAKE && has_own_cache(node))
			cache_note_add(
				change, CACHE_LOST,
				arena_printf(
					draft->arena,
					"not brought back: it is in volume %s, which stays until `docker volume rm %s`",
					node->container->state_volume, node->container->state_volume));
		else if (node->volume && node->action != NODE_KEEP && node->action != NODE_DROP)
			cache_note_add(change, CACHE_KEPT,
				       arena_printf(draft->arena, "%s volume %s",
						    node_had_container(builder, node) ? "kept in"
										      : "taken over from the orphaned",
						    volume));
	}
}
