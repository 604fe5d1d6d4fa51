/* The files below contexts/tls, and folders that no context has. */
#ifndef RECONCILE_LIVE_STORE_CONTEXTS_TLS_H
#define RECONCILE_LIVE_STORE_CONTEXTS_TLS_H

#include "model/live.h"

/* The files below contexts/tls/<hash> of the context, and its faults; fills has_tls. */
void context_tls_read(struct live *live, int config_fd, struct live_context *context);
/* The folders there, and of metadata, that no context has. */
void stray_folders_read(struct live *live, int config_fd);

#endif
