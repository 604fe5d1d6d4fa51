/* A line per host, and below them how many are how. */
#include "report/fleet.h"

#include "base/clock.h"
#include "base/count.h"
#include "base/json.h"
#include "base/text.h"
#include "report/markdown.h"
#include "report/style.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMN_COUNT = 6, RECORDED = 2, STATUS, HEARD, WHAT = COLUMN_COUNT - 1, SHORT_ID = 7 };

static const char *const heads[COLUMN_COUNT] = {"HOST", "DRIFT", "RECORDED", "STATUS", "HEARD OF", "WHAT"};
static const char markdown_head[] =
	"| Host | Drift | Recorded | Status | Heard of | What |\n|---|---|---|---|---|---|\n";

/* In the order in which they want to be looked at; each host is one of these. */
enum concern { UNREADABLE, DRIFTED, HELD, FAILED, SILENT, UNKNOWN, WELL, CONCERN_COUNT };

static const struct {
	const char *word, *key; /* for people, and for programs */
	enum style style;
} concerns[CONCERN_COUNT] = {
	[UNREADABLE] = {"unreadable", "unreadable", STYLE_FAULT},
	[DRIFTED] = {"drifted", "drifted", STYLE_CHANGE},
	[HELD] = {"held", "held", STYLE_CHANGE},
	[FAILED] = {"not applied", "not_applied", STYLE_REMOVE},
	[SILENT] = {"silent", "silent", STYLE_UNKNOWN},
	[UNKNOWN] = {"unknown", "unknown", STYLE_UNKNOWN},
	[WELL] = {"in sync", "in_sync", STYLE_ADD},
};

struct line {
	const struct host *host;
	enum concern concern;
	const char *columns[COLUMN_COUNT];
};

struct lines {
	struct line *items;
	size_t count, counts[CONCERN_COUNT];
};

static bool is_silent(const struct host *host, int64_t silent_after, time_t now)
{
	return now > 0 && host->heard > 0 && (int64_t)(now - host->heard) > silent_after;
}

static enum concern concern_of(const struct host *host, int64_t silent_after, time_t now)
{
	if (host->unreadable)
		return UNREADABLE;
	if (host_drift(host) == DRIFT_SOME)
		return DRIFTED;
	if (host->held)
		return HELD;
	if (host->record && !text_equal(host->status, "applied") && !host_check_holds(host))
		return FAILED;
	if (is_silent(host, silent_after, now))
		return SILENT;
	return host_drift(host) == DRIFT_NONE ? WELL : UNKNOWN;
}

bool fleet_is_well(const struct fleet_report *report, time_t now)
{
	for (size_t i = 0; i < report->fleet->count; i++)
		if (concern_of(&report->fleet->items[i], report->silent_after, now) != WELL)
			return false;
	return true;
}

static const char *age(struct page *page, time_t when)
{
	time_t now = page->options->now;
	char text[32];

	if (when <= 0)
		return "";
	if (now > 0 && when <= now)
		return arena_printf(page->arena, "%s ago", age_words(page->arena, (int64_t)(now - when)));
	clock_rfc3339(when, text);
	return arena_strdup(page->arena, text);
}

static const char *drift_words(struct page *page, const struct host *host)
{
	const char *held = host->held ? ", held" : "";
	int64_t changes = host->check.changes;

	switch (host_drift(host)) {
	case DRIFT_NONE:
		return arena_printf(page->arena, "none%s", held);
	case DRIFT_SOME:
		return changes > 0 ? arena_printf(page->arena, "%lld change%s%s", (long long)changes,
						  changes == 1 ? "" : "s", held)
				   : arena_printf(page->arena, "some%s", held);
	case DRIFT_UNKNOWN:
		break;
	}
	return arena_printf(page->arena, "unknown%s", held);
}

/* Why nothing better is known, else what was done last. */
static const char *what_words(struct page *page, const struct host *host)
{
	bool checked = host_check_holds(host);
	const char *commit = checked && host->check.state_commit ? host->check.state_commit : host->state_commit;
	const char *what = host->what ? host->what : "no record yet";

	if (host->unreadable)
		return page_safe(page, host->unreadable);
	if (host->outdated)
		what = "the remote has newer records than this host's summary tells of";
	else if (checked && host->check.drift == DRIFT_UNKNOWN && host->check.why)
		what = host->check.why;
	if (!commit)
		return page_safe(page, what);
	return page_safe(page, arena_printf(page->arena, "%s (of %.*s)", what, SHORT_ID, commit));
}

/* What a host says that it is called is believed where its branch is called so, and no other. */
static const char *host_words(struct page *page, const struct fleet *fleet, size_t index)
{
	const struct host *host = &fleet->items[index];
	bool is_alone = true;

	if (host->unreadable || !text_starts(host->name, host->host))
		return page_safe(page, host->name);
	for (size_t i = index; is_alone && i-- > 0 && text_starts(fleet->items[i].name, host->host);)
		is_alone = !text_equal(fleet->items[i].host, host->host);
	for (size_t i = index + 1; is_alone && i < fleet->count && text_starts(fleet->items[i].name, host->host); i++)
		is_alone = !text_equal(fleet->items[i].host, host->host);
	return page_safe(page, is_alone ? host->host : host->name);
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *left = a, *right = b;

	if (left->concern != right->concern)
		return left->concern < right->concern ? -1 : 1;
	return strcmp(left->host->name, right->host->name);
}

static struct lines collect(struct page *page, const struct fleet_report *report)
{
	const struct fleet *fleet = report->fleet;
	struct lines lines = {.items = ARENA_ARRAY(page->arena, struct line, fleet->count + 1), .count = fleet->count};

	for (size_t i = 0; i < fleet->count; i++) {
		const struct host *host = &fleet->items[i];
		enum concern concern = concern_of(host, report->silent_after, page->options->now);

		lines.counts[concern]++;
		lines.items[i] = (struct line){
			.host = host,
			.concern = concern,
			.columns = {host_words(page, fleet, i), host->unreadable ? "" : drift_words(page, host),
				    age(page, host->recorded), page_safe(page, host->status), age(page, host->heard),
				    what_words(page, host)},
		};
	}
	if (lines.count > 0)
		qsort(lines.items, lines.count, sizeof(*lines.items), compare_lines);
	return lines;
}

static void put_summary(const struct lines *lines, struct text *out)
{
	const char *separator = ": ";

	text_printf(out, "Fleet: %zu host%s", lines->count, lines->count == 1 ? "" : "s");
	for (int i = CONCERN_COUNT; i-- > 0;) {
		if (lines->counts[i] == 0)
			continue;
		text_printf(out, "%s%zu %s", separator, lines->counts[i], concerns[i].word);
		separator = ", ";
	}
	text_puts(out, ".\n");
}

static void put_row(struct page *page, const struct line *line, const int *widths)
{
	enum style style = line->host ? concerns[line->concern].style : STYLE_DIM;

	for (size_t column = 0; column < WHAT; column++) {
		bool tells = line->host && (column == 0 || column == 1);

		if (widths[column] == 0)
			continue;
		page_put(page, tells || !line->host ? style : STYLE_PLAIN, line->columns[column]);
		page_pad(page, widths[column] - text_columns(line->columns[column]) + 2);
	}
	page_put(page, line->host ? STYLE_PLAIN : STYLE_DIM, line->columns[WHAT]);
	page_put(page, STYLE_PLAIN, "\n");
}

static void put_detail(struct page *page, const char **separator, const char *label, const char *value)
{
	if (!*value)
		return;
	page_printf(page, STYLE_DIM, "%s%s%s", *separator, label, value);
	*separator = ", ";
}

/* Where the table is wider than the terminal: the drift beside the name, and the rest below it. */
static void put_narrow(struct page *page, const struct lines *lines, int name_width)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct line *line = &lines->items[i];
		const char *const *columns = line->columns, *separator = "    ";

		page_put(page, concerns[line->concern].style, columns[0]);
		page_pad(page, name_width - text_columns(columns[0]) + 2);
		page_put(page, concerns[line->concern].style,
			 line->host->unreadable ? concerns[UNREADABLE].word
						: arena_printf(page->arena, "drift: %s", columns[1]));
		page_put(page, STYLE_PLAIN, "\n");
		put_detail(page, &separator, "", columns[WHAT]);
		put_detail(page, &separator, "",
			   *columns[STATUS] ? arena_printf(page->arena, "%s %s", columns[STATUS], columns[RECORDED])
					    : "");
		put_detail(page, &separator, "heard of ", columns[HEARD]);
		page_put(page, STYLE_PLAIN, "\n");
	}
}

/* What is last may be broken into lines, if it has room for some words. */
static int least_columns(const int *widths)
{
	enum { WORDS = 20 };
	int sum = widths[WHAT] < WORDS ? widths[WHAT] : WORDS;

	for (size_t column = 0; column < WHAT; column++)
		sum += widths[column] > 0 ? widths[column] + 2 : 0;
	return sum;
}

/* A column that says nothing anywhere is left out. */
static void put_text(struct page *page, const struct lines *lines)
{
	int widths[COLUMN_COUNT] = {0};
	struct line head = {0};

	for (size_t column = 0; column < COLUMN_COUNT; column++) {
		head.columns[column] = heads[column];
		for (size_t i = 0; i < lines->count; i++) {
			int columns = text_columns(lines->items[i].columns[column]);

			widths[column] = columns > widths[column] ? columns : widths[column];
		}
		if (widths[column] > 0 && widths[column] < text_columns(heads[column]))
			widths[column] = text_columns(heads[column]);
	}
	if (page->options->layout.columns > 0 && least_columns(widths) > page->options->layout.columns) {
		put_narrow(page, lines, widths[0]);
		return;
	}
	put_row(page, &head, widths);
	for (size_t i = 0; i < lines->count; i++)
		put_row(page, &lines->items[i], widths);
}

static void put_markdown(struct page *page, const struct lines *lines)
{
	put_summary(lines, page->out);
	if (lines->count == 0)
		return;
	text_printf(page->out, "\n%s", markdown_head);
	for (size_t i = 0; i < lines->count; i++) {
		text_puts(page->out, "|");
		for (size_t column = 0; column < COLUMN_COUNT; column++) {
			text_puts(page->out, " ");
			markdown_cell(page->out, lines->items[i].columns[column]);
			text_puts(page->out, " |");
		}
		text_puts(page->out, "\n");
	}
}

static void add_time(cJSON *item, const char *key, time_t when)
{
	char text[32];

	clock_rfc3339(when, text);
	json_add_string(item, key, when > 0 ? text : NULL);
}

static void add_host(cJSON *list, const struct host *host, enum concern concern, bool silent)
{
	cJSON *item = json_append_object(list);

	json_add_string(item, "name", host->name);
	json_add_string(item, "concern", concerns[concern].key);
	json_add_string(item, "unreadable", host->unreadable);
	json_add_string(item, "host", host->host);
	json_add_string(item, "user", host->user);
	json_add_string(item, "store", host->store);
	json_add_string(item, "drift", drift_name(host_drift(host)));
	json_add_integer(item, "changes", host_drift(host) == DRIFT_SOME ? host->check.changes : 0);
	json_add_string(item, "unknown", host->check.why);
	add_time(item, "checked", host->check.when);
	json_add_string(item, "checked_commit", host->check.state_commit);
	json_add_string(item, "record", host->record);
	json_add_integer(item, "serial", host->serial);
	add_time(item, "recorded", host->recorded);
	json_add_string(item, "status", host->status);
	json_add_string(item, "subject", host->what);
	json_add_string(item, "state_commit", host->state_commit);
	json_add_bool(item, "held", host->held);
	json_add_bool(item, "outdated", host->outdated);
	add_time(item, "heard", host->heard);
	json_add_bool(item, "silent", silent);
}

static void put_json(struct page *page, const struct fleet_report *report)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	size_t counts[CONCERN_COUNT] = {0};

	json_add_string(json, "address", report->fleet->remote);
	cJSON *list = json_add_array(json, "hosts");
	for (size_t i = 0; i < report->fleet->count; i++) {
		const struct host *host = &report->fleet->items[i];
		enum concern concern = concern_of(host, report->silent_after, page->options->now);

		counts[concern]++;
		add_host(list, host, concern, is_silent(host, report->silent_after, page->options->now));
	}
	cJSON *summary = json_add_object(json, "summary");
	for (size_t i = 0; i < CONCERN_COUNT; i++)
		json_add_integer(summary, concerns[i].key, (int64_t)counts[i]);
	json_print(json, page->out);
}

void report_fleet(const struct fleet_report *report, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	if (options->format == FORMAT_JSON) {
		put_json(&page, report);
		return;
	}
	struct lines lines = collect(&page, report);
	if (options->format == FORMAT_MARKDOWN)
		put_markdown(&page, &lines);
	else {
		if (lines.count > 0 && !options->quiet)
			put_text(&page, &lines);
		put_summary(&lines, out);
	}
}
