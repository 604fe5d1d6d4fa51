/* Docker contexts: made, repointed, mended, removed. */
#ifndef RECONCILE_PLAN_CONTEXT_H
#define RECONCILE_PLAN_CONTEXT_H

#include "plan/draft.h"

void plan_contexts(struct draft *draft);
/* The context of nodes whose endpoint is the environment's, with TLS (live->tls_context); after the builders. */
void plan_environment(struct draft *draft);

#endif
