/* The nodes that a state file asks for, as BuildX would store them on this machine: the first thing that happens to a
 * draft. */
#ifndef RECONCILE_PLAN_EFFECTIVE_H
#define RECONCILE_PLAN_EFFECTIVE_H

#include "plan/draft.h"

/* Fills ret_builder: each wanted node with its endpoint, generation, flags and default files, and with what is there of
 * it; behind them, as NODE_DROP, the nodes of the store that are wanted no more. */
void draft_complete(struct draft *draft, const struct builder *desired, const struct live_builder *have,
		    struct builder_draft *ret_builder);

/* The live node of any generation of the wanted one; NULL when there is none, or no builder. */
const struct live_node *live_node_of(struct arena *arena, const struct live_builder *have, const char *name);
/* The node is in the store, and as a node with a container: a builder may be on its way to another driver. */
bool node_had_container(const struct builder_draft *builder, const struct node_draft *node);
bool node_had_pods(const struct builder_draft *builder, const struct node_draft *node);

#endif
