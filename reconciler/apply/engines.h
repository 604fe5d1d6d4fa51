/* The Engines that a thread asks while it carries out steps: each opened once. */
#ifndef RECONCILE_APPLY_ENGINES_H
#define RECONCILE_APPLY_ENGINES_H

#include "apply/step.h"

/* The pool's, until engine_pool_done(). */
int engine_pool_get(struct execution *run, const char *endpoint, struct engine_client **ret_client, struct error *err);
void engine_pool_done(struct engine_pool *pool);

#endif
