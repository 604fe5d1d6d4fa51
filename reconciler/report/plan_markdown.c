/* A plan as Markdown for a comment on a pull request: a summary, then a folded block per change. */
#include "report/plan_markdown.h"

#include "report/style.h"
#include "report/words.h"

#include <ctype.h>
#include <string.h>

static bool follows(const char *start, const char *at, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(at - start) >= length && strncasecmp(at - length, word, length) == 0;
}

/* What GitHub makes links of in prose, never in code: mentions, issues, addresses (github.com/github/markup, and
 * gfm.github.com, 6.9: extended autolinks). It looks at the text as it is shown, so that a character reference is not
 * enough: a blank of no width is put behind what begins it. */
static bool begins_link(const char *start, const char *at)
{
	bool word = at == start || !isalnum((unsigned char)at[-1]);

	switch (*at) {
	case '@':
	case '#':
		return true;
	case ':':
		return follows(start, at, "http") || follows(start, at, "https") || follows(start, at, "ftp") ||
		       follows(start, at, "mailto") || follows(start, at, "xmpp");
	case '.':
		return follows(start, at, "www");
	case 'G':
	case 'g':
		return word && strncasecmp(at, "GH-", 3) == 0 && isdigit((unsigned char)at[3]);
	default:
		return false;
	}
}

/* Punctuation becomes character references: by CommonMark these are never taken as structure, inside HTML tags neither.
 */
void markdown_put(struct text *out, const char *text, bool code)
{
	for (const char *at = text; *at; at++) {
		if (strchr("\\`*_{}[]()<>#+!|&~\"'", *at))
			text_printf(out, "&#%d;", *at);
		else
			text_append(out, at, 1);
		if (!code && begins_link(text, at))
			text_puts(out, "&#8203;");
	}
}

static void put_code(struct page *page, const char *text)
{
	if (!text)
		return;
	text_puts(page->out, "<code>");
	markdown_put(page->out, page_safe(page, text), true);
	text_puts(page->out, "</code>");
}

static void put_prose(struct page *page, const char *text)
{
	markdown_put(page->out, page_safe(page, text), false);
}

static void put_field(struct page *page, const struct field_change *field)
{
	text_puts(page->out, "| ");
	put_code(page, field->path);
	text_puts(page->out, " | ");
	put_code(page, field->before);
	text_puts(page->out, " | ");
	put_code(page, field->after);
	text_puts(page->out, " | ");
	if (field->forces_replacement)
		text_puts(page->out, field->note ? "**forces replacement**; " : "**forces replacement**");
	put_prose(page, field->note);
	text_puts(page->out, " |\n");
}

static void put_change_body(struct page *page, const struct change *change)
{
	const char *source = source_words(page->arena, &change->source);

	if (change->field_count > 0)
		text_puts(page->out, "| field | before | after | |\n|---|---|---|---|\n");
	for (size_t i = 0; i < change->field_count; i++)
		put_field(page, &change->fields[i]);
	if (change->field_count > 0)
		text_puts(page->out, "\n");
	if (change->cache != CACHE_NONE || change->cache_note) {
		text_puts(page->out, "Cache: ");
		put_prose(page, change->cache_note ? change->cache_note : cache_effect_name(change->cache));
		text_puts(page->out, "\n\n");
	}
	if (change->blocked) {
		text_puts(page->out, "**Blocked**: ");
		put_prose(page, change->blocked);
		text_puts(page->out, "\n\n");
	}
	if (page->options->verbose)
		for (size_t i = 0; i < change->step_count; i++) {
			text_printf(page->out, "%zu. ", i + 1);
			markdown_put(page->out, step_words(page->arena, &change->steps[i]), false);
			text_puts(page->out, i + 1 < change->step_count ? "\n" : "\n\n");
		}
	if (source) {
		text_puts(page->out, "Asked for at ");
		put_code(page, source);
		text_puts(page->out, "\n\n");
	}
}

static void put_change(const struct change *change, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	text_puts(out, "<details><summary>");
	put_code(&page, action_kind(change->action)->symbol);
	text_puts(out, " <b>");
	put_code(&page, change->address);
	text_printf(out, "</b> %s: ", action_kind(change->action)->name);
	put_prose(&page, change->reason);
	if (change->cache == CACHE_LOST)
		text_puts(out, " <b>(cache lost)</b>");
	text_puts(out, "</summary>\n\n");
	put_change_body(&page, change);
	text_puts(out, "</details>\n\n");
}

static void put_list(struct page *page, const char *title, const struct strings *list)
{
	if (list->count == 0)
		return;
	text_printf(page->out, "**%s**\n\n", title);
	for (size_t i = 0; i < list->count; i++) {
		text_puts(page->out, "- ");
		put_code(page, list->items[i]);
		text_puts(page->out, "\n");
	}
	text_puts(page->out, "\n");
}

static void put_fault(struct page *page, const struct fault *fault)
{
	text_puts(page->out, "| ");
	put_code(page, fault->kind->code);
	text_puts(page->out, " | ");
	put_code(page, fault->subject);
	text_puts(page->out, " | ");
	put_prose(page, fault->message);
	text_puts(page->out, " | ");
	put_prose(page, fault->mend);
	text_puts(page->out, " |\n");
}

static void put_faults(struct page *page, const struct plan *plan)
{
	const struct faults *faults = &plan->faults;
	size_t open = plan_open_faults(plan), orphans = plan_orphans(plan);

	if (open > 0)
		text_puts(page->out, "**Faults found that this plan does not mend**\n\n| fault | where | seen | mend "
				     "|\n|---|---|---|---|\n");
	for (size_t i = 0; i < faults->count; i++)
		if (fault_is_open(plan, &faults->items[i]))
			put_fault(page, &faults->items[i]);
	if (open > 0)
		text_puts(page->out, "\n");
	if (orphans > 0)
		text_printf(page->out,
			    "Orphans, left alone: %zu containers or volumes that no builder of this store names.\n\n",
			    orphans);
}

void plan_markdown(const struct plan *plan, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	text_puts(out, "### reconcile");
	if (plan->subject) {
		text_puts(out, ": ");
		put_prose(&page, plan->subject);
	}
	text_puts(out, "\n\n**");
	plan_summary(plan, out);
	text_puts(out, "**\n\n");
	if (options->quiet)
		return;
	for (size_t i = 0; i < plan->change_count; i++)
		put_change(&plan->changes[i], options, out);
	put_faults(&page, plan);
	put_list(&page, "Unmanaged, left alone", &plan->unmanaged);
	put_list(&page,
		 plan->complete ? "Could not be observed, not needed for this plan"
				: "Plan is incomplete: could not observe",
		 &plan->unknown);
	if (plan->speculative)
		text_puts(out,
			  "_This plan is speculative: it was not made from what lives there and cannot be applied._\n");
}
