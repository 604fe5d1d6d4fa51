/* Docker contexts and config.json. */
#ifndef RECONCILE_LIVE_STORE_CONTEXTS_H
#define RECONCILE_LIVE_STORE_CONTEXTS_H

#include "model/live.h"

/* Fills contexts, current_context, current_endpoint. False when the contexts cannot be listed: then none may be called
 * missing. */
bool contexts_read(struct live *live, const char *const *env);

#endif
