/* Faults, each with what was seen, its cause and its mend: the report of --doctor. */
#include "report/faults.h"

#include "base/clock.h"
#include "base/count.h"
#include "base/json.h"
#include "model/normal.h"
#include "report/markdown.h"
#include "report/remark.h"
#include "report/style.h"
#include "report/words.h"

enum { REPAIRS = REPAIR_DECLARED + 1 };

static const char *const menders[REPAIRS] = {
	[REPAIR_NONE] = "you: reconcile --apply leaves it alone",
	[REPAIR_ASIDE] = "reconcile --apply, alone",
	[REPAIR_DECLARED] = "reconcile --apply, once the state file says so",
};

/* Of the last line, in this order. */
static const struct {
	enum repair repair;
	const char *text;
} shares[] = {
	{REPAIR_ASIDE, "mended by --apply"},
	{REPAIR_DECLARED, "by --apply once the state file says so"},
	{REPAIR_NONE, "by you"},
};

/* "3 faults: 1 mended by --apply, 2 by you" */
static void put_end(const struct faults *faults, struct text *out)
{
	size_t counts[REPAIRS] = {0};
	const char *separator = ": ";

	if (faults->count == 0) {
		text_puts(out, "No faults found.");
		return;
	}
	for (size_t i = 0; i < faults->count; i++)
		counts[faults->items[i].kind->repair]++;
	words_count(out, faults->count, "fault");
	for (size_t i = 0; i < COUNT(shares); i++) {
		if (counts[shares[i].repair] == 0)
			continue;
		text_printf(out, "%s%zu %s", separator, counts[shares[i].repair], shares[i].text);
		separator = ", ";
	}
}

/* How long ago; -1 when it is not known, or in the future. */
static int64_t age_of(const struct page *page, const struct fault *fault)
{
	time_t made;

	if (page->options->now == 0 || !fault->created || clock_parse_rfc3339(fault->created, &made) < 0 ||
	    made > page->options->now)
		return -1;
	return (int64_t)(page->options->now - made);
}

static const char *age_words(struct arena *arena, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *one, *many;
	} units[] = {{86400, "1 day", "days"}, {3600, "1 hour", "hours"}, {60, "1 minute", "minutes"}};

	for (size_t i = 0; i < COUNT(units); i++) {
		int64_t count = seconds / units[i].seconds;

		if (count == 1)
			return units[i].one;
		if (count > 1)
			return arena_printf(arena, "%lld %s", (long long)count, units[i].many);
	}
	return "less than a minute";
}

/* "…; 12.3 GiB, made 41 days ago" */
static const char *seen(struct page *page, const struct fault *fault)
{
	int64_t age = age_of(page, fault);
	const char *size = fault->size < 0 ? "" : bytes_text(page->arena, fault->size);
	const char *made = age < 0 ? "" : arena_printf(page->arena, "made %s ago", age_words(page->arena, age));

	if (*size == '\0' && *made == '\0')
		return fault->message;
	return arena_printf(page->arena, "%s; %s%s%s", fault->message, size, *size != '\0' && *made != '\0' ? ", " : "",
			    made);
}

static void put_line(struct page *page, const char *label, const char *text)
{
	if (text_empty(text))
		return;
	page_printf(page, STYLE_DIM, "    %-8s", label);
	page_printf(page, STYLE_PLAIN, "%s\n", page_safe(page, text));
}

static void faults_text(struct page *page, const struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];

		page_put(page, STYLE_FAULT, "! ");
		page_put(page, STYLE_STRONG, fault->kind->code);
		page_printf(page, STYLE_PLAIN, "  %s\n", page_safe(page, fault->subject));
		if (page->options->quiet)
			continue;
		put_line(page, "seen:", seen(page, fault));
		put_line(page, "cause:", fault->kind->cause);
		put_line(page, "file:", fault->path);
		put_line(page, "mend:", fault->mend);
		put_line(page, "by:", menders[fault->kind->repair]);
		page_put(page, STYLE_PLAIN, "\n");
	}
	put_end(faults, page->out);
	page_put(page, STYLE_PLAIN, "\n");
}

static void add_leftover(cJSON *item, const struct fault *fault, int64_t age)
{
	if (fault->size >= 0)
		json_add_integer(item, "size", fault->size);
	if (fault->created)
		json_add_string(item, "created", fault->created);
	if (age >= 0)
		json_add_integer(item, "age_seconds", age);
}

static void faults_json(struct page *page, const struct faults *faults)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	cJSON *list = json_add_array(json, "faults");

	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];
		cJSON *item = json_append_object(list);

		json_add_string(item, "code", fault->kind->code);
		json_add_string(item, "subject", fault->subject);
		json_add_string(item, "path", fault->path);
		json_add_string(item, "message", fault->message);
		json_add_string(item, "cause", fault->kind->cause);
		json_add_string(item, "mend", fault->mend);
		json_add_string(item, "repair", repair_name(fault->kind->repair));
		json_add_string(item, "command", fault_command(page->arena, fault));
		json_add_string(item, "state_line", fault_line(page->arena, fault));
		add_leftover(item, fault, age_of(page, fault));
	}
	json_print(json, page->out);
}

static void put_cell(struct page *page, const char *text)
{
	markdown_cell(page->out, page_safe(page, text));
	text_puts(page->out, " | ");
}

static void faults_markdown(struct page *page, const struct faults *faults)
{
	text_puts(page->out, "### reconcile: ");
	put_end(faults, page->out);
	text_puts(page->out, "\n\n");
	if (faults->count > 0)
		text_puts(page->out, "| fault | where | seen | cause | mend | by |\n|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];

		text_puts(page->out, "| ");
		put_cell(page, fault->kind->code);
		put_cell(page, fault->subject);
		put_cell(page, seen(page, fault));
		put_cell(page, fault->kind->cause);
		put_cell(page, fault->mend);
		put_cell(page, menders[fault->kind->repair]);
		text_puts(page->out, "\n");
	}
}

static void faults_remarks(struct page *page, const struct faults *faults)
{
	struct remarks remarks = {.arena = page->arena, .options = page->options};

	remarks_of_faults(&remarks, faults);
	put_end(faults, &remarks.summary);
	remarks_print(&remarks, page->out);
	remarks_done(&remarks);
}

static void (*const forms[FORMAT_COUNT])(struct page *, const struct faults *) = {
	[FORMAT_TEXT] = faults_text,	  [FORMAT_JSON] = faults_json,	    [FORMAT_MARKDOWN] = faults_markdown,
	[FORMAT_GITHUB] = faults_remarks, [FORMAT_GITLAB] = faults_remarks,
};

void report_faults(const struct faults *faults, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	forms[options->format](&page, faults);
}
