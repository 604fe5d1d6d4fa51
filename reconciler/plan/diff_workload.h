/* A wanted node beside the Deployment or StatefulSet that a cluster has for it. */
#ifndef RECONCILE_PLAN_DIFF_WORKLOAD_H
#define RECONCILE_PLAN_DIFF_WORKLOAD_H

#include "plan/draft.h"

/* To be called after diff_instance(): an edit that both show is told once. node->workload is not NULL. Each difference
 * becomes a field; the node becomes NODE_ROLL where the cluster can make it so in place, and node->rolls says whether
 * its pods are replaced for it; NODE_REMAKE where it cannot. */
void diff_workload(struct draft *draft, struct builder_draft *builder, struct node_draft *node);

#endif
