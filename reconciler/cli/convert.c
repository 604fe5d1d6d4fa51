/* Converts a workflow or a script into a state file. */
#include "cli/convert.h"

#include "base/buffer.h"
#include "base/file.h"
#include "desired/convert.h"
#include "desired/print.h"

enum { SOURCE_CAP = 1024 * 1024 };

bool convert_is_asked(const struct options *options)
{
	return options->from_action || options->from_script;
}

static void put_head(const struct session *session, const char *path, const struct import *import, struct text *out)
{
	text_printf(out, "# Converted by reconcile from %s.\n", text_printable(session->arena, path, false));
	for (size_t i = 0; i < import->notes.count; i++)
		text_printf(out, "# %s.\n", text_printable(session->arena, import->notes.items[i], false));
}

static int put(const struct session *session, const char *path, const struct import *import)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	const char *out = session->options->out;
	size_t count = import->state->builder_count;

	put_head(session, path, import, &text);
	state_print_written(import->state, &text);
	int code = out ? session_save(session, out, &text, 0644) : session_write(session, &text);
	if (code)
		return code;
	for (size_t i = 0; i < import->notes.count; i++)
		session_say(session, "%s.", import->notes.items[i]);
	session_say(session, "%zu builder%s converted. Next: reconcile --validate%s%s", count, count == 1 ? "" : "s",
		    out ? " -f " : "", out ? out : "");
	return 0;
}

int convert(struct session *session)
{
	const struct options *options = session->options;
	const char *path = options->from_action ? options->from_action : options->from_script;
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(SOURCE_CAP);
	struct diagnostics problems = {0};
	struct import import = {0};
	struct error err = ERROR_INIT;

	if (file_read(path, SOURCE_CAP, &data, &err) < 0)
		return session_fail(session, &err);
	struct desired_text text = {.path = path, .data = buffer_text(&data), .length = data.length};
	int code = 0, result = options->from_action ? convert_action(&text, &import, &problems)
						    : convert_script(&text, &import, &problems);
	for (size_t i = 0; result < 0 && i < problems.count; i++)
		code = session_fail(session, &problems.items[i]);
	if (result == 0)
		code = put(session, path, &import);
	diagnostics_done(&problems);
	import_done(&import);
	return code;
}
