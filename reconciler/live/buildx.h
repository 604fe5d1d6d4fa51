/* The BuildX that docker has, asked for its version. */
#ifndef RECONCILE_LIVE_BUILDX_H
#define RECONCILE_LIVE_BUILDX_H

#include "base/interrupt.h"
#include "model/live.h"

/* Runs it, unless that was done: some 20 ms. Fills live->buildx_version and buildx_minor, with a fault for one that is
 * too old; true when it is the first time, and there is something that it lacks. */
bool buildx_learn(struct live *live, const struct interrupt *interrupt);

/* "github.com/docker/buildx v0.13.1 788433953", "… 0.13.1+ds1 0.13.1+ds1-3": "0.13.1" and 13. False for what was built
 * from no release. Pure. */
bool buildx_version_parse(struct arena *arena, const char *text, const char **ret_version, int *ret_minor);

#endif
