/* Damaged files that no desired builder stands for: moved into the record. */
#ifndef RECONCILE_PLAN_REPAIR_H
#define RECONCILE_PLAN_REPAIR_H

#include "plan/draft.h"

/* To be called after plan_builders() and plan_contexts(), which mend what is theirs. */
void plan_repairs(struct draft *draft);

#endif
