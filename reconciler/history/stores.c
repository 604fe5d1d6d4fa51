/* Tells the stores of one history apart. */
#include "history/stores.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "history/commit.h"
#include "history/lines.h"
#include "history/refs.h"
#include "history/side_files.h"
#include "history/trailer.h"
#include "history/writing.h"

#include <limits.h>
#include <string.h>

static const char first_name[] = "reconcile.store";

/* Whose the records are that were made before stores were told apart. */
static const char *store_of_last(struct history *history, struct arena *arena)
{
	struct commit commit;
	const char *store = NULL;
	git_oid id;

	if (ref_read(history, HISTORY_MAIN, &id, NULL) == 0 && commit_read(history, &id, arena, &commit, NULL) == 0)
		store = trailer_get(arena, commit.message, "Store");
	return store ? store : history->store;
}

static bool is_line(const char *line, size_t length)
{
	(void)line;
	return length > 0;
}

/* The path, and its digest: one that was changed would make the first store any other, and its hold nobody's. */
int stores_check(const char *path, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);
	char hex[DIGEST_HEX];

	if (lines_read(path, is_line, &text, err) < 0)
		return -1;
	const char *line = buffer_text(&text);
	size_t length = strcspn(line, "\n");
	if (length == 0)
		return 0;
	digest_hex(line, length, hex);
	if (*line == '/' && (line[length + 1] == '\0' || (text_starts(line + length + 1, hex) &&
							  text_equal(line + length + strlen(hex) + 1, "\n"))))
		return 0;
	return error_set(err, ERROR_CORRUPT, "%s is damaged", path);
}

/* False when nobody has noted it. */
static bool read_first(const struct history *history, struct arena *arena, const char **ret_store)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(PATH_MAX * 4);
	CLEANUP_FREE char *path = path_join(history->path, first_name);

	if (stores_check(path, NULL) < 0 || file_read(path, PATH_MAX * 4, &text, NULL) < 0 || text.length == 0)
		return false;
	*ret_store = arena_strndup(arena, buffer_text(&text), strcspn(buffer_text(&text), "\n"));
	return true;
}

void stores_begin(struct history *history, const char *store)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *first;
	char hex[DIGEST_HEX];

	READING(history);
	history->store = xstrdup(text_printable(arena, store, false));
	digest_hex(store, strlen(store), hex);
	memcpy(history->store_id, hex, sizeof(history->store_id) - 1);
	history->is_first =
		text_equal(read_first(history, arena, &first) ? first : store_of_last(history, arena), history->store);
}

bool is_of_store(const struct history *history, const char *message)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *store = history->store ? trailer_get(arena, message, "Store") : NULL;

	return !store || text_equal(store, history->store);
}

char *store_file(const struct history *history, const char *name)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	if (!history->store || history->is_first)
		return path_join(history->path, name);
	return path_join(history->path, arena_printf(arena, "%s.%s", name, history->store_id));
}

int stores_note(struct history *history, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *path = path_join(history->path, first_name);
	const char *first;

	if (!history->store || history->is_noted)
		return 0;
	if (!read_first(history, arena, &first)) {
		char hex[DIGEST_HEX];
		const char *last = store_of_last(history, arena);

		digest_hex(last, strlen(last), hex);
		first = arena_printf(arena, "%s\n%s\n", last, hex);
		if (file_write_atomic(path, first, strlen(first), 0600, err) < 0)
			return -1;
		first = store_of_last(history, arena);
	}
	history->is_first = text_equal(first, history->store);
	history->is_noted = true;
	return 0;
}
