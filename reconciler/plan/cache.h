/* Emptying a builder's cache. */
#ifndef RECONCILE_PLAN_CACHE_H
#define RECONCILE_PLAN_CACHE_H

#include "plan/draft.h"

/* Plans it when the state file gives an id that was not done yet, or when it is asked for (--reset --cache-only). */
void plan_cache(struct draft *draft, const struct builder *desired, bool asked);

#endif
