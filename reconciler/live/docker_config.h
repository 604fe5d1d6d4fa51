/* Docker's config.json, finer than live/store.h gives it. */
#ifndef RECONCILE_LIVE_DOCKER_CONFIG_H
#define RECONCILE_LIVE_DOCKER_CONFIG_H

#include "live/store.h"

/* The `currentContext` in these bytes ("" when none). -1 with ERROR_CORRUPT when docker would not understand them. */
int docker_config_current(struct arena *arena, const void *data, size_t length, const char **ret_name,
			  struct error *err);

#endif
