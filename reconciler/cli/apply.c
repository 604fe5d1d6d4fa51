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

static int apply(struct session *session, void *context)
{
	const struct plan *saved = context;
	struct act act = {.verb = "apply"};
	struct error err = ERROR_INIT;
	int code = act_plan(session, &act);

	if (code)
		return code;
	if (plan_has_changes(session->plan) && (code = check_hold(session)))
		return code;
	if (saved && plan_restrict_to_saved(session->plan, saved, &err) < 0)
		return session_fail(session, &err);
	return act_run(session, &act);
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
		code = act_locked(session, "apply", apply, saved);
	plan_free(saved);
	return code;
}
