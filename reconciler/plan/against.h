/* Desired state + an earlier desired state -> plan of what the later one changes. Pure: no I/O.
 *
 * Nothing that lives was looked at, so the plan says what would be done where everything is as the earlier state says:
 * it has no steps, and cannot be applied. Beside what builders are made of it has the keys that steer reconcile itself,
 * such as `protect`: who reviews a change of the state files wants to see them. */
#ifndef RECONCILE_PLAN_AGAINST_H
#define RECONCILE_PLAN_AGAINST_H

#include "model/plan.h"

struct against_request {
	const struct state *desired, *old;
	const char *desired_digest;
	const char *against;	     /* what old is: "main (3f2a1b9)" */
	const char *revision;	     /* what desired is; NULL: the files as they lie there */
	const struct strings *only;  /* --only: these builders alone; empty: all */
	const struct strings *notes; /* to be told with it */
};

/* The plan copies what it needs. */
struct plan *plan_against(const struct against_request *request);

#endif
