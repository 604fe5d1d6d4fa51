/* Where the BuildX store and the Docker configuration are, and what a store is called. */
#ifndef RECONCILE_LIVE_STORE_LOCATE_H
#define RECONCILE_LIVE_STORE_LOCATE_H

#include "base/arena.h"
#include "base/error.h"

/* The store's folder by $BUILDX_CONFIG, $DOCKER_CONFIG/buildx, ~/.docker/buildx (not created; real path when it
 * exists). */
int store_locate(struct arena *arena, const char *const *environ_, const char **ret_store,
		 const char **ret_docker_config, struct error *err);
/* First 12 hex digits of the SHA-256 of the store's path: names the history and the lineage. */
void store_id(const char *store, char ret_id[13]);

#endif
