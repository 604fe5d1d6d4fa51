/* A plan for what a mode is to reach, with what the history knows besides the records: caches that were reset, builders
 * that are protected. */
#ifndef RECONCILE_CLI_PLANNING_H
#define RECONCILE_CLI_PLANNING_H

#include "cli/session.h"

/* What a plan is to reach, where it is not the state files alone. */
struct goal {
	const struct state *desired; /* NULL: the state files' */
	const char *desired_digest;
	const char *subject;
	const char *const *reset;
	size_t reset_count;
	bool reset_all, cache_only, rollback, gc;
};
/* The caller's: plan_free(). */
struct plan *session_plan_for(const struct session *session, const struct goal *goal, struct live *live);

/* Keeps in mind which builders the state protects, before any of it is applied: their protection outlives their block,
 * and a failure. 0, or the exit code. */
int session_protect(struct session *session, const struct goal *goal);
/* When all is done: what the state does not protect any more, and what the plan removed, is not protected. */
int session_unprotect(struct session *session, const struct goal *goal);

/* The desired state is the one that was applied last: what differs now was changed outside. */
bool session_applied_last(const struct session *session);

#endif
