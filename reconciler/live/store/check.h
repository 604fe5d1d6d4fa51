/* What is wrong between files of the store. */
#ifndef RECONCILE_LIVE_STORE_CHECK_H
#define RECONCILE_LIVE_STORE_CHECK_H

#include "model/live.h"

/* The builders of contexts that no instance hides; sorts builders. */
void context_builders_add(struct live *live, int store_fd);
/* Endpoints without a context, names used twice, npipe. */
void store_check(struct live *live, const char *const *environ, bool contexts_known);

#endif
