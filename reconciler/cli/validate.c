/* --validate: read the state files only. */
#include "cli/session.h"
#include "report/words.h"

static int print_valid(const struct session *session)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	if (session->out.format == FORMAT_JSON) {
		text_puts(&text, "{\n  \"problems\": [],\n  \"truncated\": false\n}\n");
	} else {
		text_puts(&text, "OK: ");
		words_count(&text, session->desired->builder_count, "builder");
		text_puts(&text, " in ");
		words_count(&text, session->desired->files.count, "file");
		text_puts(&text, "\n");
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
