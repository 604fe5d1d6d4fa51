/* Which builder a bare `docker buildx build` uses. */
#ifndef RECONCILE_LIVE_STORE_SELECTED_H
#define RECONCILE_LIVE_STORE_SELECTED_H

#include "model/live.h"

/* Fills selected, selected_by, selected_default, by current_context, current_endpoint and the files of the selection
 * (docker/buildx store/store.go, Current). */
void selected_resolve(struct live *live, const char *const *env);

#endif
