/* What lies in the store and belongs to no builder. */
#ifndef RECONCILE_LIVE_STORE_LEFTOVERS_H
#define RECONCILE_LIVE_STORE_LEFTOVERS_H

#include "model/live.h"

/* Files where folders of the store belong. */
void store_check_folders(struct live *live, int store_fd);
/* What interrupted writes and builders that went have left. */
void store_leftovers(struct live *live, int store_fd, bool is_locked, bool contexts_known);

#endif
