/* What the silence of daemons means for a plan. */
#include "plan/silence.h"

#include "model/driver.h"
#include "model/normal.h"
#include "plan/change.h"

const char *node_silence(const struct live_node *node)
{
	if (node->state == NODE_RUNNING || text_empty(node->reason) ||
	    text_equal(node->reason, "its daemon was not asked"))
		return NULL;
	return node->reason;
}

void silent_add(struct draft *draft, const struct builder_draft *builder, const struct live_node *node, bool tolerated)
{
	struct plan *plan = draft->plan;

	*ARENA_PUSH(draft->arena, plan->silent, plan->silent_count) = (struct silent_node){
		.builder = arena_strdup(draft->arena, builder->want.name),
		.node = arena_strdup(draft->arena, node->spec.name),
		.reason = arena_strdup(draft->arena, node_silence(node)),
		.tolerated = tolerated,
		.ours = driver_has_containers(builder->want.driver),
	};
	strings_add(draft->arena, &plan->unknown,
		    arena_printf(draft->arena, "node %s of builder %s, %s: %s", node->spec.name, builder->want.name,
				 node->spec.endpoint ? node->spec.endpoint : "no endpoint", node_silence(node)));
}

static bool is_silent(const struct node_draft *node)
{
	return node->have && node->action != NODE_DROP && node->action != NODE_BLIND && node->have->container &&
	       text_equal(node->have->container->status, "running") && node->have->state == NODE_UNKNOWN &&
	       node_silence(node->have);
}

void settle_silence(struct draft *draft, const struct builder_draft *builder)
{
	struct change *change = builder->change;
	bool tolerated = builder->want.bootstrap == TRI_NO || draft->request->rollback;

	for (size_t i = 0; driver_has_containers(builder->want.driver) && i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];

		if (!is_silent(node))
			continue;
		silent_add(draft, builder, node->have, tolerated);
		if (change->action == ACTION_NONE || change->action == ACTION_RESET || tolerated)
			continue;
		draft->plan->complete = false;
		change_block(draft, change, ERROR_UNREACHABLE,
			     "node %s does not say how it is, so nothing is done to it: %s; if it hangs, run `docker "
			     "restart %s`, or begin it anew with `reconcile --reset %s`",
			     node->label, node_silence(node->have), node->have->container->name, builder->want.name);
	}
}
