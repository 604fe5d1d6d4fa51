/* Full disks below the daemons' caches, where that can be told: on this machine, by a user who may look. */
#ifndef RECONCILE_LIVE_CACHE_DISKS_H
#define RECONCILE_LIVE_CACHE_DISKS_H

#include "live/engine/observe.h"

void cache_disks_check(struct live *live, struct engine_probe *const *probes, size_t count);

#endif
