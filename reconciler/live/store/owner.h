/* What belongs to another user than it should. */
#ifndef RECONCILE_LIVE_STORE_OWNER_H
#define RECONCILE_LIVE_STORE_OWNER_H

#include "model/live.h"

void owners_check(struct live *live);

#endif
