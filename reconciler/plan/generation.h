/* Generations of a node: ci0, ci0.g2, ci0.g3 … Each has a container and a volume of its own, so that the next one can
 * be booted and tried beside the one that builds. */
#ifndef RECONCILE_PLAN_GENERATION_H
#define RECONCILE_PLAN_GENERATION_H

#include "plan/draft.h"

/* The node that a container or volume is called after; NULL when it is called after none. */
const char *node_of(struct arena *arena, const char *name, bool is_volume);
/* Of a wanted node that no instance file names: the name of the generation that is there, else its own. */
const char *generation_there(struct draft *draft, const struct engine *engine, const char *base);
/* Makes this wanted node be made afresh, beside what it has: NODE_FRESH, named after the next free generation. */
void generation_begin(struct draft *draft, struct builder_draft *builder, size_t index);
/* The same for nodes that are made anew under `keep-state: false`: their caches go when the new ones are there. */
void generation_discard(struct draft *draft, struct builder_draft *builder);
/* The same for every wanted node of the builder that has anything. */
void generation_fresh(struct draft *draft, struct builder_draft *builder);

#endif
