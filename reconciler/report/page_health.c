/* What is broken, with cause and mend; what could not be observed; why an apply is refused. */
#include "report/page_parts.h"

#include "report/faults.h"
#include "report/words.h"

#include <string.h>

static const char *const heads[GROUP_COUNT] = {
	[GROUP_BROKEN] = "Broken",
	[GROUP_UNREACHABLE] = "Unreachable",
	[GROUP_LEFT_OVER] = "Left over, and no fault",
};
static const enum tone group_tones[GROUP_COUNT] = {
	[GROUP_BROKEN] = TONE_BAD,
	[GROUP_UNREACHABLE] = TONE_UNKNOWN,
	[GROUP_LEFT_OVER] = TONE_QUIET,
};

static void put_pair(struct sheet *sheet, const char *term, const char *text)
{
	if (text_empty(text))
		return;
	html_printf(&sheet->html, "<dt>%s</dt><dd>", term);
	html_prose(&sheet->html, text);
	text_puts(sheet->html.out, "</dd>");
}

/* "mended by --apply", behind a term that says so already. */
static const char *by(const char *words)
{
	const char *by = strstr(words, "by ");

	return by ? by + 3 : words;
}

/* What is to be run first. */
static void put_next(struct sheet *sheet, const struct faults *faults)
{
	const char *command = faults_next(sheet->html.arena, faults);

	if (command)
		html_printf(&sheet->html, "<h3>Next</h3>\n<pre class=\"run\"><code>%s</code></pre>\n", command);
}

static void put_fault(struct sheet *sheet, const struct fault *fault)
{
	struct html *html = &sheet->html;
	enum tone tone = group_tones[fault_group_of(fault)];

	html_printf(html, "<li class=\"fault %s\"><h4>", tone_name(tone));
	part_sign(sheet, tone);
	html_printf(html, "%s <span class=\"code\">%s</span></h4>", fault->subject, fault->kind->code);
	text_puts(html->out, "<dl>");
	put_pair(sheet, "Seen", fault->message);
	put_pair(sheet, "Cause", fault->kind->cause);
	put_pair(sheet, "File", fault->path);
	put_pair(sheet, "Mend", fault->mend);
	put_pair(sheet, "By", by(fault_mended(html->arena, fault)));
	text_puts(html->out, "</dl></li>\n");
}

static void put_group(struct sheet *sheet, const struct faults *faults, enum fault_group group)
{
	struct html *html = &sheet->html;
	size_t count = 0;

	for (size_t i = 0; i < faults->count; i++)
		count += fault_group_of(&faults->items[i]) == group;
	if (count == 0)
		return;
	if (group == GROUP_LEFT_OVER)
		html_printf(html, "<details class=\"more\"><summary>%s: %zu</summary>", heads[group], count);
	html_printf(html, "<h3>%s</h3>\n<ul class=\"faults\">\n", heads[group]);
	for (size_t i = 0; i < faults->count; i++)
		if (fault_group_of(&faults->items[i]) == group)
			put_fault(sheet, &faults->items[i]);
	text_puts(html->out, group == GROUP_LEFT_OVER ? "</ul></details>\n" : "</ul>\n");
}

static void put_notes(struct sheet *sheet, const char *head, enum tone tone, const struct strings *notes)
{
	struct html *html = &sheet->html;

	if (notes->count == 0)
		return;
	html_printf(html, "<h3>%s</h3><ul class=\"notes\">", head);
	for (size_t i = 0; i < notes->count; i++) {
		html_printf(html, "<li class=\"%s\">", tone_name(tone));
		part_sign(sheet, tone);
		text_puts(html->out, "<span>");
		html_prose(html, notes->items[i]);
		text_puts(html->out, "</span></li>");
	}
	text_puts(html->out, "</ul>\n");
}

/* Many, as a rule, and nothing is to be done about them: names, one after the other. */
static void put_unmanaged(struct sheet *sheet, const struct strings *unmanaged)
{
	struct strings one = {0};

	if (unmanaged->count > 0)
		strings_add(sheet->html.arena, &one, strings_join(sheet->html.arena, unmanaged, ", "));
	put_notes(sheet, "Unmanaged, left alone", TONE_QUIET, &one);
}

static void put_held(struct sheet *sheet)
{
	if (!sheet->options->held)
		return;
	text_puts(sheet->html.out, "<p class=\"held bad\">");
	part_sign(sheet, TONE_BAD);
	text_puts(sheet->html.out, "<span><strong>Held.</strong> ");
	html_prose(&sheet->html, sheet->options->held);
	text_puts(sheet->html.out, "</span></p>\n");
}

void part_health(struct sheet *sheet)
{
	const struct page_content *content = sheet->content;
	const struct plan *plan = content->plan;
	CLEANUP_TEXT struct text aside = TEXT_INIT;

	if (!content->live)
		return;
	words_count(&aside, sheet->faults, "fault");
	if (content->live_is)
		text_printf(&aside, ", %s", content->live_is);
	part_begin(sheet, "health", "Health", text_string(&aside));
	put_held(sheet);
	if (sheet->faults == 0) {
		text_puts(sheet->html.out, "<p class=\"none good\">");
		part_sign(sheet, TONE_GOOD);
		text_puts(sheet->html.out, "<span>No faults found.</span></p>\n");
	}
	for (enum fault_group group = GROUP_BROKEN; group < GROUP_COUNT; group++)
		put_group(sheet, &content->live->faults, group);
	if (!content->record)
		put_next(sheet, &content->live->faults);
	if (plan && !content->record)
		put_notes(sheet, "Could not be observed", TONE_UNKNOWN, &plan->unknown);
	if (plan)
		put_unmanaged(sheet, &plan->unmanaged);
	part_end(sheet);
}

void part_failures(struct sheet *sheet)
{
	const struct diagnostics *failures = sheet->content->failures;
	struct html *html = &sheet->html;

	if (!failures || failures->count == 0)
		return;
	part_begin(sheet, "failed", "What went wrong", "");
	text_puts(html->out, "<ul class=\"faults\">\n");
	for (size_t i = 0; i < failures->count; i++) {
		const struct error *error = &failures->items[i];

		text_puts(html->out, "<li class=\"fault bad\"><p>");
		part_sign(sheet, TONE_BAD);
		if (*error->file)
			html_printf(html, "<span class=\"code\">%s:%d</span> ", error->file, error->line);
		html_prose(html, error->message);
		text_puts(html->out, "</p>");
		if (*error->hint) {
			text_puts(html->out, "<p class=\"hint\">");
			html_prose(html, error->hint);
			text_puts(html->out, "</p>");
		}
		text_puts(html->out, "</li>\n");
	}
	text_puts(html->out, "</ul>\n");
	part_end(sheet);
}
