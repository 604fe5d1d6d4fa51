/* What earlier runs let go, or were making when they died (model/leftover.h). */
#ifndef RECONCILE_PLAN_LEFTOVERS_H
#define RECONCILE_PLAN_LEFTOVERS_H

#include "plan/draft.h"

/* To be called after plan_builders(): what a wanted builder takes over is nobody's leftover. */
void plan_leftovers(struct draft *draft);

#endif
