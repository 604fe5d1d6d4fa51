/* What this machine must have for the remote driver: the TLS files that nodes name. */
#ifndef RECONCILE_LIVE_REMOTE_H
#define RECONCILE_LIVE_REMOTE_H

#include "model/live.h"

/* Adds a fault for each TLS file that is not there or not to be read: of nodes in the store, and of those that the
 * state files want (desired may be NULL). */
void remote_check_files(struct live *live, const struct state *desired);

#endif
