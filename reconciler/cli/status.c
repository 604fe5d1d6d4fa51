/* --status: builders and nodes: whether they drifted since the last record, what is pending, health, cache, use. */
#include "report/status.h"
#include "cli/hold.h"
#include "cli/publish.h"
#include "history/log.h"

/* The desired state is the one that was applied last: what differs now was changed outside. */
static bool applied_last(struct session *session)
{
	struct records records = {0};

	return session->history && history_list(session->history, session->arena, 1, &records, NULL) == 0 &&
	       records.count > 0 && text_equal(records.items[0].desired_digest, session->plan->desired_digest) &&
	       text_equal(records.items[0].status, "applied");
}

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
		.drifted = applied_last(session),
		.unasked = session->standing,
	};
	session->out.held = session->standing ? NULL : session_held(session);
	if ((code = publish(session, write_status, &status)))
		return code;
	return plan_obstacle(session->plan) == EXIT_UNREACHABLE ? EXIT_UNREACHABLE : EXIT_DONE;
}
