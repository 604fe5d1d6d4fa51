/* What --apply, --reset and --rollback do alike: lock, show the plan, refuse or ask, and carry it out.
 *
 *     if ((code = act_lock(session, "apply", &lock)) || … desired, live, plan …)
 *             return code;
 *     code = act_run(session, &act);
 *     run_lock_release(&lock);
 */
#ifndef RECONCILE_CLI_LOCKED_H
#define RECONCILE_CLI_LOCKED_H

#include "apply/run_lock.h"
#include "cli/session.h"

struct act {
	const char *verb;    /* "apply": begins the record's subject, unless the goal has one of its own */
	struct goal goal;    /* what session->plan is to reach: planned again to verify */
	struct strings hold; /* desired digests to hold when all is done (--rollback) */
};

/* Names the store, takes the run lock, opens the history and makes records of runs that died. */
int act_lock(struct session *session, const char *verb, struct run_lock *ret_lock);
/* Shows session->plan and carries it out; gives the exit code. */
int act_run(struct session *session, const struct act *act);

#endif
