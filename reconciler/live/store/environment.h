/* What stands around the files and decides with them: variables of the environment, and the docker command itself. */
#ifndef RECONCILE_LIVE_STORE_ENVIRONMENT_H
#define RECONCILE_LIVE_STORE_ENVIRONMENT_H

#include "model/live.h"

/* After the store was read: DOCKER_HOST over a selected context, BUILDX_BUILDER without such a builder. */
void environment_check(struct live *live, const char *const *environ);
/* Whether docker and its BuildX can be found, where docker looks for them: fills live->buildx; nothing is run. */
void docker_check(struct live *live, const char *const *environ);
const char *buildx_find(const struct live *live); /* NULL: docker would find none */
/* Where a program lies on PATH; NULL: nowhere. */
const char *program_find(struct arena *arena, const char *const *environ, const char *program);

#endif
