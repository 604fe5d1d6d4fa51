/* --apply [PLAN]: plan now and apply, or apply exactly the saved plan, or refuse. */
#include "cli/hold.h"
#include "cli/locked.h"
#include "cli/push.h"
#include "plan/saved.h"

/* A state that was rolled back is not brought again unasked. */
static int check_hold(const struct session *session)
{
	struct error err = ERROR_INIT;

	const char *held = session_held(session);
	/* Without a state file nobody can change it, and it is asked for by hand. */
	if (session->options->override_hold || session->standing || !held)
		return 0;
	error_set(&err, ERROR_REFUSED, "held: %s", held);
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
	if (session->standing && !plan_has_changes(session->plan))
		return session_desired(session); /* which says what to do without a state file */
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
	/* It is stale by then, and so the command that goes on names the files that it was made from. */
	if (saved && session->options->files.count == 0)
		session->out.command =
			arena_printf(session->arena, "%s%s", session->options->command, session_state_options(session));
	code = session_desired_or_standing(session);
	if (code == 0)
		code = act_locked(session, "apply", apply, saved);
	plan_free(saved);
	return push_after(session, code);
}
