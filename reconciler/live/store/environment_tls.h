/* The TLS of the environment: read as docker reads it, and where nodes live that are to use it. */
#ifndef RECONCILE_LIVE_STORE_ENVIRONMENT_TLS_H
#define RECONCILE_LIVE_STORE_ENVIRONMENT_TLS_H

#include "model/live.h"

/* Fills live->tls, with a fault for what docker cannot use of it. */
void environment_tls_read(struct live *live, const char *const *env);
/* Once the contexts are known: fills live->tls_context, with the name of one that holds the same if there is any. */
void environment_tls_place(struct live *live);

#endif
