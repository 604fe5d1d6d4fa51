/* Nodes that use one container between them. Pure. */
#ifndef RECONCILE_LIVE_CLAIMS_H
#define RECONCILE_LIVE_CLAIMS_H

#include "model/live.h"

/* After assess(): adds a fault for each node that uses what another one has the better claim on. */
void claims_check(struct live *live);

#endif
