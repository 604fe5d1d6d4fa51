/* What the BuildX that docker has must be able to do. */
#ifndef RECONCILE_PLAN_BUILDX_H
#define RECONCILE_PLAN_BUILDX_H

#include "plan/draft.h"

/* Whether something in the plan is BuildX's to do or to read, so that its version matters. */
bool plan_uses_buildx(const struct plan *plan);
/* Blocks the change of a builder that docker or BuildX are known to fail at: refused before the first write. */
void check_buildx(struct draft *draft, struct builder_draft *builder);
/* Driver options in the store that BuildX does not know, as far as its version was asked for. */
void find_new_options(struct arena *arena, const struct live *live, struct faults *faults);

#endif
