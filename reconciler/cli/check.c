/* --check: as --plan, with an exit code that says whether anything differs. */
#include "cli/publish.h"

int mode_check(struct session *session)
{
	int code = session_plan(session);

	if (code || (code = publish_plan(session, session->plan)))
		return code;
	if (plan_obstacle(session->plan) == EXIT_UNREACHABLE)
		return EXIT_UNREACHABLE;
	return plan_has_changes(session->plan) ? EXIT_DIFFERENCES : EXIT_DONE;
}
