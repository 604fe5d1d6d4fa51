/* --version. */
#include "cli/session.h"

int mode_version(struct session *session)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(BUFFER_TEXT_CAP);

	buffer_puts(&text, "reconcile " RECONCILE_VERSION "\n");
	return session_print(session, &text);
}
