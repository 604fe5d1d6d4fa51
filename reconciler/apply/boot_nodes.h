/* The builder that is being booted, as the instance file says that BuildX reads: in the store, or in the private one
 * that a new generation is booted from. */
#ifndef RECONCILE_APPLY_BOOT_NODES_H
#define RECONCILE_APPLY_BOOT_NODES_H

#include "apply/step.h"

/* store: where the instance file is. Texts live in the change's arena. False when the file cannot be read or
 * understood: what is wrong with it BuildX says better. */
bool boot_nodes_read(struct execution *run, const char *store, const char *name, struct live_builder *ret_builder);

#endif
