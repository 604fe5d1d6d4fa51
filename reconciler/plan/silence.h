/* Daemons that do not answer. A silence proves nothing (model/evidence.h): it is reported, and nothing is done there.
 */
#ifndef RECONCILE_PLAN_SILENCE_H
#define RECONCILE_PLAN_SILENCE_H

#include "plan/draft.h"

/* Why the daemon is silent; NULL when it answers, and when nobody asked it (--no-probe). */
const char *node_silence(const struct live_node *node);
/* Notes it in plan->silent, for who verifies, and in plan->unknown, for people. */
void silent_add(struct draft *draft, const struct builder_draft *builder, const struct live_node *node, bool tolerated);
/* Once the change has its action: a node in a container that runs and whose daemon is silent blocks the change of its
 * builder (exit 8), but for a reset, which was asked for by name. A builder that needs nothing is only reported. */
void settle_silence(struct draft *draft, const struct builder_draft *builder);

#endif
