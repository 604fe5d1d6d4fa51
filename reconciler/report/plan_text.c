/* A plan as text for people: every change with its reason, fields before → after, and one line that sums it up. */
#include "report/plan_text.h"

#include "base/count.h"
#include "report/lines.h"
#include "report/style.h"
#include "report/words.h"

#include <string.h>

enum {
	LINE_COLUMNS = 80,  /* which a line should not need more than */
	SOURCE_COLUMN = 64, /* where the file:line that asked stands, when the reason leaves room */
	PATH_COLUMNS = 56,  /* longer texts do not push the columns of the others */
	BEFORE_COLUMNS = 40,
	VALUE_COLUMNS = 88,
};

struct columns {
	int path, before, value;
};

/* One field, printable. */
struct text_row {
	const char *symbol, *path, *before, *after;
	enum style style;
	bool block; /* of several lines: shown as a difference of lines below the path */
};

static int widest(int so_far, int columns, int cap)
{
	return columns <= cap && columns > so_far ? columns : so_far;
}

static bool has_lines(const char *text)
{
	return text && strchr(text, '\n');
}

static struct text_row row_of(struct page *page, const struct field_change *field)
{
	struct text_row row = {
		.symbol = !field->before  ? "+"
			  : !field->after ? "-"
					  : "~",
		.style = !field->before	 ? STYLE_ADD
			 : !field->after ? STYLE_REMOVE
					 : STYLE_CHANGE,
		.path = page_safe(page, field->path),
		.block = has_lines(field->before) || has_lines(field->after),
	};

	row.before = !field->before ? NULL : *field->before ? page_safe(page, field->before) : "\"\"";
	row.after = !field->after ? NULL : *field->after ? page_safe(page, field->after) : "\"\"";
	return row;
}

static int value_columns(const struct text_row *row, const struct columns *columns)
{
	int before = row->before ? text_columns(row->before) : 0;

	if (row->block)
		return 0;
	if (row->before && row->after)
		return (before > columns->before ? before : columns->before) + 3 + text_columns(row->after);
	return before + (row->after ? text_columns(row->after) : 0);
}

static struct columns measure(const struct text_row *rows, size_t count)
{
	struct columns columns = {0};

	for (size_t i = 0; i < count; i++) {
		columns.path = widest(columns.path, text_columns(rows[i].path), PATH_COLUMNS);
		if (rows[i].before && rows[i].after && !rows[i].block)
			columns.before = widest(columns.before, text_columns(rows[i].before), BEFORE_COLUMNS);
	}
	for (size_t i = 0; i < count; i++)
		columns.value = widest(columns.value, value_columns(&rows[i], &columns), VALUE_COLUMNS);
	return columns;
}

static void put_notes(struct page *page, const struct change *change, const struct field_change *field, int padding)
{
	const struct {
		enum style style;
		const char *text;
	} notes[] = {
		{STYLE_REMOVE, field->forces_replacement ? "forces replacement" : NULL},
		{STYLE_DIM, field->note ? page_safe(page, field->note) : NULL},
		{STYLE_DIM, field_source_words(page->arena, change, field)},
	};
	bool begun = false;

	for (size_t i = 0; i < COUNT(notes); i++) {
		if (!notes[i].text)
			continue;
		if (!begun)
			page_pad(page, padding);
		page_put(page, STYLE_DIM, begun ? "; " : "   # ");
		page_put(page, notes[i].style, notes[i].text);
		begun = true;
	}
}

static void put_line_of_block(struct page *page, const char *line, size_t length, bool added)
{
	const char *text = page_safe(page, arena_strndup(page->arena, line, length));

	page_put(page, STYLE_PLAIN, "          ");
	page_printf(page, added ? STYLE_ADD : STYLE_REMOVE, "%s %s", added ? "+" : "-", text);
	page_put(page, STYLE_PLAIN, "\n");
}

static void put_lines(struct page *page, struct line_range range, bool added)
{
	while (range.text < range.end) {
		const char *line;
		size_t length = lines_next(&range, &line);

		put_line_of_block(page, line, length, added);
	}
}

static void put_block(struct page *page, const struct field_change *field)
{
	struct line_range before, after;

	lines_that_differ(field->before, field->after, &before, &after);
	put_lines(page, before, false);
	put_lines(page, after, true);
}

static void put_values(struct page *page, const struct text_row *row, const struct columns *columns)
{
	if (row->before)
		page_put(page, row->after ? STYLE_PLAIN : STYLE_REMOVE, row->before);
	if (row->before && row->after) {
		page_pad(page, columns->before - text_columns(row->before));
		page_put(page, STYLE_CHANGE, " → ");
	}
	if (row->after)
		page_put(page, row->before ? STYLE_PLAIN : STYLE_ADD, row->after);
}

static void put_field(struct page *page, const struct change *change, const struct text_row *row,
		      const struct field_change *field, const struct columns *columns)
{
	page_put(page, row->style, row->symbol);
	page_printf(page, STYLE_PLAIN, " %s", row->path);
	if (!row->block) {
		int gap = columns->path - text_columns(row->path);
		page_pad(page, 2 + (gap > 0 ? gap : 0));
		put_values(page, row, columns);
	}
	put_notes(page, change, field, row->block ? 0 : columns->value - value_columns(row, columns));
	page_put(page, STYLE_PLAIN, "\n");
	if (row->block)
		put_block(page, field);
}

/* The planner's own: people are told what it means. */
static bool is_shown(const struct page *page, const struct field_change *field)
{
	return page->options->verbose || !text_ends(field->path, ".generation");
}

static void put_fields(struct page *page, const struct change *change)
{
	struct text_row *rows = ARENA_ARRAY(page->arena, struct text_row, change->field_count + 1);
	struct columns columns;
	const struct field_change **shown =
		ARENA_ARRAY(page->arena, const struct field_change *, change->field_count + 1);
	size_t count = 0;

	for (size_t i = 0; i < change->field_count; i++)
		if (is_shown(page, &change->fields[i])) {
			shown[count] = &change->fields[i];
			rows[count++] = row_of(page, &change->fields[i]);
		}
	columns = measure(rows, count);
	for (size_t i = 0; i < count; i++) {
		page_put(page, STYLE_PLAIN, "      ");
		put_field(page, change, &rows[i], shown[i], &columns);
	}
}

static void put_reason(struct page *page, const struct change *change)
{
	const char *source = source_words(page->arena, change_place(change));
	const char *address = page_safe(page, change->address);
	const char *reason = page_safe(page, change->reason);
	int columns = 4 + text_columns(address) + (*reason ? 2 + text_columns(reason) : 0);

	page_put(page, STYLE_DIM, "  # ");
	page_put(page, STYLE_STRONG, address);
	page_printf(page, STYLE_PLAIN, *reason ? ": %s" : "%s", reason);
	if (source) {
		int beside = LINE_COLUMNS - text_columns(source);
		int column = beside < SOURCE_COLUMN ? beside : SOURCE_COLUMN;

		page_pad(page, columns + 2 < column ? column - columns : 2);
		page_put(page, STYLE_DIM, source);
	}
	page_put(page, STYLE_PLAIN, "\n");
}

static void put_steps(struct page *page, const struct change *change)
{
	for (size_t i = 0; i < change->step_count; i++)
		page_printf(page, STYLE_DIM, "        %s%zu. %s\n", i == 0 ? "steps: " : "       ", i + 1,
			    step_words(page->arena, &change->steps[i]));
}

static void put_cache(struct page *page, const struct change *change)
{
	const char *words = change->cache_note ? page_safe(page, change->cache_note) : cache_effect_name(change->cache);

	if (change->cache == CACHE_NONE && !change->cache_note)
		return;
	page_put(page, STYLE_PLAIN, "        cache: ");
	page_put(page, change->cache == CACHE_LOST ? STYLE_REMOVE : STYLE_PLAIN, words);
	page_put(page, STYLE_PLAIN, "\n");
}

static void put_change(const struct change *change, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	put_reason(&page, change);
	page_printf(&page, action_style(change->action), "%3s", action_kind(change->action)->symbol);
	if ((change->object == OBJECT_SELECTED || change->object == OBJECT_CURRENT_CONTEXT ||
	     change->object == OBJECT_UNMANAGED) &&
	    change->field_count == 1) {
		struct text_row row = row_of(&page, &change->fields[0]);

		page_printf(&page, STYLE_PLAIN, " %s  ", change->address);
		put_values(&page, &row, &(struct columns){0});
		page_put(&page, STYLE_PLAIN, "\n");
	} else {
		page_printf(&page, STYLE_PLAIN, " %s\n", page_safe(&page, change->address));
		put_fields(&page, change);
	}
	if (change->detail)
		page_printf(&page, STYLE_PLAIN, "        %s\n", page_safe(&page, change->detail));
	if (change->cluster)
		page_printf(&page, STYLE_PLAIN, "        cluster: %s\n", page_safe(&page, change->cluster));
	put_cache(&page, change);
	if (change->blocked && !text_equal(change->blocked, change->reason))
		page_printf(&page, STYLE_REMOVE, "        blocked: %s\n", page_safe(&page, change->blocked));
	if (options->verbose)
		put_steps(&page, change);
	page_put(&page, STYLE_PLAIN, "\n");
}

static void put_head(struct page *page, const struct plan *plan)
{
	page_put(page, STYLE_STRONG, "reconcile: ");
	if (plan->subject) {
		page_put(page, STYLE_PLAIN, page_safe(page, plan->subject));
	} else {
		words_count(page->out, plan->desired_count, "builder");
		if (plan->state_files.count > 0)
			page_printf(page, STYLE_PLAIN, " in %s", words_list(page->arena, &plan->state_files));
		if (plan->standing)
			page_printf(page, STYLE_PLAIN, " that live%s here, and no state file",
				    plan->desired_count == 1 ? "s" : "");
	}
	if (plan->against)
		page_printf(page, STYLE_PLAIN, ", against %s", page_safe(page, plan->against));
	else if (page->options->store)
		page_printf(page, STYLE_PLAIN, ", BuildX store %s", page_safe(page, page->options->store));
	page_put(page, STYLE_PLAIN, "\n\n");
}

static void put_orphans(struct page *page, size_t count)
{
	if (count == 0)
		return;
	page_printf(page, STYLE_PLAIN,
		    "Orphans, left alone: %zu (containers and volumes that no builder of this store names: reconcile "
		    "--doctor)\n\n",
		    count);
}

static void put_fault(struct page *page, const struct fault *fault)
{
	page_put(page, STYLE_FAULT, "  ! ");
	page_printf(page, STYLE_PLAIN, "%s  %s: %s\n", fault->kind->code, page_safe(page, fault->subject),
		    page_safe(page, fault->message));
	if (fault->mend)
		page_printf(page, STYLE_DIM, "      mend: %s\n", page_safe(page, fault->mend));
}

static void put_faults(struct page *page, const struct plan *plan)
{
	struct open_faults open = plan_open_faults(page->arena, plan);

	if (open.count == 0)
		return;
	page_put(page, STYLE_STRONG, "Faults found that this plan does not mend:\n");
	for (size_t i = 0; i < open.count; i++)
		put_fault(page, open.items[i]);
	page_put(page, STYLE_PLAIN, "\n");
}

static void put_unknown(struct page *page, const struct plan *plan)
{
	if (plan->complete && plan->unknown.count == 0)
		return;
	page_put(page, STYLE_UNKNOWN,
		 plan->complete ? "Could not be observed, not needed for this plan:\n"
				: "Plan is incomplete: could not observe\n");
	for (size_t i = 0; i < plan->unknown.count; i++) {
		const char *mend = unknown_mend(page->arena, plan, plan->unknown.items[i]);

		page_printf(page, STYLE_PLAIN, "  ? %s\n", page_safe(page, plan->unknown.items[i]));
		if (mend)
			page_printf(page, STYLE_DIM, "      mend: %s\n", page_safe(page, mend));
	}
	page_put(page, STYLE_PLAIN, "\n");
}

void plan_text(const struct plan *plan, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	if (!options->quiet) {
		put_head(&page, plan);
		for (size_t i = 0; i < plan->change_count; i++)
			put_change(&plan->changes[i], options, out);
		put_faults(&page, plan);
		if (plan->unmanaged.count > 0)
			page_printf(&page, STYLE_PLAIN, "Unmanaged, left alone: %s\n\n",
				    words_list(arena, &plan->unmanaged));
		put_orphans(&page, plan_orphans(plan));
		put_unknown(&page, plan);
		for (size_t i = 0; i < plan->notes.count; i++)
			page_printf(&page, STYLE_PLAIN, "Note: %s.\n\n", page_safe(&page, plan->notes.items[i]));
		const char *basis = plan_basis(arena, plan, options->now);
		if (basis)
			page_printf(&page, STYLE_DIM, "%s.\n\n", basis);
	}
	if (options->held)
		page_printf(&page, STYLE_REMOVE, "Held: %s\n", page_safe(&page, options->held));
	text_puts(out, style_begin(STYLE_STRONG, options->color));
	plan_summary(plan, out);
	plan_blocked(plan, out);
	text_puts(out, style_end(STYLE_STRONG, options->color));
	text_puts(out, "\n");
}
