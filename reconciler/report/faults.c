/* Faults, each with what was seen, its cause and its mend: the report of --doctor. */
#include "base/json.h"
#include "report/plan_forms.h"
#include "report/style.h"
#include "report/words.h"

static const char *const menders[] = {
	[REPAIR_NONE] = "you",
	[REPAIR_ASIDE] = "reconcile --apply moves it into the record",
	[REPAIR_REWRITE] = "reconcile --apply writes it anew",
	[REPAIR_DECLARED] = "reconcile --apply, once the state file names it",
};

static size_t mended_by_apply(const struct faults *faults)
{
	size_t count = 0;

	for (size_t i = 0; i < faults->count; i++)
		count += faults->items[i].kind->repair == REPAIR_ASIDE ||
			 faults->items[i].kind->repair == REPAIR_REWRITE;
	return count;
}

static void put_end(const struct faults *faults, struct buffer *out)
{
	if (faults->count == 0) {
		buffer_puts(out, "No faults found.");
		return;
	}
	words_count(out, faults->count, "fault");
	buffer_printf(out, ", %zu of them --apply mends", mended_by_apply(faults));
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
		put_line(page, "seen:", fault->message);
		put_line(page, "cause:", fault->kind->cause);
		put_line(page, "file:", fault->path);
		put_line(page, "mend:", fault->mend);
		put_line(page, "by:", menders[fault->kind->repair]);
		page_put(page, STYLE_PLAIN, "\n");
	}
	put_end(faults, page->out);
	page_put(page, STYLE_PLAIN, "\n");
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
		json_add_bool(item, "mended_by_apply",
			      fault->kind->repair == REPAIR_ASIDE || fault->kind->repair == REPAIR_REWRITE);
	}
	json_print(json, page->out);
}

static void put_cell(struct page *page, const char *text)
{
	markdown_put(page->out, page_safe(page, text), false);
	buffer_puts(page->out, " | ");
}

static void faults_markdown(struct page *page, const struct faults *faults)
{
	buffer_puts(page->out, "### reconcile: ");
	put_end(faults, page->out);
	buffer_puts(page->out, "\n\n");
	if (faults->count > 0)
		buffer_puts(page->out, "| fault | where | seen | cause | mend |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];

		buffer_puts(page->out, "| ");
		put_cell(page, fault->kind->code);
		put_cell(page, fault->subject);
		put_cell(page, fault->message);
		put_cell(page, fault->kind->cause);
		put_cell(page, fault->mend);
		buffer_puts(page->out, "\n");
	}
}

static void faults_github(struct page *page, const struct faults *faults)
{
	CLEANUP_BUFFER struct buffer end = BUFFER_INIT(BUFFER_TEXT_CAP);

	for (size_t i = 0; i < faults->count; i++)
		github_fault(page->out, &faults->items[i]);
	put_end(faults, &end);
	github_put(page->out, &(struct annotation){.level = "notice", .title = "reconcile"}, buffer_text(&end));
}

static void (*const forms[])(struct page *, const struct faults *) = {
	[FORMAT_TEXT] = faults_text,
	[FORMAT_JSON] = faults_json,
	[FORMAT_MARKDOWN] = faults_markdown,
	[FORMAT_GITHUB] = faults_github,
};

void report_faults(const struct faults *faults, const struct report_options *options, struct buffer *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	forms[options->format](&page, faults);
}
