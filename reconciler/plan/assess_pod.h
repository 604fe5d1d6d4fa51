/* What nodes of driver kubernetes need, and what people are told of them. */
#ifndef RECONCILE_PLAN_ASSESS_POD_H
#define RECONCILE_PLAN_ASSESS_POD_H

#include "plan/draft.h"

/* The action of a node that is to live in pods, or, NODE_DROP, that did. */
void assess_pod(struct draft *draft, struct builder_draft *builder, struct node_draft *node);
void assess_pod_drop(struct draft *draft, struct builder_draft *builder, struct node_draft *node);

/* Whether what is there is this store's to change and to remove: neither somebody else keeps it, nor did another store
 * mark it. */
bool workload_is_ours(const struct draft *draft, const struct workload *workload);
/* The other kind of its name, which goes with it, and where it is changed; NULL: there is none that is ours. */
const struct workload *twin_that_goes(const struct draft *draft, const struct workload *workload);
/* Whether a builder of the store besides this one has it as well, by whichever file or context: it stays when one of
 * them goes. */
bool workload_is_shared(const struct draft *draft, const struct live_builder *have, const struct workload *workload);

/* What becomes of the caches, once every node has its action: in claims, or in the pods themselves. */
void note_pods(struct draft *draft, struct builder_draft *builder);
void note_removed_pods(struct draft *draft, struct change *change, const struct live_builder *have);
/* What it means for those who build, and what is left to others; NULL: nothing more than the fields tell. */
const char *detail_pods(struct draft *draft, const struct builder_draft *builder);

#endif
