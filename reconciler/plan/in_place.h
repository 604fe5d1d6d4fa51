/* The steps of a builder whose nodes are made anew under the names that they have, or whose file alone changes. */
#ifndef RECONCILE_PLAN_IN_PLACE_H
#define RECONCILE_PLAN_IN_PLACE_H

#include "plan/draft.h"

void steps_in_place(struct draft *draft, struct builder_draft *builder);

#endif
