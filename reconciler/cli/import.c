/* --import [NAME…]: a state file for builders that live here; -o writes it, with the files that it names beside it. */
#include "base/buffer.h"
#include "cli/convert.h"
#include "cli/session.h"
#include "desired/reach.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "desired/import.h"
#include "desired/print.h"

#include <string.h>

static int check_names(const struct session *session)
{
	const struct strings *names = &session->options->operands;

	for (size_t i = 0; i < names->count; i++) {
		const struct live_builder *builder = live_builder(session->live, names->items[i]);
		struct error err = ERROR_INIT;

		if (builder && !builder->damaged)
			continue;
		error_set(&err, ERROR_NOT_FOUND,
			  builder ? "builder \"%s\" is damaged: its file cannot be read"
				  : "no builder \"%s\" lives here",
			  names->items[i]);
		error_hint(&err, builder ? "see reconcile --doctor" : "see docker buildx ls");
		return session_fail(session, &err);
	}
	return 0;
}

/* What the YAML itself cannot say. Names come from files that anybody may have written. */
static void print_head(const struct session *session, const struct import *import, struct text *text)
{
	text_printf(text, "# Imported by reconcile from %s.\n",
		    text_printable(session->arena, session->out.store, false));
	for (size_t i = 0; i < import->notes.count; i++)
		text_printf(text, "# %s.\n", text_printable(session->arena, import->notes.items[i], false));
	if (import->files.count > 0 && !session->options->out) {
		text_puts(text, "# These files belong beside it; `reconcile --import -o FILE` writes them too:\n");
		for (size_t i = 0; i < import->files.count; i++)
			text_printf(text, "#   %s\n",
				    text_printable(session->arena, import->files.items[i].name, false));
	}
}

/* Beside the state file; a file that is there with other bytes is somebody's. */
static int write_beside(const struct session *session, const struct config_file *file, struct error *err)
{
	const char *slash = strrchr(session->options->out, '/');
	const char *path = slash ? arena_printf(session->arena, "%.*s/%s", (int)(slash - session->options->out),
						session->options->out, file->name)
				 : file->name;
	CLEANUP_BUFFER struct buffer there = BUFFER_INIT(BUFFER_TEXT_CAP);

	/* Names come from an instance file, and whoever owns the store wrote that. */
	if (path_climbs(file->name))
		return error_set(err, ERROR_CORRUPT, "the instance file names a file %s, which leads elsewhere",
				 file->name);
	if (file->digest)
		return error_set(err, ERROR_NOT_FOUND, "%s is not in the snapshot, only its digest is", file->name);
	if (file_read(path, BUFFER_TEXT_CAP, &there, NULL) == 0) {
		if (there.length == file->length && memcmp(buffer_text(&there), file->data, file->length) == 0)
			return 0;
		error_set(err, ERROR_EXISTS, "%s is there already, and holds something else", path);
		return error_hint(err, "move it away, or import into another folder");
	}
	char *folder = arena_strdup(session->arena, path);
	*strrchr(folder, '/') = '\0';
	if (folder_create(folder, 0755, err) < 0)
		return -1;
	if (reach_check_target(session->arena, path, err) < 0)
		return -1;
	return file_save(path, file->data, file->length, file->secret ? 0600 : 0644, err);
}

static int save(const struct session *session, const struct import *import, const struct text *text)
{
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < import->files.count; i++)
		if (write_beside(session, &import->files.items[i], &err) < 0)
			return session_fail(session, &err);
	return session_save(session, session->options->out, text, 0644);
}

static void say_outcome(const struct session *session, const struct import *import)
{
	size_t count = import->state->builder_count;

	for (size_t i = 0; i < import->notes.count; i++)
		session_say(session, "%s.", text_printable(session->arena, import->notes.items[i], false));
	if (import->files.count > 0 && !session->options->out)
		session_say(session, "%zu files that it names are not written: `reconcile --import -o FILE` does.",
			    import->files.count);
	session_say(session, "%zu builder%s imported, %zu left out. Next: reconcile --plan%s%s", count,
		    count == 1 ? "" : "s", import->left_out, session->options->out ? " -f " : "",
		    session->options->out ? session->options->out : "");
}

int mode_import(struct session *session)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	int code;

	if (convert_is_asked(session->options))
		return convert(session);
	if ((code = session_live(session)) || (code = check_names(session)))
		return code;
	struct import import = {.live = session->live};
	import_state(&import, &session->options->operands);
	print_head(session, &import, &text);
	state_print_yaml(import.state, NULL, 0, &text);
	code = session->options->out ? save(session, &import, &text) : session_write(session, &text);
	if (code == 0)
		say_outcome(session, &import);
	import_done(&import);
	return code;
}
