/* What there is to do with files of the store besides carrying out the steps. */
#ifndef RECONCILE_APPLY_STORE_FILES_H
#define RECONCILE_APPLY_STORE_FILES_H

#include "apply/step.h"

/* Writes what this step is to write beside its place (run->staging), where it can be; the step then puts it there. */
void execution_stage(struct execution *run, const struct step *step);
/* Puts the selection back byte for byte as it was observed, whatever a STEP_DIVERT made of it. */
int execution_undivert(struct execution *run, struct error *err);

#endif
