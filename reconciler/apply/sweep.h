/* Clears what a run that was killed left half-written in the store and the Docker configuration. The history clears its
 * own: history_recover(). */
#ifndef RECONCILE_APPLY_SWEEP_H
#define RECONCILE_APPLY_SWEEP_H

#include "base/error.h"

/* The run lock of the store must be held: then nobody else writes such files there. */
int sweep_unfinished(const char *store, const char *docker_config, struct error *err);

#endif
