/* --fleet REMOTE: the hosts that share their history there, and where each stands. */
#include "report/fleet.h"
#include "cli/publish.h"
#include "cli/push.h"
#include "history/remote.h"

static void write_fleet(const void *what, const struct report_options *options, struct text *out)
{
	report_fleet(what, options, out);
}

int mode_fleet(struct session *session)
{
	const struct options *options = session->options;
	struct remote remote = remote_of(session, options->operands.items[0]);
	struct fleet fleet;
	struct error err = ERROR_INIT;
	int code;

	if (fleet_read(session->arena, &remote, &fleet, &err) < 0)
		return session_fail(session, &err);
	const struct fleet_report report = {.fleet = &fleet, .silent_after = options->silent_after};
	if ((code = publish(session, write_fleet, &report)))
		return code;
	return options->detailed_exitcode && !fleet_is_well(&report, session->out.now) ? EXIT_DIFFERENCES : EXIT_DONE;
}
