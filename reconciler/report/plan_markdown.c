/* A plan as Markdown for a comment on a pull request: what destroys first and open, the rest folded, and each change a
 * block that reads like a difference of two files. */
#include "report/plan_markdown.h"

#include "base/count.h"
#include "report/comment.h"
#include "report/lines.h"
#include "report/markdown.h"
#include "report/place.h"
#include "report/style.h"
#include "report/words.h"

#include <string.h>

enum {
	PATH_COLUMNS = 56,
	VALUE_MAX = 1000,    /* bytes of one value, or of one line of it */
	CHANGE_MAX = 16000,  /* bytes of one change's fields */
	LIST_MAX = 6000,     /* bytes of what follows the changes, each kind */
	LEFT_OUT_ROOM = 600, /* bytes of the sentence that says what is left out */
};

/* Foreign text of one line, for a block of code. */
static const char *shown(struct page *page, const char *text)
{
	return *text ? text_shortened(page->arena, page_safe(page, text), VALUE_MAX) : "\"\"";
}

/* In the change's own file the line is enough. */
static const char *line_words(struct page *page, const struct change *change, const struct field_change *field)
{
	if (!field_source_words(page->arena, change, field))
		return NULL;
	if (!text_equal(field->source.file, change_place(change)->file))
		return place_words(page->arena, page->options, &field->source);
	return arena_printf(page->arena, "line %d%s", field->source.line, field->source.inherited ? " (defaults)" : "");
}

static void put_notes(struct page *page, const struct change *change, const struct field_change *field)
{
	const char *source = line_words(page, change, field);
	const char *notes[] = {field->forces_replacement ? "forces replacement" : NULL, field->note, source};
	const char *separator = "   # ";

	for (size_t i = 0; i < COUNT(notes); i++) {
		if (!notes[i])
			continue;
		text_printf(page->out, "%s%s", separator, page_safe(page, notes[i]));
		separator = "; ";
	}
	text_puts(page->out, "\n");
}

static void put_lines(struct page *page, const char *sign, struct line_range range)
{
	while (range.text < range.end) {
		const char *line;
		size_t length = lines_next(&range, &line);

		line = arena_strndup(page->arena, line, length);
		text_printf(page->out, "%s %s\n", sign, text_shortened(page->arena, page_safe(page, line), VALUE_MAX));
	}
}

static void put_line_of_field(struct page *page, const char *sign, const char *path, int columns, const char *value)
{
	text_printf(page->out, "%s %s", sign, path);
	page_pad(page, columns - text_columns(path));
	text_printf(page->out, "  %s", shown(page, value));
}

static bool has_lines(const char *text)
{
	return text && strchr(text, '\n');
}

static void put_field(struct page *page, const struct change *change, const struct field_change *field, int columns)
{
	const char *path = page_safe(page, field->path);

	if (has_lines(field->before) || has_lines(field->after)) {
		struct line_range before, after;

		lines_that_differ(field->before, field->after, &before, &after);
		text_printf(page->out, "  %s", path);
		put_notes(page, change, field);
		put_lines(page, "-", before);
		put_lines(page, "+", after);
		return;
	}
	if (field->before)
		put_line_of_field(page, "-", path, columns, field->before);
	if (field->before && field->after)
		text_puts(page->out, "\n");
	if (field->after)
		put_line_of_field(page, "+", path, columns, field->after);
	put_notes(page, change, field);
}

static void put_fields(struct page *page, const struct change *change)
{
	size_t begin = page->out->length;
	int columns = 0;

	for (size_t i = 0; i < change->field_count; i++) {
		int width = text_columns(page_safe(page, change->fields[i].path));
		columns = width <= PATH_COLUMNS && width > columns ? width : columns;
	}
	for (size_t i = 0; i < change->field_count; i++) {
		size_t length = page->out->length;

		put_field(page, change, &change->fields[i], columns);
		if (page->out->length - begin <= CHANGE_MAX)
			continue;
		text_cut(page->out, length);
		text_puts(page->out, "# … and ");
		words_count(page->out, change->field_count - i, "more field");
		text_puts(page->out, "\n");
		return;
	}
}

/* What stands in the block of a change; "" when its title says it all. */
static void put_block(struct page *page, const struct change *change)
{
	const char *source = place_words(page->arena, page->options, change_place(change));
	const char *cache = change->cache_note ? change->cache_note : cache_effect_name(change->cache);

	if (change->field_count == 0 && change->action == ACTION_REMOVE)
		text_printf(page->out, "- %s\n", page_safe(page, change->address));
	put_fields(page, change);
	if (change->cluster)
		text_printf(page->out, "# cluster: %s\n", shown(page, change->cluster));
	if (change->cache != CACHE_NONE || change->cache_note)
		text_printf(page->out, "%s cache: %s\n", change->cache == CACHE_LOST ? "!" : "#", shown(page, cache));
	if (change->blocked)
		text_printf(page->out, "! blocked: %s\n", shown(page, change->blocked));
	for (size_t i = 0; page->options->verbose && i < change->step_count; i++)
		text_printf(page->out, "# %s%zu. %s\n", i == 0 ? "steps: " : "       ", i + 1,
			    step_words(page->arena, &change->steps[i]));
	if (source)
		text_printf(page->out, "# asked for at %s\n", source);
}

/* "`-/+ builder.ci` replace: image changed, cache kept" */
static void put_title(struct page *page, const struct change *change, void (*code)(struct text *, const char *),
		      void (*prose)(struct text *, const char *))
{
	const struct action_kind *kind = action_kind(change->action);

	code(page->out, arena_printf(page->arena, "%s %s", kind->symbol, page_safe(page, change->address)));
	text_printf(page->out, " %s", kind->name);
	if (!text_empty(change->reason)) {
		text_puts(page->out, ": ");
		prose(page->out, text_shortened(page->arena, page_safe(page, change->reason), VALUE_MAX));
	}
	if (change->cache != CACHE_NONE)
		text_printf(page->out, ", cache %s", cache_effect_name(change->cache));
	if (change->blocked)
		text_puts(page->out, ", blocked");
}

/* A sentence is no line of a block: it is wrapped where it is read. */
static void put_detail(struct page *page, const char *separator, const struct change *change)
{
	if (!change->detail)
		return;
	text_puts(page->out, separator);
	markdown_prose(page->out, shown(page, change->detail));
}

/* One change into out, open or folded. */
static void put_change(const struct change *change, const struct report_options *options, bool open, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text block = TEXT_INIT;
	struct page page = {.out = &block, .options = options, .arena = arena};

	put_block(&page, change);
	page.out = out;
	if (block.length == 0) {
		put_title(&page, change, markdown_code, markdown_prose);
		put_detail(&page, "; ", change);
		text_puts(out, "\n\n");
		return;
	}
	text_printf(out, "<details%s><summary>", open ? " open" : "");
	put_title(&page, change, markdown_html_code, markdown_html_prose);
	text_puts(out, "</summary>\n\n");
	markdown_block(out, "diff", text_string(&block));
	put_detail(&page, "\n", change);
	text_puts(out, change->detail ? "\n\n</details>\n\n" : "\n</details>\n\n");
}

/* Those of the rest that are left out, by what they would do. */
static void put_left_out(struct page *page, const struct change *const *rest, size_t count)
{
	const char *separator = " (";

	text_puts(page->out, "**… and ");
	words_count(page->out, count, "more change");
	for (enum action action = ACTION_CREATE; action < ACTION_COUNT; action++) {
		size_t alike = 0;

		for (size_t i = 0; i < count; i++)
			alike += rest[i]->action == action;
		if (alike > 0) {
			text_printf(page->out, "%s%zu %s", separator, alike, action_kind(action)->summary);
			separator = ", ";
		}
	}
	text_puts(page->out, "), left out to fit here.** All of it: ");
	markdown_code(page->out,
		      text_shortened(page->arena,
				     page_safe(page, page->options->again ? page->options->again : "reconcile --plan"),
				     VALUE_MAX / 4));
	text_puts(page->out, "\n\n");
}

/* What destroys, and what is refused, before the others; else in the plan's order. */
static const struct change **in_order(struct arena *arena, const struct plan *plan, size_t *ret_open)
{
	const struct change **order = ARENA_ARRAY(arena, const struct change *, plan->change_count + 1);
	size_t count = 0;

	for (int first = 1; first >= 0; first--) {
		for (size_t i = 0; i < plan->change_count; i++) {
			const struct change *change = &plan->changes[i];

			if ((change->blocked || change_destroys(change)) == first)
				order[count++] = change;
		}
		if (first)
			*ret_open = count;
	}
	return order;
}

void plan_markdown_changes(struct comment *comment, const struct plan *plan, bool open_first, size_t last)
{
	struct page *page = comment->page;
	size_t open;
	const struct change **order = in_order(page->arena, plan, &open);

	for (size_t i = 0; i < plan->change_count; i++) {
		CLEANUP_TEXT struct text part = TEXT_INIT;
		bool is_last = i + 1 == plan->change_count;

		put_change(order[i], page->options, open_first && i < open, &part);
		if (!comment_fits(comment, part.length, last + (is_last ? 0 : LEFT_OUT_ROOM))) {
			put_left_out(page, order + i, plan->change_count - i);
			return;
		}
		text_append(page->out, part.data, part.length);
	}
}

/* Ends a list that has grown too long: true when item `at` of `count` is no more. */
static bool list_ends(struct page *page, size_t begin, size_t before, size_t at, size_t count)
{
	if (page->out->length - begin <= LIST_MAX)
		return false;
	text_cut(page->out, before);
	text_printf(page->out, "- … and %zu more\n", count - at);
	return true;
}

static void put_list(struct page *page, const char *title, const struct strings *list)
{
	size_t begin = page->out->length;

	if (list->count == 0)
		return;
	text_printf(page->out, "**%s**\n\n", title);
	for (size_t i = 0; i < list->count; i++) {
		size_t before = page->out->length;

		text_puts(page->out, "- ");
		markdown_prose(page->out, shown(page, list->items[i]));
		text_puts(page->out, "\n");
		if (list_ends(page, begin, before, i, list->count))
			break;
	}
	text_puts(page->out, "\n");
}

static void put_unknown(struct page *page, const struct plan *plan)
{
	struct strings told = {0};

	for (size_t i = 0; i < plan->unknown.count; i++) {
		const char *unknown = plan->unknown.items[i], *mend = unknown_mend(page->arena, plan, unknown);

		strings_add(page->arena, &told,
			    mend ? arena_printf(page->arena, "%s; mend: %s", unknown, mend) : unknown);
	}
	put_list(page,
		 plan->complete ? "Could not be observed, not needed for this plan"
				: "Plan is incomplete: could not observe",
		 &told);
}

static void put_fault(struct page *page, const struct fault *fault)
{
	text_puts(page->out, "- ");
	markdown_code(page->out, fault->kind->code);
	text_puts(page->out, " ");
	markdown_code(page->out, shown(page, fault->subject));
	text_puts(page->out, ": ");
	markdown_prose(page->out, shown(page, fault->message));
	if (fault->mend) {
		text_puts(page->out, "; mend: ");
		markdown_prose(page->out, shown(page, fault->mend));
	}
	text_puts(page->out, "\n");
}

static void put_faults(struct page *page, const struct plan *plan)
{
	struct open_faults open = plan_open_faults(page->arena, plan);
	size_t orphans = plan_orphans(plan), begin = page->out->length;

	if (open.count > 0)
		text_puts(page->out, "**Faults found that this plan does not mend**\n\n");
	for (size_t i = 0; i < open.count; i++) {
		size_t before = page->out->length;

		put_fault(page, open.items[i]);
		if (list_ends(page, begin, before, i, open.count))
			break;
	}
	if (open.count > 0)
		text_puts(page->out, "\n");
	if (orphans > 0)
		text_printf(page->out,
			    "Orphans, left alone: %zu, containers and volumes that no builder of this store names.\n\n",
			    orphans);
}

/* What comes below the changes, made first so that there is room for it. */
static void put_end(struct page *page, const struct plan *plan)
{
	put_faults(page, plan);
	put_list(page, "Unmanaged, left alone", &plan->unmanaged);
	put_unknown(page, plan);
	put_list(page, "To be known", &plan->notes);
	const char *basis = plan_basis(page->arena, plan, page->options->now);
	if (basis) {
		text_puts(page->out, "_");
		markdown_prose(page->out, basis);
		text_puts(page->out, "._\n");
	}
}

/* "2 to replace (cache kept), 1 to remove", "no changes", "blocked: …" */
static void put_words(const struct plan *plan, struct text *out)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (plan->changes[i].blocked) {
			text_puts(out, "blocked: ");
			break;
		}
	if (plan->change_count > 0)
		plan_counts(plan, false, out);
	else
		text_puts(out, plan->complete ? "no changes" : "incomplete");
}

/* Why an apply of it would be refused. */
static void put_refusals(struct page *page, const struct plan *plan)
{
	CLEANUP_TEXT struct text blocked = TEXT_INIT;

	if (page->options->held) {
		text_puts(page->out, "**Held**: ");
		markdown_prose(page->out, shown(page, page->options->held));
		text_puts(page->out, "\n\n");
	}
	plan_blocked(plan, &blocked);
	if (blocked.length == 0)
		return;
	markdown_prose(page->out, shown(page, text_string(&blocked)));
	text_puts(page->out, "\n\n");
}

void plan_markdown(const struct plan *plan, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text words = TEXT_INIT, end = TEXT_INIT;
	struct page page = {.out = &end, .options = options, .arena = arena};
	struct comment comment = {.page = &page};

	if (!options->quiet)
		put_end(&page, plan);
	page.out = out;
	put_words(plan, &words);
	const char *subject =
		plan->against ? arena_printf(arena, "against %s", shown(&page, plan->against)) : plan->subject;
	comment.taken = &plan->taken;
	comment_begin(&comment, text_string(&words), subject, &plan->state_files);
	if (!plan_has_changes(plan)) {
		plan_summary(plan, out);
		text_puts(out, "\n\n");
	}
	put_refusals(&page, plan);
	if (options->quiet)
		return;
	plan_markdown_changes(&comment, plan, true, end.length);
	text_puts(out, text_string(&end));
	while (out->length > 1 && out->data[out->length - 2] == '\n')
		text_cut(out, out->length - 1);
}
