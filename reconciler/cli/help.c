/* --help: of the program, or of one mode with its options. */
#include "cli/session.h"

int mode_help(struct session *session)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	const struct strings *operands = &session->options->operands;
	const struct mode *mode = operands->count > 0 ? mode_find(operands->items[0]) : NULL;
	struct error err = ERROR_INIT;

	if (operands->count > 0 && !mode) {
		error_set(&err, ERROR_USAGE, "unknown mode \"%s\"", operands->items[0]);
		error_hint(&err, "see reconcile --help");
		return session_fail(session, &err);
	}
	if (mode)
		options_help_mode(mode, &text);
	else
		options_help(&text);
	return session_write(session, &text);
}
