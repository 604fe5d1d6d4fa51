/* The end of making a plan, by plan_make() or undo_plan(). */
#ifndef RECONCILE_PLAN_FINISH_H
#define RECONCILE_PLAN_FINISH_H

#include "plan/draft.h"

/* By phase, then address: the order in which they are shown and applied. */
void changes_sort(struct plan *plan);
/* The changes may still point into the desired and live arenas; after this they do not. */
void plan_own_texts(struct draft *draft);
/* Gives the plan its id, a digest of all that it says: nothing may be changed afterwards. */
void plan_identify(struct draft *draft);

#endif
