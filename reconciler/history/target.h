/* The state before a record, as something to plan for. */
#ifndef RECONCILE_HISTORY_TARGET_H
#define RECONCILE_HISTORY_TARGET_H

#include "base/error.h"
#include "model/builder.h"
#include "model/record.h"

struct history;

/* Desired state for plan_make() with rollback set: every builder and context that the record's plan or a later record's
 * touched, present with its exact bytes as they were before, or absent; the selection likewise. What is not at hand any
 * more is named in ret_left. All in the arena. */
int history_target(struct history *history, const struct record *record, struct state **ret_state,
		   struct strings *ret_left, struct arena *arena, struct error *err);

#endif
