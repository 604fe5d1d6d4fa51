/* Why a boot failed, in the daemon's own words: BuildX tells the Engine's ("is restarting, wait until"), or the log
 * with the Engine's frames in it (docker/buildx#289, #1570). */
#ifndef RECONCILE_APPLY_BOOT_LOG_H
#define RECONCILE_APPLY_BOOT_LOG_H

#include "apply/step.h"

/* When a node's buildkitd has ended and its log says why, that becomes the error's message. store: where the builder's
 * instance file is. Always -1. */
int boot_log_explain(struct execution *run, const char *store, const char *name, struct error *err);

#endif
