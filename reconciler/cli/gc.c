/* --gc: the end of retained volumes whose time is past, and of what runs that died left over; as a plan like any other.
 */
#include "cli/locked.h"
#include "desired/desired.h"

static int gc(struct session *session, void *context)
{
	struct act act = {.verb = "gc", .goal = {.subject = "gc", .gc = true}};

	(void)context;
	/* No state file is asked: what is left over is so whatever the state file says. */
	session->desired = state_new();
	session->desired->version = 1;
	desired_digest(session->desired, session->desired_digest);
	int code = act_plan(session, &act);
	return code ? code : act_run(session, &act);
}

int mode_gc(struct session *session)
{
	return act_locked(session, "gc", gc, NULL);
}
