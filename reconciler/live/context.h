/* Context metadata (docker/cli cli/context/store/metadatastore.go), finer than live/store.h gives it. */
#ifndef RECONCILE_LIVE_CONTEXT_H
#define RECONCILE_LIVE_CONTEXT_H

#include "live/store.h"

/* Parses the bytes of a meta.json into name, endpoint (NULL: none), description, skip_tls_verify. Pure. -1 with
 * ERROR_CORRUPT when docker would not understand them. */
int context_parse(struct arena *arena, const void *data, size_t length, struct live_context *ret_context,
		  struct error *err);

#endif
