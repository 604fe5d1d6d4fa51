/* A wanted node beside the container that runs for it. */
#ifndef RECONCILE_PLAN_DIFF_CONTAINER_H
#define RECONCILE_PLAN_DIFF_CONTAINER_H

#include "plan/draft.h"

/* To be called after diff_instance(): an edit that both files and container show is told once. Each difference becomes
 * a field that forces a replacement, and makes the node NODE_REMAKE. node->container is not NULL. */
void diff_container(struct draft *draft, struct builder_draft *builder, struct node_draft *node);

#endif
