/* The journal of the run under way: reconcile.journal in the repository's folder, one JSON object a line.
 *
 * A run that is killed leaves it behind, cut short at worst in its last line; the next run reads there how far it
 * came. Lines that nothing is done after, the begin of a change and the outcome of a step, wait for the line that
 * follows them: one write and one sync say that a step is done and that the next is about to be. */
#include "history/journal.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lookup.h"
#include "base/platform.h"
#include "history/git.h"
#include "history/side_files.h"
#include "history/stores.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { JOURNAL_CAP = 16 * 1024 * 1024 };

static const char *const event_names[] = {
	[JOURNAL_BEGIN] = "begin", [JOURNAL_STEP] = "step",	[JOURNAL_STEP_DONE] = "step-done",
	[JOURNAL_DONE] = "done",   [JOURNAL_FAILED] = "failed",
};

static char *journal_path(const struct history *history)
{
	return store_file(history, "reconcile.journal");
}

static bool waits(enum journal_event event)
{
	return event == JOURNAL_BEGIN || event == JOURNAL_STEP_DONE;
}

void journal_close(struct history *history)
{
	if (history->journal_fd >= 0)
		close(history->journal_fd);
	history->journal_fd = -1;
	text_done(&history->journal_waiting);
}

static void print_line(cJSON *json, struct text *out)
{
	char now[32];

	clock_rfc3339(time(NULL), now);
	json_add_string(json, "at", now);
	json_print_canonical(json, out);
	text_puts(out, "\n");
	cJSON_Delete(json);
}

int journal_start(struct history *history, const char *plan_id, struct error *err)
{
	CLEANUP_TEXT struct text line = TEXT_INIT;
	CLEANUP_FREE char *path = journal_path(history);
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "plan_id", plan_id);
	print_line(json, &line);
	journal_close(history);
	if (file_write_atomic(path, text_string(&line), line.length, 0600, err) < 0)
		return -1;
	history->journal_fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	return history->journal_fd >= 0 ? 0 : error_set_errno(err, errno, "cannot open the journal %s", path);
}

int history_journal(struct history *history, const struct journal_entry *entry, struct error *err)
{
	struct text *lines = &history->journal_waiting;
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "event", event_names[entry->event]);
	json_add_string(json, "change", entry->address);
	if (entry->what)
		json_add_string(json, "what", entry->what);
	if (entry->step > 0) {
		json_add_integer(json, "step", (int64_t)entry->step);
		json_add_integer(json, "of", (int64_t)entry->step_count);
	}
	print_line(json, lines);
	if (entry->more || waits(entry->event))
		return 0;
	size_t length = lines->length;
	ssize_t written = write(history->journal_fd, text_string(lines), length);
	text_clear(lines);
	if (written < 0 || (size_t)written != length || platform_sync_data(history->journal_fd) < 0)
		return error_set_errno(err, written >= 0 && (size_t)written != length ? ENOSPC : errno,
				       "cannot write the journal in %s", history->path);
	return 0;
}

int journal_read(struct history *history, const char *plan_id, struct buffer *ret_text, struct error *err)
{
	CLEANUP_FREE char *path = journal_path(history);
	CLEANUP_JSON cJSON *head = NULL;
	struct error reading = ERROR_INIT;

	if (file_read(path, JOURNAL_CAP, ret_text, &reading) < 0) {
		if (reading.kind == ERROR_NOT_FOUND)
			return 0;
		error_copy(err, &reading);
		return -1;
	}
	size_t length = strcspn(buffer_text(ret_text), "\n");
	if (json_parse(buffer_text(ret_text), length, &head, NULL) < 0 ||
	    !text_equal(json_string(head, "plan_id"), plan_id))
		buffer_clear(ret_text);
	return 0;
}

/* Its last line may be cut short, and a first one that names another plan is nobody's: more is not known of it. */
int journal_check(const char *path, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(JOURNAL_CAP);
	struct error reading = ERROR_INIT;

	if (file_read(path, JOURNAL_CAP, &text, &reading) == 0 || reading.kind == ERROR_NOT_FOUND)
		return 0;
	return error_copy(err, &reading);
}

/* How far one change came. */
struct journal_state {
	const char *address, *what;
	int64_t step, step_count, done;
	bool ended, failed;
};
struct progresses {
	struct journal_state **items;
	size_t count;
	struct lookup by_address;
};

static struct journal_state *progress_of(struct arena *arena, struct progresses *list, const char *address)
{
	struct journal_state *progress = (struct journal_state *)lookup_find(&list->by_address, address);

	if (progress)
		return progress;
	progress = ARENA_NEW(arena, struct journal_state);
	progress->address = text_printable(arena, address, false);
	lookup_add(arena, &list->by_address, arena_strdup(arena, address), progress);
	*ARENA_PUSH(arena, list->items, list->count) = progress;
	return progress;
}

static void take_line(struct arena *arena, struct progresses *list, const cJSON *json)
{
	const char *event = json_string(json, "event"), *address = json_string(json, "change");

	if (!event || !address)
		return;
	struct journal_state *progress = progress_of(arena, list, address);
	if (text_equal(event, event_names[JOURNAL_STEP])) {
		progress->step = json_integer(json, "step", 0);
		progress->step_count = json_integer(json, "of", 0);
		progress->what =
			text_printable(arena, json_string(json, "what") ? json_string(json, "what") : "", false);
	} else if (text_equal(event, event_names[JOURNAL_STEP_DONE])) {
		progress->done = json_integer(json, "step", 0);
	} else if (text_equal(event, event_names[JOURNAL_DONE]) || text_equal(event, event_names[JOURNAL_FAILED])) {
		progress->ended = true;
		progress->failed = text_equal(event, event_names[JOURNAL_FAILED]);
	}
}

static const char *status_of(const struct journal_state *progress)
{
	return progress->failed ? "failed" : progress->ended ? "done" : "cut off";
}

static const char *story_of(struct arena *arena, const struct progresses *list)
{
	struct strings parts = {0};

	for (size_t i = 0; i < list->count; i++) {
		const struct journal_state *progress = list->items[i];

		if (progress->ended)
			strings_add(arena, &parts,
				    arena_printf(arena, "%s was %s", progress->address, status_of(progress)));
		else if (progress->step > progress->done)
			strings_add(arena, &parts,
				    arena_printf(arena, "%s was cut off in step %lld of %lld, %s", progress->address,
						 (long long)progress->step, (long long)progress->step_count,
						 progress->what));
		else
			strings_add(arena, &parts,
				    arena_printf(arena, "%s was cut off after step %lld of %lld", progress->address,
						 (long long)progress->done, (long long)progress->step_count));
	}
	return parts.count > 0 ? strings_join(arena, &parts, "; ") : "it had not begun to change anything";
}

void journal_tell(struct arena *arena, const char *text, struct text *ret_result, const char **ret_story)
{
	CLEANUP_JSON cJSON *result = cJSON_CreateObject();
	struct progresses list = {0};

	for (const char *line = text; *line != '\0';) {
		CLEANUP_JSON cJSON *json = NULL;
		size_t length = strcspn(line, "\n");

		if (json_parse(line, length, &json, NULL) == 0)
			take_line(arena, &list, json);
		line += length + (line[length] == '\n');
	}
	json_add_string(result, "status", "interrupted");
	cJSON *changes = json_add_array(result, "changes");
	for (size_t i = 0; i < list.count; i++) {
		cJSON *item = json_append_object(changes);

		json_add_string(item, "address", list.items[i]->address);
		json_add_string(item, "status", status_of(list.items[i]));
		json_add_integer(item, "steps", list.items[i]->step_count);
		json_add_integer(item, "steps_done", list.items[i]->done);
	}
	json_print(result, ret_result);
	*ret_story = *text == '\0' ? "its journal is lost: how far it came is not known" : story_of(arena, &list);
}

int journal_remove(struct history *history, struct error *err)
{
	CLEANUP_FREE char *path = journal_path(history);

	journal_close(history);
	return file_remove(path, err);
}
