/* What becomes of the caches of a builder that is changed or removed: change->cache and its note, the worst of all
 * nodes. */
#ifndef RECONCILE_PLAN_CACHE_NOTE_H
#define RECONCILE_PLAN_CACHE_NOTE_H

#include "plan/draft.h"

/* To be called once every node has its action. */
void note_cache(struct draft *draft, struct builder_draft *builder);
/* The same of one volume whose builder is removed; kept: a rollback leaves it. */
void note_removed_cache(struct draft *draft, struct change *change, const struct live_node *node, bool kept);

#endif
