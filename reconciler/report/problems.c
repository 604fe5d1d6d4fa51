/* Problems as people read them: where, what, the line with a caret, and what to do next. */
#include "report/problems.h"

#include "base/json.h"
#include "report/comment.h"
#include "report/markdown.h"
#include "report/place.h"
#include "report/remark.h"
#include "report/style.h"
#include "report/words.h"

#include <limits.h>
#include <string.h>

#define CUT "..." /* in place of as many columns */

enum { TAB_STOP = 8, GUTTER = 8, END_ROOM = 4000 /* fences, and what is left out */ };

static void put_place(struct page *page, const struct error *problem)
{
	CLEANUP_TEXT struct text place = TEXT_INIT;

	text_puts(&place, *problem->file ? page_safe(page, problem->file) : "reconcile");
	if (*problem->file && problem->line > 0)
		text_printf(&place, ":%d", problem->line);
	if (*problem->file && problem->line > 0 && problem->column > 0)
		text_printf(&place, ":%d", problem->column);
	page_put(page, STYLE_STRONG, text_string(&place));
	page_put(page, STYLE_PLAIN, ": ");
}

/* The line as a terminal shows it; gives the columns before the character at `column`, -1 when it is not there. */
static int print_excerpt(struct page *page, const char *line, int column, struct text *out)
{
	const char *start = line;
	int at = 0, caret = -1, length, columns;

	for (int character = 1;; character++) {
		const char *shown;

		length = character_length(line, &columns);
		if (character == column)
			caret = at;
		if (length == 0)
			return caret;
		if (*line == '\t')
			shown = arena_printf(page->arena, "%*s", TAB_STOP - at % TAB_STOP, "");
		else if (text_is_command(start, line))
			shown = arena_printf(page->arena, "\\x%02x", (unsigned)*line);
		else
			shown = page_safe(page, arena_strndup(page->arena, line, (size_t)length));
		text_puts(out, shown);
		at += text_columns(shown);
		line += length;
	}
}

/* Puts at most `room` columns of the line, from the first that is not before `from`. */
static void put_columns(struct page *page, const char *line, int from, int room)
{
	int at = 0, length, columns;

	for (; (length = character_length(line, &columns)) > 0 && at + columns <= from + room; line += length) {
		if (at >= from)
			text_append(page->out, line, (size_t)length);
		at += columns;
	}
}

/* A line that is wider than the page is shown from where the caret stands in the last third of it. */
static int window_of(const struct page *page, const char *line, int caret)
{
	int room = page->options->layout.columns - GUTTER, from = caret - room * 2 / 3;

	if (room <= GUTTER || text_columns(line) <= room || from <= 0)
		return 0;
	return from;
}

static void put_caret(struct page *page, const struct error *problem)
{
	CLEANUP_TEXT struct text line = TEXT_INIT;

	if (problem->line <= 0 || !*problem->excerpt)
		return;
	int caret = print_excerpt(page, problem->excerpt, problem->column, &line);
	int from = window_of(page, text_string(&line), caret), room = page->options->layout.columns - GUTTER;
	int cut = from > 0 ? (int)strlen(CUT) : 0;
	bool whole = room <= GUTTER || text_columns(text_string(&line)) <= room;

	page_printf(page, STYLE_DIM, "%5d | ", problem->line);
	if (from > 0)
		page_put(page, STYLE_DIM, CUT);
	put_columns(page, text_string(&line), from + cut, whole ? INT_MAX / 2 : room - cut);
	page_put(page, STYLE_PLAIN, "\n");
	if (caret < 0)
		return;
	page_put(page, STYLE_DIM, "      | ");
	page_pad(page, caret - from);
	page_put(page, STYLE_REMOVE, "^");
	page_put(page, STYLE_PLAIN, "\n");
}

static void problem_text(const struct error *problem, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	put_place(&page, problem);
	if (problem->kind == ERROR_WARNING)
		page_put(&page, STYLE_UNKNOWN, "warning: ");
	page_printf(&page, STYLE_PLAIN, "%s\n", page_safe(&page, problem->message));
	put_caret(&page, problem);
	if (*problem->hint) {
		page_put(&page, STYLE_UNKNOWN, "  hint: ");
		page_printf(&page, STYLE_PLAIN, "%s\n", page_safe(&page, problem->hint));
	}
}

/* A single one is its own summary. */
void report_problem(const struct error *problem, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct remarks remarks = {.arena = arena, .options = options};

	if (options->format != FORMAT_GITHUB) {
		problem_text(problem, options, out);
		return;
	}
	remarks_of_problems(&remarks, &(struct diagnostics){.items = (struct error *)problem, .count = 1});
	remarks_print(&remarks, out);
}

static void add_problems(cJSON *json, const char *key, const struct diagnostics *problems)
{
	cJSON *list = json_add_array(json, key);

	for (size_t i = 0; i < problems->count; i++) {
		const struct error *problem = &problems->items[i];
		cJSON *item = json_append_object(list);

		json_add_string(item, "file", *problem->file ? problem->file : NULL);
		json_add_integer(item, "line", problem->line);
		json_add_integer(item, "column", problem->column);
		json_add_string(item, "message", problem->message);
		json_add_string(item, "hint", *problem->hint ? problem->hint : NULL);
	}
}

static void problems_json(const struct diagnostics *problems, const struct report_options *options, struct text *out)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();

	(void)options;
	add_problems(json, "problems", problems);
	json_add_bool(json, "truncated", problems->truncated);
	json_print(json, out);
}

static void warnings_json(const struct diagnostics *warnings, struct text *out)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();

	add_problems(json, "problems", &(struct diagnostics){0});
	add_problems(json, "warnings", warnings);
	json_add_bool(json, "truncated", warnings->truncated);
	json_print(json, out);
}

static void problems_text(const struct diagnostics *problems, const struct report_options *options, struct text *out)
{
	for (size_t i = 0; i < problems->count; i++)
		problem_text(&problems->items[i], options, out);
	if (problems->truncated)
		text_printf(out, "reconcile: more than %d problems; these are the first\n", DIAGNOSTICS_MAX);
}

/* The files that the problems are in, each once. */
static void problem_files(struct arena *arena, const struct diagnostics *problems, struct strings *ret_files)
{
	for (size_t i = 0; i < problems->count; i++)
		if (*problems->items[i].file && !strings_contain(ret_files, problems->items[i].file))
			strings_add(arena, ret_files, problems->items[i].file);
}

static bool are_warnings(const struct diagnostics *problems)
{
	return problems->count > 0 && problems->items[0].kind == ERROR_WARNING;
}

static void count_problems(const struct diagnostics *problems, struct text *out)
{
	if (problems->truncated)
		text_puts(out, "more than ");
	words_count(out, problems->count, are_warnings(problems) ? "warning" : "problem");
}

/* And not of what lives here, or of the run. */
static bool are_of_files(const struct diagnostics *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		if (problems->items[i].kind != ERROR_INVALID)
			return false;
	return true;
}

/* As many as fit; says how many do not. */
static void put_problems(const struct comment *comment, const struct diagnostics *problems)
{
	CLEANUP_TEXT struct text lines = TEXT_INIT;
	struct page *page = comment->page;
	size_t i = 0;

	for (; i < problems->count; i++) {
		size_t length = lines.length;
		struct error problem = problems->items[i];

		error_at(&problem, place_shown(page->arena, page->options, problem.file), 0, 0);
		problem_text(&problem, page->options, &lines);
		if (comment_fits(comment, lines.length, END_ROOM))
			continue;
		text_cut(&lines, length);
		break;
	}
	markdown_block(page->out, "text", text_string(&lines));
	if (i < problems->count)
		text_printf(page->out,
			    "\n**… and %zu more**, left out to fit here: `reconcile --validate` prints all.\n",
			    problems->count - i);
}

static void problems_markdown(const struct diagnostics *problems, const struct report_options *options,
			      struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text words = TEXT_INIT;
	struct report_options plain = *options;
	struct page page = {.out = out, .options = &plain, .arena = arena};
	struct comment comment = {.page = &page};
	struct strings files = {0};

	plain.color = false;
	plain.host = NULL; /* it is so on every machine */
	text_puts(&words, are_of_files(problems) ? "the state file is invalid: " : "failed: ");
	count_problems(problems, &words);
	problem_files(arena, problems, &files);
	comment_begin(&comment, text_string(&words), NULL, &files);
	put_problems(&comment, problems);
}

static void problems_remarks(const struct diagnostics *problems, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct remarks remarks = {.arena = arena, .options = options};

	if (problems->count > 1)
		count_problems(problems, &remarks.summary);
	remarks_of_problems(&remarks, problems);
	remarks_print(&remarks, out);
	remarks_done(&remarks);
}

static void (*const forms[FORMAT_COUNT])(const struct diagnostics *, const struct report_options *, struct text *) = {
	[FORMAT_TEXT] = problems_text,	    [FORMAT_JSON] = problems_json,	[FORMAT_MARKDOWN] = problems_markdown,
	[FORMAT_GITHUB] = problems_remarks, [FORMAT_GITLAB] = problems_remarks,
};

void report_problems(const struct diagnostics *problems, const struct report_options *options, struct text *out)
{
	forms[options->format](problems, options, out);
}

static void warnings_markdown(const char *words, const struct strings *files, const struct diagnostics *warnings,
			      struct page *page)
{
	struct comment comment = {.page = page};

	comment_begin(&comment, words, NULL, files);
	if (warnings->count > 0)
		put_problems(&comment, warnings);
}

void report_no_problems(const char *words, const struct strings *files, const struct diagnostics *warnings,
			const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct report_options plain = *options;
	struct page page = {.out = out, .options = &plain, .arena = arena};
	struct remarks remarks = {.arena = arena, .options = options};

	switch (options->format) {
	case FORMAT_JSON:
		warnings_json(warnings, out);
		break;
	case FORMAT_MARKDOWN:
		plain.color = false;
		warnings_markdown(words, files, warnings, &page);
		break;
	case FORMAT_GITHUB:
	case FORMAT_GITLAB:
		text_puts(&remarks.summary, words);
		remarks_of_problems(&remarks, warnings);
		remarks_print(&remarks, out);
		remarks_done(&remarks);
		break;
	default:
		if (options->quiet)
			break;
		problems_text(warnings, options, out);
		text_printf(out, "%s\n", words);
	}
}
