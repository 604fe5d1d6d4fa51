/* The context that config.json names. */
#ifndef RECONCILE_PLAN_CURRENT_H
#define RECONCILE_PLAN_CURRENT_H

#include "plan/draft.h"

/* Sets it as the state file says, or away from one that is removed. */
void plan_current_context(struct draft *draft);

#endif
