/* --gc: the end of retained volumes whose time is past, and of what runs that died left over; as a plan like any other.
 */
#include "cli/locked.h"
#include "desired/desired.h"

static int plan_and_act(struct session *session)
{
	struct act act = {.verb = "gc", .goal = {.subject = "gc", .gc = true}};
	int code;

	/* No state file is asked: what is left over is so whatever the state file says. */
	session->desired = state_new();
	session->desired->version = 1;
	desired_digest(session->desired, session->desired_digest);
	if ((code = session_live(session)))
		return code;
	session->plan = session_plan_for(session, &act.goal, session->live);
	return act_run(session, &act);
}

int mode_gc(struct session *session)
{
	struct run_lock lock = {.fd = -1};
	int code = act_lock(session, "gc", &lock);

	if (code)
		return code;
	code = plan_and_act(session);
	run_lock_release(&lock);
	return code;
}
