/* The protected builders' names, one per line in the repository's folder. */
#include "history/protected.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/text_buffer.h"
#include "history/git.h"

#include <string.h>

enum { PROTECTED_CAP = 1024 * 1024 };

static char *protected_path(const struct history *history)
{
	return path_join(history->path, "reconcile.protected");
}

int history_protected(struct history *history, struct arena *arena, struct strings *ret_names, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(PROTECTED_CAP);
	struct error reading = ERROR_INIT;

	*ret_names = (struct strings){0};
	if (!history)
		return 0;
	CLEANUP_FREE char *path = protected_path(history);
	if (file_read(path, PROTECTED_CAP, &data, &reading) < 0) {
		if (reading.kind == ERROR_NOT_FOUND)
			return 0;
		error_copy(err, &reading);
		return -1;
	}
	for (const char *line = buffer_text(&data); *line;) {
		size_t length = strcspn(line, "\n");

		if (length > 0)
			strings_add(arena, ret_names, arena_strndup(arena, line, length));
		line += length + (line[length] == '\n');
	}
	return 0;
}

int history_protect(struct history *history, const struct strings *add, const struct strings *drop, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_FREE char *path = protected_path(history);
	struct strings old, names = {0};

	if (history_protected(history, arena, &old, err) < 0)
		return -1;
	for (size_t i = 0; i < old.count; i++)
		if (!strings_contain(drop, old.items[i]))
			strings_add(arena, &names, old.items[i]);
	for (size_t i = 0; i < add->count; i++)
		if (!strings_contain(&names, add->items[i]))
			strings_add(arena, &names, add->items[i]);
	strings_sort(&names);
	if (strings_equal(&names, &old))
		return 0;
	if (names.count == 0)
		return file_remove(path, err);
	for (size_t i = 0; i < names.count; i++)
		text_printf(&text, "%s\n", names.items[i]);
	return file_write_atomic(path, text_string(&text), text.length, 0600, err);
}
