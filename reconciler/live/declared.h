/* What the state files make of contexts and of the current one, so that what a plan needs of it is looked at already.
 */
#ifndef RECONCILE_LIVE_DECLARED_H
#define RECONCILE_LIVE_DECLARED_H

#include "model/live.h"

/* Fills live->declared: the contexts that are made, repointed, or get other TLS files. A rollback's are left out: what
 * lives in them lives where they lead to now. */
void contexts_declare(struct live *live, const struct state *desired);

/* Adds the context of nodes that are to have the environment's TLS, as that is now, unless a state file declares it. */
void environment_declare(struct live *live);

/* Fills live->planned when the state changes the current context, so that nodes without an endpoint are looked for
 * where they will be, and what is selected is what BuildX will find there. It keys the selection by the current
 * endpoint (docker/buildx store/store.go, Current). */
void planned_context_learn(struct live *live, const struct state *desired, const char *const *env);

#endif
