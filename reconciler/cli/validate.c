/* --validate: read the state files only. */
#include "cli/session.h"
#include "report/words.h"

static int print_valid(const struct session *session)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(BUFFER_TEXT_CAP);

	if (session->out.format == FORMAT_JSON) {
		buffer_puts(&text, "{\n  \"problems\": [],\n  \"truncated\": false\n}\n");
	} else {
		buffer_puts(&text, "OK: ");
		words_count(&text, session->desired->builder_count, "builder");
		buffer_puts(&text, " in ");
		words_count(&text, session->desired->files.count, "file");
		buffer_puts(&text, "\n");
	}
	return session_print(session, &text);
}

int mode_validate(struct session *session)
{
	int code = session_desired(session);

	if (code == 0 && !session->options->quiet)
		return print_valid(session);
	return code;
}
