/* Docker contexts: made, repointed, mended, removed. */
#ifndef RECONCILE_PLAN_CONTEXT_H
#define RECONCILE_PLAN_CONTEXT_H

#include "plan/draft.h"

void plan_contexts(struct draft *draft);

#endif
