/* --validate: read the state files only. */
#include "cli/publish.h"
#include "report/problems.h"
#include "report/words.h"

static void put_words(const struct state *state, struct text *out)
{
	text_puts(out, "OK: ");
	words_count(out, state->builder_count, "builder");
	text_puts(out, " in ");
	words_count(out, state->files.count, "file");
	if (state->warnings.count > 0) {
		text_puts(out, ", ");
		words_count(out, state->warnings.count, "warning");
	}
}

/* No problems: the forms for programs and reviewers say that as they say some. Warnings are all that there is to say,
 * so they stand with it. */
static void write_valid(const void *what, const struct report_options *options, struct text *out)
{
	const struct state *state = what;
	CLEANUP_TEXT struct text words = TEXT_INIT;

	put_words(state, &words);
	report_no_problems(text_string(&words), &state->files, &state->warnings, options, out);
}

int mode_validate(struct session *session)
{
	int code = session_desired(session);

	return code ? code : publish(session, write_valid, session->desired);
}
