/* A plan or a record: each change with why, its fields before and after, and what becomes of the cache. */
#include "report/page_parts.h"

#include "base/count.h"
#include "report/lines.h"
#include "report/place.h"
#include "report/result.h"
#include "report/words.h"

#include <string.h>

static bool has_lines(const char *text)
{
	return text && strchr(text, '\n');
}

static void put_lines(struct sheet *sheet, const char *element, const char *sign, struct line_range range)
{
	struct html *html = &sheet->html;

	while (range.text < range.end) {
		const char *line;
		size_t length = lines_next(&range, &line);

		text_printf(html->out, "<%s>%s ", element, sign);
		html_text(html, arena_strndup(html->arena, line, length));
		text_printf(html->out, "\n</%s>", element);
	}
}

static void put_block(struct sheet *sheet, const struct field_change *field)
{
	struct line_range before, after;

	lines_that_differ(field->before, field->after, &before, &after);
	text_puts(sheet->html.out, "<pre class=\"lines\" tabindex=\"0\">");
	put_lines(sheet, "del", "−", before);
	put_lines(sheet, "ins", "+", after);
	text_puts(sheet->html.out, "</pre>");
}

static void put_values(struct sheet *sheet, const struct field_change *field)
{
	struct html *html = &sheet->html;

	if (field->before)
		html_printf(html, "<del><span class=\"unseen\">before: </span>%s</del>",
			    *field->before ? field->before : "\"\"");
	if (field->before && field->after)
		text_puts(html->out, " <span class=\"arrow\" aria-hidden=\"true\">→</span> ");
	if (field->after)
		html_printf(html, "<ins><span class=\"unseen\">after: </span>%s</ins>",
			    *field->after ? field->after : "\"\"");
}

static void put_field(struct sheet *sheet, const struct change *change, const struct field_change *field)
{
	struct html *html = &sheet->html;
	const char *source = field_source_words(html->arena, change, field);
	const char *notes[] = {field->forces_replacement ? "forces replacement" : NULL, field->note,
			       source ? place_words(html->arena, sheet->options, &field->source) : NULL};

	html_printf(html, "<dt>%s</dt><dd>", field->path);
	if (has_lines(field->before) || has_lines(field->after))
		put_block(sheet, field);
	else
		put_values(sheet, field);
	for (size_t i = 0; i < COUNT(notes); i++)
		if (notes[i])
			html_printf(html, " <span class=\"note\">%s</span>", notes[i]);
	text_puts(html->out, "</dd>\n");
}

static void put_fields(struct sheet *sheet, const struct change *change)
{
	if (change->field_count == 0)
		return;
	text_puts(sheet->html.out, "<dl class=\"fields\">\n");
	for (size_t i = 0; i < change->field_count; i++)
		if (!text_ends(change->fields[i].path, ".generation"))
			put_field(sheet, change, &change->fields[i]);
	text_puts(sheet->html.out, "</dl>\n");
}

static void put_sentence(struct sheet *sheet, const char *class, const char *label, const char *text)
{
	if (text_empty(text))
		return;
	html_printf(&sheet->html, "<p class=\"%s\">%s", class, label);
	html_prose(&sheet->html, text);
	text_puts(sheet->html.out, "</p>\n");
}

static void put_steps(struct sheet *sheet, const struct change *change)
{
	struct html *html = &sheet->html;

	if (change->step_count == 0)
		return;
	text_puts(html->out, "<details class=\"steps\"><summary>Steps");
	html_printf(html, "<span class=\"unseen\"> of %s</span></summary><ol>", change->address);
	for (size_t i = 0; i < change->step_count; i++)
		html_printf(html, "<li>%s</li>", step_words(html->arena, &change->steps[i]));
	text_puts(html->out, "</ol></details>\n");
}

static const char *cache_words(const struct change *change)
{
	if (change->cache_note)
		return change->cache_note;
	return change->cache == CACHE_NONE ? NULL : cache_effect_name(change->cache);
}

static void put_outcome(struct sheet *sheet, const struct change_result *result)
{
	if (*result->error->message)
		put_sentence(sheet, "blocked", "", result->error->message);
	if (*result->error->hint)
		put_sentence(sheet, "hint", "", result->error->hint);
	if (*result->note)
		put_sentence(sheet, "detail", "", result->note);
}

static void put_head(struct sheet *sheet, const struct page_content *content, size_t i)
{
	struct html *html = &sheet->html;
	const struct change *change = &content->plan->changes[i];
	const struct action_kind *kind = action_kind(change->action);
	struct said said = change_said(html->arena, content, i);

	html_printf(html, "<summary><span class=\"symbol %s\" aria-hidden=\"true\">%s</span><span class=\"what\">",
		    change_destroys(change) ? "bad" : tone_name(said.tone), kind->symbol);
	html_printf(html, "<b>%s</b> %s%s", change->address, kind->name, text_empty(change->reason) ? "" : ": ");
	html_text(html, change->reason);
	text_puts(html->out, "</span>");
	if (change_destroys(change))
		text_puts(html->out, "<span class=\"pill bad\">destroys</span>");
	if (change->blocked)
		text_puts(html->out, "<span class=\"pill bad\">blocked</span>");
	if (said.words) {
		html_printf(html, "<span class=\"pill %s\">", tone_name(said.tone));
		part_sign(sheet, said.tone);
		html_printf(html, "%s</span>", said.words);
	}
	text_puts(html->out, "</summary>\n");
}

static void put_change(struct sheet *sheet, const struct page_content *content, size_t i)
{
	const struct change *change = &content->plan->changes[i];
	bool failed = content->results && content->results[i].status == CHANGE_FAILED;
	bool open = change_destroys(change) || change->blocked || failed || content->plan->change_count <= 6;

	text_puts(sheet->html.out, open ? "<details class=\"change\" open>" : "<details class=\"change\">");
	put_head(sheet, content, i);
	text_puts(sheet->html.out, "<div class=\"inside\">\n");
	if (content->results)
		put_outcome(sheet, &content->results[i]);
	put_fields(sheet, change);
	put_sentence(sheet, "detail", "", change->detail);
	put_sentence(sheet, "detail", "Cluster: ", change->cluster);
	put_sentence(sheet, change->cache == CACHE_LOST ? "detail lost" : "detail", "Cache: ", cache_words(change));
	if (change->blocked && !text_equal(change->blocked, change->reason))
		put_sentence(sheet, "blocked", "Blocked: ", change->blocked);
	put_sentence(sheet, "source", "Asked for at ",
		     place_words(sheet->html.arena, sheet->options, change_place(change)));
	put_steps(sheet, change);
	text_puts(sheet->html.out, "</div></details>\n");
}

/* What destroys, and what is refused, before the others; else in the plan's order. */
void part_plan(struct sheet *sheet, const struct page_content *content)
{
	const struct plan *plan = content->plan;
	CLEANUP_TEXT struct text sentence = TEXT_INIT;

	plan_summary(plan, &sentence);
	plan_blocked(plan, &sentence);
	html_printf(&sheet->html, "<p class=\"summary\">%s</p>\n", text_string(&sentence));
	for (int first = 1; first >= 0; first--)
		for (size_t i = 0; i < plan->change_count; i++)
			if ((plan->changes[i].blocked || change_destroys(&plan->changes[i])) == first)
				put_change(sheet, content, i);
	for (size_t i = 0; i < plan->notes.count; i++)
		put_sentence(sheet, "detail", "To be known: ", plan->notes.items[i]);
	put_sentence(sheet, "detail", "", plan_basis(sheet->html.arena, plan, sheet->options->now));
}

static void put_term(struct sheet *sheet, const char *term, const char *text)
{
	if (!text_empty(text))
		html_printf(&sheet->html, "<div><dt>%s</dt><dd>%s</dd></div>", term, text);
}

/* Who, when, where, what asked for it. */
static void put_circumstances(struct sheet *sheet, const struct record *record)
{
	struct arena *arena = sheet->html.arena;

	text_puts(sheet->html.out, "<dl class=\"facts\">");
	put_term(sheet, "Record", record->id);
	put_term(sheet, "Subject", record->subject);
	put_term(sheet, "Status", record->status);
	put_term(sheet, "Begun", time_words(arena, record->began));
	put_term(sheet, "Took", arena_printf(arena, "%lld s", (long long)(record->when - record->began)));
	put_term(sheet, "By", record->user);
	put_term(sheet, "On", record->host);
	put_term(sheet, "State commit", record->state_commit);
	put_term(sheet, "Plan", record->plan_id);
	text_puts(sheet->html.out, "</dl>\n<p class=\"detail\">Back to what was before it, this and every later record "
				   "undone:</p>\n");
	html_printf(&sheet->html, "<pre class=\"run\"><code>%s</code></pre>\n", record_back(arena, record));
}

/* Of a run that did not do all it should: what became of it, and the command that goes on. */
static void put_going_on(struct sheet *sheet)
{
	const struct page_content *content = sheet->content;
	struct html *html = &sheet->html;
	CLEANUP_TEXT struct text words = TEXT_INIT, rest = TEXT_INIT;

	if (!content->results || content->record || result_headline(content->plan, content->results, &words, &rest))
		return;
	if (sheet->options->note) {
		text_puts(html->out, "<p class=\"after\">");
		html_lines(html, sheet->options->note);
		text_puts(html->out, "</p>\n");
	}
	html_printf(html, "<p class=\"detail\">To go on:</p>\n<pre class=\"run\"><code>%s</code></pre>\n",
		    result_command(html->arena, content->plan, sheet->options));
}

void part_changes(struct sheet *sheet)
{
	const struct page_content *content = sheet->content;
	CLEANUP_TEXT struct text aside = TEXT_INIT;

	if (!content->plan)
		return;
	words_count(&aside, content->plan->change_count, "change");
	part_begin(sheet, "changes", page_is_of_deeds(content) ? "What was done" : "Plan", text_string(&aside));
	if (content->record)
		put_circumstances(sheet, content->record);
	put_going_on(sheet);
	part_plan(sheet, content);
	part_end(sheet);
}

void part_machines(struct sheet *sheet)
{
	const struct machine_plans *machines = sheet->content->machines;
	struct arena *arena = sheet->html.arena;

	for (size_t i = 0; machines && i < machines->count; i++) {
		const struct machine_plan *machine = &machines->items[i];
		struct page_content own = {.plan = machine->plan};
		const char *host = machine->plan->taken.host ? machine->plan->taken.host : machine->file;

		CLEANUP_TEXT struct text aside = TEXT_INIT;
		words_count(&aside, machine->plan->change_count, "change");
		part_begin(sheet, arena_printf(arena, "machine-%zu", i + 1), host, text_string(&aside));
		part_plan(sheet, &own);
		part_end(sheet);
	}
}
