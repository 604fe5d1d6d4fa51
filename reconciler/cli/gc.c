/* --gc: not carried out by this version; says what to use instead. */
#include "cli/session.h"

int mode_gc(struct session *session)
{
	struct error err = ERROR_INIT;

	error_set(&err, ERROR_OTHER, "--gc is not supported by this version");
	error_hint(&err, "reconcile --doctor names every leftover with the command that removes it");
	return session_fail(session, &err);
}
