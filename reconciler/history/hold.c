/* The hold: the digests of desired states that were rolled back, one per line in the repository's folder. */
#include "history/hold.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "history/git.h"
#include "history/lines.h"
#include "history/side_files.h"
#include "history/stores.h"
#include "history/writing.h"

#include <string.h>

static char *held_path(const struct history *history)
{
	return store_file(history, "reconcile.held");
}

static bool has_line(const struct buffer *text, const char *line)
{
	size_t length = strlen(line);

	for (const char *at = buffer_text(text); length > 0 && (at = strstr(at, line)); at += length)
		if ((at == text->data || at[-1] == '\n') && (at[length] == '\n' || at[length] == '\0'))
			return true;
	return false;
}

static bool is_digest(const char *line, size_t length)
{
	return length > 0 && strspn(line, "0123456789abcdef") == length;
}

/* Nothing held is an empty text; what cannot be read is an error. */
static int read_held(const struct history *history, struct buffer *ret_text, struct error *err)
{
	CLEANUP_FREE char *path = held_path(history);

	return lines_read(path, is_digest, ret_text, err);
}

int hold_check(const char *path, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);

	return lines_read(path, is_digest, &text, err);
}

int history_hold(struct history *history, const char *desired_digest, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);
	CLEANUP_WRITING struct writing writing = {0};

	if (!desired_digest || !is_digest(desired_digest, strlen(desired_digest)))
		return error_set(err, ERROR_OTHER, "the record names no desired state to hold");
	if (writing_begin(history, &writing, err) < 0)
		return -1;
	CLEANUP_FREE char *path = held_path(history);
	if (read_held(history, &text, err) < 0)
		return -1;
	if (has_line(&text, desired_digest))
		return 0;
	if (buffer_printf(&text, "%s\n", desired_digest) < 0)
		return error_set(err, ERROR_OTHER, "%s is full: --override-hold clears it", path);
	return file_write_atomic(path, buffer_text(&text), text.length, 0600, err);
}

/* A hold that cannot be read holds everything: it is there to prevent. */
bool history_is_held(struct history *history, const char *desired_digest)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);

	if (!history)
		return false;
	READING(history);
	return read_held(history, &text, NULL) < 0 || has_line(&text, desired_digest);
}

bool history_holds(struct history *history)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);

	READING(history);
	return read_held(history, &text, NULL) < 0 || text.length > 0;
}

bool history_hold_is_known(struct history *history)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LINES_CAP);

	READING(history);
	return read_held(history, &text, NULL) == 0;
}

int history_release(struct history *history, struct error *err)
{
	CLEANUP_WRITING struct writing writing = {0};

	if (writing_begin(history, &writing, err) < 0)
		return -1;
	CLEANUP_FREE char *path = held_path(history);
	return file_remove(path, err);
}
