/* The steps that remove a builder, which is forgotten after its containers: the store names what a kill leaves over,
 * and the ledger the volumes. */
#include "plan/removal.h"

#include "model/driver.h"
#include "plan/cache_note.h"
#include "plan/change.h"
#include "plan/draft.h"
#include "plan/steps.h"

/* Another builder of the store has this container as well: it stays when one of them goes. */
static bool is_shared(const struct draft *draft, const struct live_builder *have, const struct live_node *node)
{
	for (size_t i = 0; node->container && i < draft->live->builder_count; i++) {
		const struct live_builder *other = &draft->live->builders[i];
		for (size_t k = 0; other != have && k < other->node_count; k++)
			if (other->nodes[k].container && text_equal(other->nodes[k].container->id, node->container->id))
				return true;
	}
	return false;
}

/* What nothing brings back goes when all else is done; until then it is in the ledger. */
static void steps_discard(struct draft *draft, struct change *change, const struct live_builder *have)
{
	for (size_t i = 0; i < have->node_count && driver_has_containers(have->driver); i++) {
		const struct live_node *node = &have->nodes[i];

		if (node->engine && node->engine->reachable && node->volume && !is_shared(draft, have, node) &&
		    !volume_is_kept(draft, node->engine, node->volume))
			step_engine_add(draft, change, STEP_REMOVE_VOLUME, node->spec.endpoint, node->volume->name,
					NULL);
	}
}

void steps_for_removal(struct draft *draft, struct change *change, const struct live_builder *have)
{
	for (size_t i = 0; i < have->node_count && driver_has_containers(have->driver); i++)
		if (!is_shared(draft, have, &have->nodes[i]))
			step_drain_add(draft, change, have->name, have->nodes[i].spec.name,
				       have->nodes[i].spec.endpoint, have->nodes[i].container);
	for (size_t i = 0; i < have->node_count; i++) {
		const struct live_node *node = &have->nodes[i];
		if (!driver_has_containers(have->driver))
			continue;
		if (!node->engine || !node->engine->reachable) {
			change->action = ACTION_UNKNOWN;
			change->reason = arena_printf(draft->arena, "engine %s of node %s: %s", node->spec.endpoint,
						      node->spec.name, node->reason ? node->reason : "was not asked");
			change_block(draft, change, ERROR_UNREACHABLE, "%s; unreachable is not absent", change->reason);
			continue;
		}
		if (is_shared(draft, have, node))
			continue;
		bool kept = volume_is_kept(draft, node->engine, node->volume);
		if (node->volume && !kept)
			step_note_add(draft, change, node->spec.name, node->spec.endpoint, draft->request->keep_s);
		if (node->container)
			step_engine_add(draft, change, STEP_REMOVE_CONTAINER, node->spec.endpoint,
					node->container->name, node->container->id);
		if (node->volume)
			note_removed_cache(draft, change, node, kept);
	}
	step_add(draft, change, STEP_FORGET_BUILDER, have->name);
	if (draft->request->keep_s == 0)
		steps_discard(draft, change, have);
}
