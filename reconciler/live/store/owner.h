/* What belongs to another user than it should. */
#ifndef RECONCILE_LIVE_STORE_OWNER_H
#define RECONCILE_LIVE_STORE_OWNER_H

#include "model/live.h"

/* `others`: of instances_read(). */
void owners_check(struct live *live, const struct strings *others);

#endif
