/* Reads what a record holds. */
#include "cli/page_record.h"

#include "base/buffer.h"
#include "base/json.h"
#include "base/limits.h"
#include "codec/plan.h"
#include "codec/snapshot.h"
#include "history/log.h"

#include <stdio.h>

static cJSON *read_json(const struct session *session, const struct record *record, const char *name)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	cJSON *json = NULL;

	if (history_read(session->history, record->id, name, &data, NULL) < 0 ||
	    json_parse(buffer_text(&data), data.length, &json, NULL) < 0)
		return NULL;
	return json;
}

static const cJSON *result_of(const cJSON *changes, const char *address)
{
	const cJSON *change;

	cJSON_ArrayForEach(change, changes)
		if (text_equal(json_string(change, "address"), address))
			return change;
	return NULL;
}

static enum change_status status_named(const char *name)
{
	for (enum change_status status = CHANGE_PENDING; status <= CHANGE_SKIPPED; status++)
		if (text_equal(change_status_name(status), name))
			return status;
	return CHANGE_PENDING;
}

static void read_result(const cJSON *change, struct change_result *result)
{
	const char *error = json_string(change, "error"), *hint = json_string(change, "hint"),
		   *note = json_string(change, "note");

	result->status = status_named(json_string(change, "status"));
	result->elapsed_ms = json_integer(change, "elapsed_ms", 0);
	if (error)
		error_set(result->error, ERROR_OTHER, "%s", error);
	if (error && hint)
		error_hint(result->error, "%s", hint);
	if (note)
		snprintf(result->note, RESULT_NOTE, "%s", note);
}

static const struct change_result *read_results(const struct session *session, const struct page_record *shown)
{
	CLEANUP_JSON cJSON *json = read_json(session, &shown->record, "result.json");
	const struct plan *plan = shown->plan;

	if (!json)
		return NULL;
	struct change_result *results = results_new(session->arena, plan->change_count + 1);
	for (size_t i = 0; i < plan->change_count; i++)
		read_result(result_of(json_get(json, "changes"), plan->changes[i].address), &results[i]);
	return results;
}

bool page_record_read(const struct session *session, const char *rev, struct page_record *ret_record)
{
	struct page_record shown = {0};
	struct error err = ERROR_INIT;

	if (!session->history || history_find(session->history, session->arena, rev, &shown.record, &err) < 0)
		return false;
	CLEANUP_JSON cJSON *plan = read_json(session, &shown.record, "plan.json");
	CLEANUP_JSON cJSON *live = read_json(session, &shown.record, "live.json");
	if (!plan || plan_from_json(plan, &shown.plan, &err) < 0)
		return false;
	if (live && live_from_json(live, &shown.live, &err) < 0)
		shown.live = NULL;
	shown.results = read_results(session, &shown);
	*ret_record = shown;
	return true;
}

void page_record_done(struct page_record *record)
{
	plan_free(record->plan);
	live_free(record->live);
}
