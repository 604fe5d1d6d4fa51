/* The steps of a builder whose nodes are workloads of a cluster.
 *
 * What can be changed in place is patched, and the cluster replaces pods one after another; what cannot is removed, and
 * made anew under its name, where a StatefulSet finds its claims again. A reset makes the next generation beside the
 * one that builds. BuildX makes what it makes right; the rest is made by us (pod_is_native()). All that is made by a
 * change bears our mark, so that what a kill leaves over is known to be ours. */
#ifndef RECONCILE_PLAN_PODS_H
#define RECONCILE_PLAN_PODS_H

#include "plan/draft.h"

void steps_pods(struct draft *draft, struct builder_draft *builder);
void steps_pods_removal(struct draft *draft, struct change *change, const struct live_builder *have);
/* Why BuildX would make this node wrongly, as the end of "made without BuildX: …"; NULL: it does not. */
const char *pod_is_native(const struct node *node);
/* The node's claim of that number is there under the workload's name. */
bool claim_is_of(struct arena *arena, const struct volume_claim *claim, const char *workload);

#endif
