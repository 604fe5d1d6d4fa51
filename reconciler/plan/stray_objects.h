/* Plans the end of workloads and claims in clusters that our mark says may go: what this store let go or a run of it
 * was making when it died, and, for --gc, what is past its time, whoever's machine made it. Never what a builder names,
 * and never what bears no mark. */
#ifndef RECONCILE_PLAN_STRAY_OBJECTS_H
#define RECONCILE_PLAN_STRAY_OBJECTS_H

#include "plan/draft.h"

void plan_stray_objects(struct draft *draft);

#endif
