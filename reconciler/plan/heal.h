/* Nodes that are there and sick. */
#ifndef RECONCILE_PLAN_HEAL_H
#define RECONCILE_PLAN_HEAL_H

#include "plan/draft.h"

/* What ails the node's container or daemon, as the clause of a reason; NULL: nothing that healing is for. */
const char *sickness_of(struct draft *draft, const struct node_draft *node);
/* Once every node has its action: sick nodes of a builder that is changed otherwise too are made anew in place, with
 * that change (NODE_HEAL becomes NODE_REMAKE). */
void settle_heal(struct builder_draft *builder);
/* Whether what is left when nothing gentle helps is a fresh generation: the old one's volume must be retained. */
bool heal_renews(const struct draft *draft, const struct node_draft *node);
/* Once the change has its action: what is sick in a way that nothing may be done about unasked blocks it. */
void settle_sick(struct draft *draft, struct builder_draft *builder);
/* The steps of a builder with nodes that are NODE_HEAL: the gentlest remedy first, a fresh generation last. */
void steps_heal(struct draft *draft, struct builder_draft *builder);

#endif
