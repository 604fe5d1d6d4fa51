/* --doctor: every fault found, each with cause and mend; changes nothing. */
#include "cli/publish.h"
#include "desired/desired.h"
#include "live/buildx.h"
#include "live/store/disk.h"
#include "plan/findings.h"
#include "report/faults.h"

/* What is damaged is kept in the history before it is mended. A history that is not there yet will be made above. */
static void find_full_disk(struct session *session)
{
	const char *path = session->options->live.count > 0 ? NULL : session_history_folder(session);
	struct live *live = session->live;

	if (path)
		disk_check(live->arena, &live->faults, "history", path, NULL);
}

/* A sick machine is looked at with or without a state file. One that is named must be sound; of one that lies here and
 * is not, it is said. */
static int read_state(struct session *session, bool *ret_unsound)
{
	bool asked = session->options->files.count > 0;
	int code = asked || desired_is_here() ? session_desired(session) : 0;

	*ret_unsound = code != 0;
	return asked ? code : 0;
}

static void write_faults(const void *what, const struct report_options *options, struct text *out)
{
	report_faults(what, options, out);
}

int mode_doctor(struct session *session)
{
	bool unsound;
	int code;

	if ((code = read_state(session, &unsound)) || (code = session_live(session)))
		return code;
	find_full_disk(session);
	if (session->options->live.count == 0 && !session->options->untrusted)
		buildx_learn(session->live, &session->interrupt);
	plan_findings(session->live->arena, session->live, session->desired, &session->live->faults);
	plan_advise(session->live->arena, session->desired, session_state_options(session), &session->live->faults);
	faults_sort(&session->live->faults);
	if ((code = publish(session, write_faults, &session->live->faults)))
		return code;
	if (unsound)
		session_say(session, "Correct the state file first: it was left out here.");
	return session->options->detailed_exitcode && faults_counted(&session->live->faults) > 0 ? EXIT_DIFFERENCES
												 : EXIT_DONE;
}
