/* A plan as Markdown for a comment on a pull request: a summary, then a folded block per change. */
#include "report/plan_forms.h"
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
void markdown_put(struct buffer *out, const char *text, bool code)
{
	for (const char *at = text; *at; at++) {
		if (strchr("\\`*_{}[]()<>#+!|&~\"'", *at))
			buffer_printf(out, "&#%d;", *at);
		else
			buffer_append(out, at, 1);
		if (!code && begins_link(text, at))
			buffer_puts(out, "&#8203;");
	}
}

static void put_code(struct page *page, const char *text)
{
	if (!text)
		return;
	buffer_puts(page->out, "<code>");
	markdown_put(page->out, page_safe(page, text), true);
	buffer_puts(page->out, "</code>");
}

static void put_prose(struct page *page, const char *text)
{
	markdown_put(page->out, page_safe(page, text), false);
}

static void put_field(struct page *page, const struct field_change *field)
{
	buffer_puts(page->out, "| ");
	put_code(page, field->path);
	buffer_puts(page->out, " | ");
	put_code(page, field->before);
	buffer_puts(page->out, " | ");
	put_code(page, field->after);
	buffer_puts(page->out, " | ");
	if (field->forces_replacement)
		buffer_puts(page->out, field->note ? "**forces replacement**; " : "**forces replacement**");
	put_prose(page, field->note);
	buffer_puts(page->out, " |\n");
}

static void put_change_body(struct page *page, const struct change *change)
{
	const char *source = source_words(page->arena, &change->source);

	if (change->field_count > 0)
		buffer_puts(page->out, "| field | before | after | |\n|---|---|---|---|\n");
	for (size_t i = 0; i < change->field_count; i++)
		put_field(page, &change->fields[i]);
	if (change->field_count > 0)
		buffer_puts(page->out, "\n");
	if (change->cache != CACHE_NONE || change->cache_note) {
		buffer_puts(page->out, "Cache: ");
		put_prose(page, change->cache_note ? change->cache_note : cache_effect_name(change->cache));
		buffer_puts(page->out, "\n\n");
	}
	if (change->blocked) {
		buffer_puts(page->out, "**Blocked**: ");
		put_prose(page, change->blocked);
		buffer_puts(page->out, "\n\n");
	}
	if (page->options->verbose)
		for (size_t i = 0; i < change->step_count; i++) {
			buffer_printf(page->out, "%zu. ", i + 1);
			markdown_put(page->out, step_words(page->arena, &change->steps[i]), false);
			buffer_puts(page->out, i + 1 < change->step_count ? "\n" : "\n\n");
		}
	if (source) {
		buffer_puts(page->out, "Asked for at ");
		put_code(page, source);
		buffer_puts(page->out, "\n\n");
	}
}

static void put_change(const struct change *change, const struct report_options *options, struct buffer *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	buffer_puts(out, "<details><summary>");
	put_code(&page, action_kind(change->action)->symbol);
	buffer_puts(out, " <b>");
	put_code(&page, change->address);
	buffer_printf(out, "</b> %s: ", action_kind(change->action)->name);
	put_prose(&page, change->reason);
	if (change->cache == CACHE_LOST)
		buffer_puts(out, " <b>(cache lost)</b>");
	buffer_puts(out, "</summary>\n\n");
	put_change_body(&page, change);
	buffer_puts(out, "</details>\n\n");
}

static void put_list(struct page *page, const char *title, const struct strings *list)
{
	if (list->count == 0)
		return;
	buffer_printf(page->out, "**%s**\n\n", title);
	for (size_t i = 0; i < list->count; i++) {
		buffer_puts(page->out, "- ");
		put_code(page, list->items[i]);
		buffer_puts(page->out, "\n");
	}
	buffer_puts(page->out, "\n");
}

static void put_fault(struct page *page, const struct fault *fault)
{
	buffer_puts(page->out, "| ");
	put_code(page, fault->kind->code);
	buffer_puts(page->out, " | ");
	put_code(page, fault->subject);
	buffer_puts(page->out, " | ");
	put_prose(page, fault->message);
	buffer_puts(page->out, " | ");
	put_prose(page, fault->mend);
	buffer_puts(page->out, " |\n");
}

static void put_faults(struct page *page, const struct plan *plan)
{
	const struct faults *faults = &plan->faults;
	size_t open = plan_open_faults(plan), orphans = plan_orphans(plan);

	if (open > 0)
		buffer_puts(page->out, "**Faults found that this plan does not mend**\n\n| fault | where | seen | mend "
				       "|\n|---|---|---|---|\n");
	for (size_t i = 0; i < faults->count; i++)
		if (fault_is_open(plan, &faults->items[i]))
			put_fault(page, &faults->items[i]);
	if (open > 0)
		buffer_puts(page->out, "\n");
	if (orphans > 0)
		buffer_printf(page->out,
			      "Orphans, left alone: %zu containers or volumes that no builder of this store names.\n\n",
			      orphans);
}

void plan_markdown(const struct plan *plan, const struct report_options *options, struct buffer *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	buffer_puts(out, "### reconcile");
	if (plan->subject) {
		buffer_puts(out, ": ");
		put_prose(&page, plan->subject);
	}
	buffer_puts(out, "\n\n**");
	plan_summary(plan, out);
	buffer_puts(out, "**\n\n");
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
		buffer_puts(
			out,
			"_This plan is speculative: it was not made from what lives there and cannot be applied._\n");
}
