/* Makes the state volumes of nodes that are about to be booted, with the mark of this store (model/mark.h). */
#ifndef RECONCILE_APPLY_MARK_H
#define RECONCILE_APPLY_MARK_H

#include "apply/step.h"

/* store: where the builder's instance file is. A volume that is there already stays as it is. */
int mark_volumes(struct execution *run, const char *store, const char *name, struct error *err);

#endif
