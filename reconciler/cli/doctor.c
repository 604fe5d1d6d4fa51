/* --doctor: every fault found, each with cause and mend; changes nothing. */
#include "cli/session.h"
#include "live/store/disk.h"
#include "plan/findings.h"
#include "report/faults.h"

/* What is damaged is kept in the history before it is mended. A history that is not there yet will be made above. */
static void find_full_disk(struct session *session)
{
	const char *path = session->options->live ? NULL : session_history_folder(session);
	struct live *live = session->live;

	if (path)
		disk_check(live->arena, &live->faults, "history", path, NULL);
}

int mode_doctor(struct session *session)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	bool asked = session->options->files.count > 0;
	int code;

	/* A sick machine is looked at with or without a state file; one that is named is asked about as well. */
	if ((asked && (code = session_desired(session))) || (code = session_live(session)))
		return code;
	find_full_disk(session);
	plan_findings(session->live->arena, session->live, session->desired, &session->live->faults);
	faults_sort(&session->live->faults);
	report_faults(&session->live->faults, &session->out, &text);
	if ((code = session_print(session, &text)))
		return code;
	return session->options->detailed_exitcode && session->live->faults.count > 0 ? EXIT_DIFFERENCES : EXIT_DONE;
}
