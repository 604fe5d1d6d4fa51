/* The steps of a builder some of whose nodes are NODE_FRESH: booted and tried beside the old ones, then switched over.
 */
#ifndef RECONCILE_PLAN_BLUE_GREEN_H
#define RECONCILE_PLAN_BLUE_GREEN_H

#include "plan/draft.h"

void steps_blue_green(struct draft *draft, struct builder_draft *builder);

#endif
