/* Which `cache: {reset: id}` was done last, so that an id empties a cache once. */
#ifndef RECONCILE_HISTORY_RESETS_H
#define RECONCILE_HISTORY_RESETS_H

#include "base/error.h"
#include "model/builder.h"

struct history;

/* builder -> id, sorted, in the arena; none for a NULL history. */
int history_cache_resets(struct history *history, struct arena *arena, struct pairs *ret_resets, struct error *err);
int history_add_cache_reset(struct history *history, const char *builder, const char *id, struct error *err);

#endif
