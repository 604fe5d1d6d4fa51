/* --status: builders and nodes: whether they drifted since the last record, what is pending, health, cache, use. */
#include "report/status.h"
#include "cli/hold.h"
#include "cli/planning.h"
#include "cli/publish.h"

static void write_status(const void *what, const struct report_options *options, struct text *out)
{
	report_status(what, options, out);
}

int mode_status(struct session *session)
{
	int code = session_plan(session);

	if (code)
		return code;
	struct status status = {
		.live = session->live,
		.desired = session->desired,
		.plan = session->plan,
		.only = &session->options->only,
		.damages = &session->history_damages,
		.drifted = session_applied_last(session),
		.unasked = session->standing,
	};
	session->out.held = session->standing ? NULL : session_held(session);
	if ((code = publish(session, write_status, &status)))
		return code;
	return plan_obstacle(session->plan) == EXIT_UNREACHABLE ? EXIT_UNREACHABLE : EXIT_DONE;
}
