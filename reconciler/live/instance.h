/* Instance files, finer than live/store.h gives them: which fault a bad one is. */
#ifndef RECONCILE_LIVE_INSTANCE_H
#define RECONCILE_LIVE_INSTANCE_H

#include "live/store.h"

/* As instance_parse(); *ret_code, set on failure, is a code of model/fault.c ("instance-truncated" …). */
int instance_read(struct arena *arena, const void *data, size_t length, struct live_builder *ret_builder,
		  const char **ret_code, struct error *err);

/* Whether these bytes are a private key in PEM. */
bool is_private_key(const void *data, size_t length);

#endif
