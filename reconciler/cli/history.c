/* --history: the records, newest first. */
#include "cli/session.h"
#include "history/log.h"
#include "report/records.h"

enum { MOST_RECORDS = 10000 };

int mode_history(struct session *session)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	struct records records = {0};
	struct error err = ERROR_INIT;
	int code;

	if ((code = session_store(session)) || (code = session_history(session, false)))
		return code;
	if (session->history && history_list_all(session->history, session->arena, MOST_RECORDS, &records, &err) < 0)
		return session_fail(session, &err);
	report_records(&records, &session->out, &text);
	return session_print(session, &text);
}
