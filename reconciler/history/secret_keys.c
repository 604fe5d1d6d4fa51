/* Names of options that were called secret, one per line in the repository's folder. */
#include "history/secret_keys.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "history/git.h"
#include "history/lines.h"
#include "history/side_files.h"
#include "history/writing.h"
#include "model/live.h"

#include <string.h>

static char *keys_path(const struct history *history)
{
	return path_join(history->path, "reconcile.secret-keys");
}

static bool is_key(const char *line, size_t length)
{
	return length > 0 && !memchr(line, ' ', length) && !memchr(line, '\t', length);
}

int secret_keys_check(const char *path, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);

	return lines_read(path, is_key, &text, err);
}

static int read_keys(struct history *history, struct arena *arena, struct strings *ret_keys, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);
	CLEANUP_FREE char *path = keys_path(history);

	*ret_keys = (struct strings){0};
	if (lines_read(path, is_key, &text, err) < 0)
		return -1;
	for (const char *line = buffer_text(&text); *line != '\0';) {
		size_t length = strcspn(line, "\n");

		strings_add(arena, ret_keys, arena_strndup(arena, line, length));
		line += length + 1;
	}
	return 0;
}

void history_secret_keys(struct history *history, struct arena *arena, struct strings *ret_keys)
{
	*ret_keys = (struct strings){0};
	if (!history)
		return;
	READING(history);
	if (read_keys(history, arena, ret_keys, NULL) < 0)
		strings_add(arena, ret_keys, LIVE_EVERY_OPTION);
}

int history_add_secret_keys(struct history *history, const struct strings *keys, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_FREE char *path = keys_path(history);
	struct strings known;
	size_t before;
	CLEANUP_WRITING struct writing writing = {0};

	if (writing_begin(history, &writing, err) < 0 || read_keys(history, arena, &known, err) < 0)
		return -1;
	before = known.count;
	for (size_t i = 0; i < keys->count; i++)
		if (!strings_contain(&known, keys->items[i]))
			strings_add(arena, &known, keys->items[i]);
	if (known.count == before)
		return 0;
	for (size_t i = 0; i < known.count && text.length + strlen(known.items[i]) < LINES_CAP; i++)
		text_printf(&text, "%s\n", known.items[i]);
	return file_write_atomic(path, text_string(&text), text.length, 0600, err);
}
