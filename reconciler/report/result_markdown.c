/* The outcome of an apply as Markdown: what failed, with the words that it failed with, before what is done. */
#include "report/result_markdown.h"

#include "base/count.h"
#include "report/comment.h"
#include "report/markdown.h"
#include "report/plan_markdown.h"
#include "report/result.h"
#include "report/words.h"

#include <ctype.h>

enum { END_ROOM = 8000, VALUE_MAX = 1000 };

/* What failed, then what was not begun, then what is done. */
static const enum change_status order[] = {CHANGE_FAILED, CHANGE_PENDING, CHANGE_SKIPPED, CHANGE_DONE};

static void put_failure(struct page *page, const struct change_result *result)
{
	CLEANUP_TEXT struct text lines = TEXT_INIT;
	const struct error *error = result->error;

	text_printf(&lines, "%s\n", *error->message ? page_safe(page, error->message) : "failed");
	if (*error->hint)
		text_printf(&lines, "hint: %s\n", page_safe(page, error->hint));
	if (*result->note)
		text_printf(&lines, "%s\n", page_safe(page, result->note));
	markdown_block(page->out, "text", text_string(&lines));
	text_puts(page->out, "\n");
}

/* "- ✓ `builder.ci` created": what failed has a paragraph, and a block below it. */
static void put_change(struct page *page, const struct change *change, const struct change_result *result)
{
	const char *past = change_past(change->address, change->action);

	text_puts(page->out, result->status == CHANGE_FAILED ? "✗ " : result->status == CHANGE_DONE ? "- ✓ " : "- ");
	markdown_code(page->out, page_safe(page, change->address));
	text_printf(page->out,
		    result->status == CHANGE_FAILED ? " not %s\n\n"
		    : result->status == CHANGE_DONE ? " %s"
						    : " not begun",
		    past);
	if (result->status == CHANGE_FAILED) {
		put_failure(page, result);
		return;
	}
	if (*result->note) {
		text_puts(page->out, ": ");
		markdown_prose(page->out, text_shortened(page->arena, page_safe(page, result->note), VALUE_MAX));
	}
	text_puts(page->out, "\n");
}

static void put_changes(struct comment *comment, const struct plan *plan, const struct change_result *results)
{
	struct page *page = comment->page;
	size_t told = 0;

	for (size_t k = 0; k < COUNT(order); k++)
		for (size_t i = 0; i < plan->change_count; i++) {
			size_t length = page->out->length;

			if (results[i].status != order[k])
				continue;
			put_change(page, &plan->changes[i], &results[i]);
			if (!comment_fits(comment, 0, END_ROOM)) {
				text_cut(page->out, length);
				text_printf(page->out, "- … and %zu more, left out to fit here: `reconcile --show`\n",
					    plan->change_count - told);
				return;
			}
			told++;
		}
}

static void put_going_on(struct page *page, const struct plan *plan)
{
	const struct report_options *options = page->options;

	if (options->note) {
		const char *note = text_printable(page->arena, options->note, true);

		text_puts(page->out, "\n");
		markdown_block(page->out, "text", text_shortened(page->arena, note, VALUE_MAX));
	}
	text_puts(page->out, "\nTo go on: ");
	markdown_code(page->out, text_shortened(page->arena, result_command(page->arena, plan, options), VALUE_MAX));
	text_puts(page->out, "\n");
}

void result_markdown(const struct plan *plan, const struct change_result *results, const struct report_options *options,
		     struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text words = TEXT_INIT, rest = TEXT_INIT;
	struct page page = {.out = out, .options = options, .arena = arena};
	struct comment comment = {.page = &page};
	bool complete = result_headline(plan, results, &words, &rest);

	/* In the middle of a line, and without the full stop of a sentence. */
	words.data[0] = (char)tolower((unsigned char)words.data[0]);
	text_append(&words, text_string(&rest), rest.length - 1);
	comment_begin(&comment, text_string(&words), plan->subject, &plan->state_files);
	if (options->quiet)
		return;
	put_changes(&comment, plan, results);
	if (!complete)
		put_going_on(&page, plan);
	text_puts(out, "\n**What was planned**\n\n");
	plan_markdown_changes(&comment, plan, false, 0);
	text_cut(out, out->length - 1); /* one blank line less at the end */
}
