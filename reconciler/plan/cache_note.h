/* What becomes of the caches of a builder that is changed or removed: change->cache and its note, the worst of all
 * nodes. */
#ifndef RECONCILE_PLAN_CACHE_NOTE_H
#define RECONCILE_PLAN_CACHE_NOTE_H

#include "plan/draft.h"

/* To be called once every node has its action. */
void note_cache(struct draft *draft, struct builder_draft *builder);
/* Of several nodes the worst is told. */
void cache_note_add(struct change *change, enum cache_effect effect, const char *text);
const char *keep_text(struct arena *arena, int64_t keep_s); /* "24h", "90m": as the state file would write it */
/* The same of one volume whose builder is removed; kept: a rollback leaves it. */
void note_removed_cache(struct draft *draft, struct change *change, const struct live_node *node, bool kept);

#endif
