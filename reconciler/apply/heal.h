/* What healing came to. */
#ifndef RECONCILE_APPLY_HEAL_H
#define RECONCILE_APPLY_HEAL_H

#include "model/plan.h"

/* Every node that a STEP_HEAL of the change is about was found well. */
bool steps_healed(const struct change *change, const struct strings *healed);

#endif
