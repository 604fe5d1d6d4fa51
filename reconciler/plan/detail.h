/* Says what a change means for those who build: for how long it is away, where builds go meanwhile, how it comes back.
 */
#ifndef RECONCILE_PLAN_DETAIL_H
#define RECONCILE_PLAN_DETAIL_H

#include "plan/draft.h"

/* Of a builder that is made, replaced, reset or repaired, when its action and steps stand. */
void detail_builder(struct draft *draft, struct builder_draft *builder);
void detail_removal(struct draft *draft, struct change *change, const struct live_builder *have);
/* Of a file that is moved aside. */
void detail_file(struct draft *draft, struct change *change);
/* " (4.4 MiB)": what the node's daemon holds; "" when it did not say. */
const char *cache_size_text(struct arena *arena, const struct live_node *node);
/* By its fields, what replaces before the rest: "image and 3 more changed". */
const char *change_reason(struct draft *draft, const struct change *change);

#endif
