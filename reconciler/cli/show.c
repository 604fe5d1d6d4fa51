/* --show [REV|PLAN]: one record or one saved plan, stale ones too. */
#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/publish.h"
#include "codec/plan.h"
#include "history/log.h"
#include "report/records.h"
#include "report/words.h"

static int show_plan(struct session *session, const char *path)
{
	int code = session_saved_plan(session, path, &session->plan);

	return code ? code : publish_plan(session, session->plan);
}

static int show_json(const struct session *session, const struct record *record)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	CLEANUP_JSON cJSON *json = NULL;
	struct error err = ERROR_INIT;

	if (history_read(session->history, record->id, "plan.json", &data, &err) < 0 ||
	    json_parse(buffer_text(&data), data.length, &json, &err) < 0)
		return session_fail_history(session, &err);
	return session_print_json(session, json);
}

/* A record may have been written by somebody else. */
static int show_markdown(const struct session *session, const struct record *record)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	CLEANUP_TEXT struct text text = TEXT_INIT;
	struct error err = ERROR_INIT;

	if (history_read(session->history, record->id, "report.md", &data, &err) < 0)
		return session_fail_history(session, &err);
	text_puts(&text, text_printable(session->arena, buffer_text(&data), true));
	return session_print(session, &text);
}

/* What BuildX and the Engine said during the run. */
static int show_log(const struct session *session, const struct record *record)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	CLEANUP_TEXT struct text text = TEXT_INIT;
	struct error err = ERROR_INIT;
	int code = history_read(session->history, record->id, "output.log", &data, &err);

	if (code < 0 && err.kind == ERROR_NOT_FOUND) {
		session_say(session, "reconcile: record %.7s keeps no output: BuildX and the Engine said nothing",
			    record->id);
		return 0;
	}
	if (code < 0)
		return session_fail_history(session, &err);
	text_puts(&text, text_printable(session->arena, buffer_text(&data), true));
	return session_print(session, &text);
}

/* "✓ builder.ci created (2.1 s)", or why not; a record may have been written by somebody else. */
static void put_outcome(const struct session *session, const cJSON *change, struct text *out)
{
	struct arena *arena = session->arena;
	const char *status = json_string(change, "status"), *error = json_string(change, "error");
	const char *hint = json_string(change, "hint"), *address = json_string(change, "address");
	const struct action_kind *action = action_find(json_string(change, "action"));
	const char *past = change_past(address, action ? action->action : ACTION_NONE);
	bool done = text_equal(status, "done");

	text_printf(out, "  %s %s %s%s",
		    done    ? "✓"
		    : error ? "✗"
			    : "-",
		    text_printable(arena, address ? address : "?", false), done ? "" : "not ", past);
	if (text_equal(status, "unverified"))
		text_puts(out, ", or not verified");
	text_printf(out, " (%.1f s)", (double)json_integer(change, "elapsed_ms", 0) / 1000.0);
	text_printf(out, "%s%s\n", error ? ": " : "", error ? text_printable(arena, error, false) : "");
	if (hint)
		text_printf(out, "      hint: %s\n", text_printable(arena, hint, false));
	if (json_string(change, "note"))
		text_printf(out, "      %s\n", text_printable(arena, json_string(change, "note"), false));
}

/* Who, where, for how long, what asked for it, and what became of each change. */
static void put_circumstances(const struct session *session, const struct record *record, struct text *out)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	CLEANUP_JSON cJSON *json = NULL;
	struct arena *arena = session->arena;
	const cJSON *change;
	char began[32];

	clock_rfc3339(record->began, began);
	text_printf(out, "  begun at %s by %s on %s, took %lld s\n", began,
		    text_printable(arena, record->user ? record->user : "unknown", false),
		    text_printable(arena, record->host ? record->host : "unknown", false),
		    (long long)(record->when - record->began));
	if (record->state_commit)
		text_printf(out, "  state files as of commit %s\n", text_printable(arena, record->state_commit, false));
	if (history_read(session->history, record->id, "result.json", &data, NULL) < 0 ||
	    json_parse(buffer_text(&data), data.length, &json, NULL) < 0)
		return;
	cJSON_ArrayForEach(change, json_get(json, "changes"))
		put_outcome(session, change, out);
}

/* The plan as text, below the line that --history has for the record. */
static int show_text(struct session *session, struct record *record)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	CLEANUP_TEXT struct text head = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL;
	struct report_options verbose = session->out;
	struct error err = ERROR_INIT;
	int code;

	if (history_read(session->history, record->id, "plan.json", &data, &err) < 0 ||
	    json_parse(buffer_text(&data), data.length, &json, &err) < 0 ||
	    plan_from_json(json, &session->plan, &err) < 0)
		return session_fail_history(session, &err);
	verbose.verbose = true;
	report_records(&(struct records){.items = record, .count = 1}, &verbose, &head);
	put_circumstances(session, record, &head);
	text_puts(&head, "\n");
	session->out.store = NULL;
	code = session_print(session, &head);
	return code ? code : publish_plan(session, session->plan);
}

static int show_record(struct session *session, const char *rev)
{
	struct record record = {0};
	struct error err = ERROR_INIT;

	if (!session->history)
		error_set(&err, ERROR_NOT_FOUND, "nothing to show: this store has no history yet");
	if (!session->history || history_find(session->history, session->arena, rev, &record, &err) < 0)
		return session_fail_history(session, &err);
	if (session->options->log)
		return show_log(session, &record);
	switch (session->out.format) {
	case FORMAT_JSON:
		return show_json(session, &record);
	case FORMAT_MARKDOWN:
		return show_markdown(session, &record);
	default:
		return show_text(session, &record);
	}
}

int mode_show(struct session *session)
{
	const struct strings *operands = &session->options->operands;
	const char *what = operands->count > 0 ? operands->items[0] : NULL;
	int code;

	if (what && file_exists(what))
		return show_plan(session, what);
	if ((code = session_store(session)) || (code = session_history(session, false)))
		return code;
	return show_record(session, what);
}
