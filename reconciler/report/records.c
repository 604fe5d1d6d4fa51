/* The records of the history, newest first, as a table. */
#include "report/records.h"

#include "base/clock.h"
#include "base/json.h"
#include "report/markdown.h"
#include "report/style.h"

enum { SHORT_ID = 7 };

static enum style status_style(const char *status)
{
	if (text_equal(status, "applied"))
		return STYLE_ADD;
	if (text_equal(status, "unverified"))
		return STYLE_UNKNOWN;
	return text_equal(status, "rolled-back") ? STYLE_CHANGE : STYLE_REMOVE;
}

static void records_text(struct page *page, const struct records *records)
{
	if (records->count == 0)
		page_put(page, STYLE_PLAIN, "No records yet.\n");
	for (size_t i = 0; i < records->count; i++) {
		const struct record *record = &records->items[i];
		const char *status = page_safe(page, record->status);
		char when[32];

		clock_rfc3339(record->when, when);
		page_printf(page, STYLE_DIM, "%s", when);
		page_printf(page, STYLE_CHANGE, "  %.*s", SHORT_ID, page_safe(page, record->id));
		page_printf(page, status_style(status), "  %-11s", status);
		page_printf(page, STYLE_PLAIN, "  %s", page_safe(page, record->subject));
		if (record->of_other_store)
			page_printf(page, STYLE_DIM, "  (of %s)", page_safe(page, record->store));
		if (page->options->verbose)
			page_printf(page, STYLE_DIM, "  by %s@%s", page_safe(page, record->user),
				    page_safe(page, record->host));
		page_put(page, STYLE_PLAIN, "\n");
	}
}

static void records_json(struct page *page, const struct records *records)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	cJSON *list = json_add_array(json, "records");

	for (size_t i = 0; i < records->count; i++) {
		const struct record *record = &records->items[i];
		cJSON *item = json_append_object(list);
		char when[32];

		clock_rfc3339(record->when, when);
		json_add_string(item, "id", record->id);
		json_add_string(item, "time", when);
		json_add_string(item, "status", record->status);
		json_add_string(item, "subject", record->subject);
		json_add_string(item, "plan_id", record->plan_id);
		json_add_string(item, "desired_digest", record->desired_digest);
		json_add_string(item, "store", record->store);
		json_add_string(item, "host", record->host);
		json_add_string(item, "user", record->user);
		if (record->state_commit)
			json_add_string(item, "state_commit", record->state_commit);
		json_add_integer(item, "seconds", (int64_t)(record->when - record->began));
	}
	json_print(json, page->out);
}

static void records_markdown(struct page *page, const struct records *records)
{
	text_puts(page->out, "| time | record | status | subject |\n|---|---|---|---|\n");
	for (size_t i = 0; i < records->count; i++) {
		const struct record *record = &records->items[i];
		char when[32];

		clock_rfc3339(record->when, when);
		text_printf(page->out, "| %s | `%.*s` | ", when, SHORT_ID, page_safe(page, record->id));
		markdown_cell(page->out, page_safe(page, record->status));
		text_puts(page->out, " | ");
		markdown_cell(page->out, page_safe(page, record->subject));
		if (record->of_other_store) {
			text_puts(page->out, " (of ");
			markdown_cell(page->out, page_safe(page, record->store));
			text_puts(page->out, ")");
		}
		text_puts(page->out, " |\n");
	}
}

void report_records(const struct records *records, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	if (options->format == FORMAT_JSON)
		records_json(&page, records);
	else if (options->format == FORMAT_MARKDOWN)
		records_markdown(&page, records);
	else
		records_text(&page, records);
}
