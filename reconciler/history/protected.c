/* The protected builders' names, one per line in the repository's folder. */
#include "history/protected.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/text_buffer.h"
#include "history/git.h"
#include "history/lines.h"
#include "history/side_files.h"
#include "history/stores.h"
#include "history/writing.h"

#include <string.h>

static char *protected_path(const struct history *history)
{
	return store_file(history, "reconcile.protected");
}

static bool is_name(const char *line, size_t length)
{
	return length > 0 && !memchr(line, '/', length) && !memchr(line, '\0', length);
}

int protected_check(const char *path, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);

	return lines_read(path, is_name, &text, err);
}

int history_protected(struct history *history, struct arena *arena, struct strings *ret_names, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(LINES_CAP);

	*ret_names = (struct strings){0};
	if (!history)
		return 0;
	READING(history);
	CLEANUP_FREE char *path = protected_path(history);
	if (lines_read(path, is_name, &data, err) < 0)
		return -1;
	for (const char *line = buffer_text(&data); *line;) {
		size_t length = strcspn(line, "\n");

		strings_add(arena, ret_names, arena_strndup(arena, line, length));
		line += length + (line[length] == '\n');
	}
	return 0;
}

/* The names that there are to be; false for *ret_differ when they are there already. */
static int names_then(struct history *history, const struct strings *add, const struct strings *drop,
		      struct arena *arena, struct strings *ret_names, bool *ret_differ, struct error *err)
{
	struct strings old;

	*ret_names = (struct strings){0};
	if (history_protected(history, arena, &old, err) < 0)
		return -1;
	for (size_t i = 0; i < old.count; i++)
		if (!strings_contain(drop, old.items[i]))
			strings_add(arena, ret_names, old.items[i]);
	for (size_t i = 0; i < add->count; i++)
		if (!strings_contain(ret_names, add->items[i]))
			strings_add(arena, ret_names, add->items[i]);
	strings_sort(ret_names);
	*ret_differ = !strings_equal(ret_names, &old);
	return 0;
}

int history_protect(struct history *history, const struct strings *add, const struct strings *drop, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_WRITING struct writing writing = {0};
	struct strings names;
	bool differ;

	if (names_then(history, add, drop, arena, &names, &differ, err) < 0)
		return -1;
	if (!differ)
		return 0;
	if (writing_begin(history, &writing, err) < 0 ||
	    names_then(history, add, drop, arena, &names, &differ, err) < 0)
		return -1;
	CLEANUP_FREE char *path = protected_path(history);
	if (names.count == 0)
		return file_remove(path, err);
	for (size_t i = 0; i < names.count; i++)
		text_printf(&text, "%s\n", names.items[i]);
	return file_write_atomic(path, text_string(&text), text.length, 0600, err);
}
