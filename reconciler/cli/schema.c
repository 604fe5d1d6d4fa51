/* --schema [state|reference]: the JSON schema of state files, or their reference as Markdown; both from the field
 * table. */
#include "report/schema.h"
#include "cli/session.h"

int mode_schema(struct session *session)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(BUFFER_TEXT_CAP);
	const struct strings *operands = &session->options->operands;
	const char *what = operands->count > 0 ? operands->items[0] : "state";
	struct error err = ERROR_INIT;

	if (text_equal(what, "state")) {
		schema_state_print(&text);
	} else if (text_equal(what, "reference")) {
		reference_print(&text);
	} else {
		error_set(&err, ERROR_USAGE, "--schema prints state or reference, not \"%s\"", what);
		return session_fail(session, &err);
	}
	return session_print(session, &text);
}
