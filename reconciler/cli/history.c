/* --history: the records, newest first. */
#include "cli/publish.h"
#include "cli/push.h"
#include "history/log.h"
#include "report/records.h"

enum { MOST_RECORDS = 10000 };

static void write_records(const void *what, const struct report_options *options, struct text *out)
{
	report_records(what, options, out);
}

int mode_history(struct session *session)
{
	struct records records = {0};
	struct error err = ERROR_INIT;
	int code;

	if ((code = session_store(session)) || (code = session_history(session, false)))
		return code;
	if (session->history)
		history_list_all(session->history, session->arena, MOST_RECORDS, &records, &err);
	code = publish(session, write_records, &records);
	return push_after(session, code || !*err.message ? code : session_fail_history(session, &err));
}
