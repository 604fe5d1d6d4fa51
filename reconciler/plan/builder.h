/* What one builder needs: nothing, a boot, a new instance file, new containers, or to go. */
#ifndef RECONCILE_PLAN_BUILDER_H
#define RECONCILE_PLAN_BUILDER_H

#include "plan/draft.h"

/* Adds the builder's change, or counts it as matching. reset: it is to be made afresh. */
void plan_builder(struct draft *draft, const struct builder *desired, bool reset);
/* Builders in the store that no state file names: listed, or removed where `unmanaged: remove` says so. */
void plan_unmanaged(struct draft *draft);

#endif
