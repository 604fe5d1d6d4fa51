/* Waiting until a container is out of use. */
#ifndef RECONCILE_APPLY_RETIRE_H
#define RECONCILE_APPLY_RETIRE_H

#include "apply/step.h"

/* Waits until nothing builds in the container or is connected to it, for quiet_ms without a break. *ret_busy is NULL
 * then; after --drain-timeout it says what still is: "1 build", in the arena. */
int await_quiet(struct execution *run, const struct step *step, struct engine_client *engine, const char *id,
		int quiet_ms, const char **ret_busy, struct error *err);

#endif
