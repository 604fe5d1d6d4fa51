/* The node that a step names, and its BuildKit. */
#ifndef RECONCILE_APPLY_DAEMON_H
#define RECONCILE_APPLY_DAEMON_H

#include "apply/step.h"
#include "live/buildkit/buildkit.h"

/* As it was observed, or what the step itself says of one that no builder has. */
void execution_node(const struct execution *run, const struct step *step, const char **ret_driver,
		    struct node *ret_node);
/* The key of the cluster that the step's node is in; NULL: it is in none. A step may name it itself. */
const char *step_cluster(const struct live *live, const struct step *step);
/* A client of its daemon; the caller's. */
int execution_daemon(struct execution *run, const struct step *step, struct buildkit_client **ret_client,
		     struct error *err);
/* The same with another deadline per question than --timeout. */
int execution_daemon_within(struct execution *run, const struct step *step, int timeout_ms,
			    struct buildkit_client **ret_client, struct error *err);

/* Calls each() for every daemon of the step's node: one, or that of each pod that runs. -1: of open or of each(). */
int execution_each_daemon(struct execution *run, const struct step *step,
			  int (*each)(struct execution *run, const struct step *step, struct buildkit_client *client,
				      void *context, struct error *err),
			  void *context, struct error *err);

#endif
