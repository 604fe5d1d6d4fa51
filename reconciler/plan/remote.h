/* Builders of the remote driver: daemons that somebody else runs, and that nothing here ever touches. */
#ifndef RECONCILE_PLAN_REMOTE_H
#define RECONCILE_PLAN_REMOTE_H

#include "plan/draft.h"

/* The action of a node that is or was one. */
void assess_remote(struct draft *draft, struct builder_draft *builder, struct node_draft *node);
/* Says in the change which daemons are left alone with their caches. builder is NULL when it is removed. */
void note_remote(struct draft *draft, struct change *change, const struct live_builder *have,
		 const struct builder_draft *builder);
/* The last thing that happens to a builder's draft: what the daemons' silence means for the change, or for the plan
 * when there is none. */
void settle_remote(struct draft *draft, const struct builder_draft *builder);

#endif
