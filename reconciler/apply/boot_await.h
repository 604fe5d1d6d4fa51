/* Waits on where BuildX does not: for daemons whose containers run and that have not come up yet. */
#ifndef RECONCILE_APPLY_BOOT_AWAIT_H
#define RECONCILE_APPLY_BOOT_AWAIT_H

#include "apply/step.h"

/* True once every node of the builder, as the instance in that store has it, answers: BuildX may be asked again. False
 * at the deadline (clock_ms()), when the run was told to end, and as soon as there is proof that waiting is in vain: a
 * container that is not there, that ended or that its Engine started again, a daemon that says what it lacks. Pods are
 * BuildX's to wait for: of them this is true, after a moment, until the deadline. */
bool boot_await(struct execution *run, const char *store, const char *name, int64_t deadline);

#endif
