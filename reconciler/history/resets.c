/* Which reset of its cache was done last for each builder: "<builder> <id>" lines in the repository's folder. */
#include "history/resets.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "history/git.h"
#include "history/lines.h"
#include "history/side_files.h"
#include "history/stores.h"
#include "history/writing.h"

#include <string.h>

static char *resets_path(const struct history *history)
{
	return store_file(history, "reconcile.resets");
}

static bool is_reset(const char *line, size_t length)
{
	const char *blank = memchr(line, ' ', length);

	return blank && blank > line && blank + 1 < line + length;
}

int resets_check(const char *path, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);

	return lines_read(path, is_reset, &text, err);
}

static void read_line(struct arena *arena, const char *line, size_t length, struct pairs *resets)
{
	const char *blank = memchr(line, ' ', length);
	struct pair *pair = ARENA_PUSH(arena, resets->items, resets->count);
	pair->key = arena_strndup(arena, line, (size_t)(blank - line));
	pair->value = arena_strndup(arena, blank + 1, length - (size_t)(blank + 1 - line));
}

int history_cache_resets(struct history *history, struct arena *arena, struct pairs *ret_resets, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);
	CLEANUP_FREE char *path = NULL;

	*ret_resets = (struct pairs){0};
	if (!history)
		return 0;
	READING(history);
	path = resets_path(history);
	if (lines_read(path, is_reset, &text, err) < 0)
		return -1;
	for (const char *line = buffer_text(&text); *line != '\0';) {
		size_t length = strcspn(line, "\n");

		read_line(arena, line, length, ret_resets);
		line += length + (line[length] == '\n');
	}
	pairs_sort(ret_resets);
	return 0;
}

int history_add_cache_reset(struct history *history, const char *builder, const char *id, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_WRITING struct writing writing = {0};
	struct pairs resets;

	if (writing_begin(history, &writing, err) < 0 || history_cache_resets(history, arena, &resets, err) < 0)
		return -1;
	CLEANUP_FREE char *path = resets_path(history);
	for (size_t i = 0; i < resets.count; i++)
		if (!text_equal(resets.items[i].key, builder))
			text_printf(&text, "%s %s\n", resets.items[i].key, resets.items[i].value);
	text_printf(&text, "%s %s\n", builder, id);
	if (text.length > LINES_CAP)
		return error_set(err, ERROR_OTHER, "%s is full", path);
	return file_write_atomic(path, text_string(&text), text.length, 0600, err);
}
