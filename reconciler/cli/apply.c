/* --apply [PLAN]: plan now and apply, or apply exactly the saved plan, or refuse. */
#include "cli/locked.h"
#include "history/hold.h"
#include "plan/saved.h"

/* A state that was rolled back is not brought again unasked. */
static int check_hold(const struct session *session)
{
	struct error err = ERROR_INIT;

	if (session->options->override_hold || !session->history ||
	    !history_is_held(session->history, session->desired_digest))
		return 0;
	error_set(&err, ERROR_REFUSED, "this state was rolled back and is held");
	error_hint(&err, "change the state file, or give --override-hold to apply it again");
	return session_fail(session, &err);
}

static int plan_and_act(struct session *session, const struct plan *saved)
{
	struct act act = {.verb = "apply"};
	struct error err = ERROR_INIT;
	int code = session_live(session);

	if (code)
		return code;
	session->plan = session_plan_for(session, &act.goal, session->live);
	if (plan_has_changes(session->plan) && (code = check_hold(session)))
		return code;
	if (saved && plan_restrict_to_saved(session->plan, saved, &err) < 0)
		return session_fail(session, &err);
	return act_run(session, &act);
}

static int locked(struct session *session, const struct plan *saved)
{
	struct run_lock lock = {.fd = -1};
	int code = act_lock(session, "apply", &lock);

	if (code)
		return code;
	code = plan_and_act(session, saved);
	run_lock_release(&lock);
	return code;
}

int mode_apply(struct session *session)
{
	struct plan *saved = NULL;
	const struct strings *operands = &session->options->operands;
	int code;

	if (operands->count > 0 && (code = session_saved_plan(session, operands->items[0], &saved)))
		return code;
	if (saved)
		session->default_files = saved->state_files;
	code = session_desired(session);
	if (code == 0)
		code = locked(session, saved);
	plan_free(saved);
	return code;
}
