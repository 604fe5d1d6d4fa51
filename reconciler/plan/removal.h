/* The steps that remove a builder. */
#ifndef RECONCILE_PLAN_REMOVAL_H
#define RECONCILE_PLAN_REMOVAL_H

#include "plan/draft.h"

/* Drains and removes what it alone has, and forgets it last. An Engine that is silent makes the change unknown. */
void steps_for_removal(struct draft *draft, struct change *change, const struct live_builder *have);

#endif
