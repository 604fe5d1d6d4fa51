/* The note of the last check, beside the records. */
#include "history/remote.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "history/lines.h"
#include "history/log.h"
#include "history/side_files.h"
#include "history/stores.h"
#include "history/summary.h"
#include "history/writing.h"

#include <string.h>

static char *checked_path(const struct history *history)
{
	return store_file(history, "reconcile.checked");
}

static bool is_trailer(const char *line, size_t length)
{
	const char *colon = memchr(line, ':', length);

	return colon && colon > line && colon + 1 < line + length && colon[1] == ' ';
}

int checked_check(const char *path, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);

	return lines_read(path, is_trailer, &text, err);
}

int history_note_check(struct history *history, const struct check *check, struct error *err)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct check noted = *check;
	struct records last = {0};
	CLEANUP_WRITING struct writing writing = {0};

	if (history_list(history, arena, 1, &last, err) < 0)
		return -1;
	noted.record = last.count > 0 ? last.items[0].id : NULL;
	if (writing_begin(history, &writing, err) < 0)
		return -1;
	CLEANUP_FREE char *path = checked_path(history);
	check_print(&noted, &text);
	return file_write_atomic(path, text_string(&text), text.length, 0600, err);
}

int check_read(const struct history *history, struct arena *arena, struct check *ret_check, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(LINES_CAP);
	CLEANUP_FREE char *path = checked_path(history);

	if (lines_read(path, is_trailer, &data, err) < 0)
		return -1;
	*ret_check = check_parse(arena, arena_printf(arena, "check\n\n%s", buffer_text(&data)));
	return 0;
}
