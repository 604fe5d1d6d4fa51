/* A saved plan is a promise: what was reviewed is what is applied, or the apply refuses. */
#ifndef RECONCILE_PLAN_SAVED_H
#define RECONCILE_PLAN_SAVED_H

#include "base/error.h"
#include "model/plan.h"

/* Holds the saved plan against one made just now from the same state files. Changes whose object is at its target
 * already are dropped from `fresh`, as are changes that the saved plan does not have; -1 with ERROR_STALE, naming
 * object and field, when an object is neither as planned nor at its target, or the state files say something else. */
int plan_restrict_to_saved(struct plan *fresh, const struct plan *saved, struct error *err);

#endif
