/* Problems as people read them: where, what, the line with a caret, and what to do next. */
#include "report/problems.h"

#include "base/json.h"
#include "report/plan_github.h"
#include "report/style.h"

enum { TAB_STOP = 8 };

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

/* Writes the line with its tabs expanded; gives the columns before the character at `column`, -1 when it is not there.
 */
static int put_excerpt(struct page *page, const char *line, int column)
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
		if (*line == '\t') {
			columns = TAB_STOP - at % TAB_STOP;
			page_pad(page, columns);
		} else {
			shown = text_is_command(start, line)
					? arena_printf(page->arena, "\\x%02x", (unsigned)*line)
					: page_safe(page, arena_strndup(page->arena, line, (size_t)length));
			columns = text_columns(shown);
			page_put(page, STYLE_PLAIN, shown);
		}
		at += columns;
		line += length;
	}
}

static void put_caret(struct page *page, const struct error *problem)
{
	int caret;

	if (problem->line <= 0 || !*problem->excerpt)
		return;
	page_printf(page, STYLE_DIM, "%5d | ", problem->line);
	caret = put_excerpt(page, problem->excerpt, problem->column);
	page_put(page, STYLE_PLAIN, "\n");
	if (caret < 0)
		return;
	page_put(page, STYLE_DIM, "      | ");
	page_pad(page, caret);
	page_put(page, STYLE_REMOVE, "^");
	page_put(page, STYLE_PLAIN, "\n");
}

static void problem_github(struct page *page, const struct error *problem)
{
	struct annotation annotation = {
		.level = "error",
		.file = *problem->file ? page_safe(page, problem->file) : NULL,
		.line = problem->line,
		.column = problem->column,
		.title = "reconcile",
	};

	github_put(page->out, &annotation,
		   arena_printf(page->arena, "%s%s%s", page_safe(page, problem->message), *problem->hint ? "\n" : "",
				page_safe(page, problem->hint)));
}

void report_problem(const struct error *problem, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	if (options->format == FORMAT_GITHUB) {
		problem_github(&page, problem);
		return;
	}
	put_place(&page, problem);
	page_printf(&page, STYLE_PLAIN, "%s\n", page_safe(&page, problem->message));
	put_caret(&page, problem);
	if (*problem->hint) {
		page_put(&page, STYLE_UNKNOWN, "  hint: ");
		page_printf(&page, STYLE_PLAIN, "%s\n", page_safe(&page, problem->hint));
	}
}

static void problems_json(const struct diagnostics *problems, struct text *out)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	cJSON *list = json_add_array(json, "problems");

	for (size_t i = 0; i < problems->count; i++) {
		const struct error *problem = &problems->items[i];
		cJSON *item = json_append_object(list);

		json_add_string(item, "file", *problem->file ? problem->file : NULL);
		json_add_integer(item, "line", problem->line);
		json_add_integer(item, "column", problem->column);
		json_add_string(item, "message", problem->message);
		json_add_string(item, "hint", *problem->hint ? problem->hint : NULL);
	}
	json_add_bool(json, "truncated", problems->truncated);
	json_print(json, out);
}

void report_problems(const struct diagnostics *problems, const struct report_options *options, struct text *out)
{
	if (options->format == FORMAT_JSON) {
		problems_json(problems, out);
		return;
	}
	for (size_t i = 0; i < problems->count; i++)
		report_problem(&problems->items[i], options, out);
	if (problems->truncated)
		text_printf(out, "reconcile: more than %d problems; these are the first\n", DIAGNOSTICS_MAX);
}
