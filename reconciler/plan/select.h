/* The builder that a bare `docker buildx build` uses. */
#ifndef RECONCILE_PLAN_SELECT_H
#define RECONCILE_PLAN_SELECT_H

#include "plan/draft.h"

/* To be called last: it must know which builders are removed. */
void plan_selection(struct draft *draft);
/* What a run that was killed sent elsewhere is sent back: by a reset, too, which selects nothing otherwise. */
void plan_diversion(struct draft *draft);

#endif
