/* The selection of the store, besides the steps that set it. */
#ifndef RECONCILE_APPLY_STORE_FILES_H
#define RECONCILE_APPLY_STORE_FILES_H

#include "apply/step.h"

/* Puts the selection back byte for byte as it was observed, whatever a STEP_DIVERT made of it. */
int execution_undivert(struct execution *run, struct error *err);

#endif
