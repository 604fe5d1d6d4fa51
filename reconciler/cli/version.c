/* --version. */
#include "cli/session.h"

int mode_version(struct session *session)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	text_puts(&text, "reconcile " RECONCILE_VERSION "\n");
	return session_write(session, &text);
}
