/* What the modes that change something do alike: lock, plan, show, refuse or ask, carry out, release.
 *
 *     static int reset(struct session *session, void *context)
 *     {
 *             struct act act = {.verb = "reset", .goal = …};
 *             if ((code = act_plan(session, &act)))
 *                     return code;
 *             return act_run(session, &act);
 *     }
 *
 *     return act_locked(session, "reset", reset, NULL);
 */
#ifndef RECONCILE_CLI_LOCKED_H
#define RECONCILE_CLI_LOCKED_H

#include "cli/planning.h"

struct act {
	const char *verb;    /* "apply": begins the record's subject, unless the goal has one of its own */
	struct goal goal;    /* what session->plan is to reach: planned again to verify */
	struct strings hold; /* desired digests to hold when all is done (--rollback) */
};

/* Names the store, takes the run lock, opens the history, makes records of runs that died, calls body, and gives the
 * lock back. The exit code: body's, where it came so far. */
int act_locked(struct session *session, const char *verb, int (*body)(struct session *session, void *context),
	       void *context);
/* Observes, and makes session->plan for act->goal. */
int act_plan(struct session *session, const struct act *act);
/* Shows session->plan and carries it out; gives the exit code. */
int act_run(struct session *session, const struct act *act);

#endif
