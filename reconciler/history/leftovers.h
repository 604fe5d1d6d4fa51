/* The ledger of leftovers (model/leftover.h): what this store let go, or was making when a run died. */
#ifndef RECONCILE_HISTORY_LEFTOVERS_H
#define RECONCILE_HISTORY_LEFTOVERS_H

#include "base/error.h"
#include "model/leftover.h"
#include "model/live.h"

struct history;

/* In the arena; none for a NULL history. */
int history_leftovers(struct history *history, struct arena *arena, struct leftovers *ret_leftovers, struct error *err);
/* Replaces the entry of the same host and node. */
int history_add_leftover(struct history *history, const struct leftover *leftover, struct error *err);
int history_set_diversion(struct history *history, const struct diversion *diversion, struct error *err);
/* Drops the entries of what a builder names again and of what is gone, by a fresh observation. */
int history_settle_leftovers(struct history *history, const struct live *live, struct error *err);

#endif
