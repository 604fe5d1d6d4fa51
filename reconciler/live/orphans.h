/* Containers and volumes that look like BuildX's and belong to no builder of the store. */
#ifndef RECONCILE_LIVE_ORPHANS_H
#define RECONCILE_LIVE_ORPHANS_H

#include "live/assess.h"

/* Fills live->orphans, each with its fault. The endpoints are sorted as live->engines. */
void orphans_find(struct live *live, const struct assessed_endpoint *endpoints, size_t count);

#endif
