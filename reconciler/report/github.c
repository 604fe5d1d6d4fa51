/* Workflow commands of GitHub Actions. */
#include "report/github.h"

#include "report/place.h"

#include <string.h>

/* A runner cuts a message at 4096 characters (actions/runner src/Runner.Worker/ExecutionContext.cs). */
enum { MOST = 10, SAID_BEFORE_RESULT = 8, MESSAGE_MAX = 4000, TITLE_MAX = 200 };

static const char *const levels[LEVEL_COUNT] = {
	[LEVEL_NOTICE] = "notice",
	[LEVEL_WARNING] = "warning",
	[LEVEL_ERROR] = "error",
};

/* escapeData and escapeProperty. */
static void put_escaped(struct text *out, const char *text, bool property)
{
	for (; *text; text++)
		if (strchr(property ? "%\r\n:," : "%\r\n", *text))
			text_printf(out, "%%%02X", (unsigned)*text);
		else
			text_append(out, text, 1);
}

static void put_property(struct text *out, const char **separator, const char *name, const char *value)
{
	text_printf(out, "%s%s=", *separator, name);
	put_escaped(out, value, true);
	*separator = ",";
}

static void put_number(struct text *out, const char **separator, const char *name, int number)
{
	if (number > 0) {
		text_printf(out, "%s%s=%d", *separator, name, number);
		*separator = ",";
	}
}

static void put_command(const struct remarks *remarks, const struct remark *remark, struct text *out)
{
	const char *file = place_shown(remarks->arena, remarks->options, remark->source.file), *separator = " ";

	text_printf(out, "::%s", levels[remark->level]);
	if (!text_empty(file)) {
		put_property(out, &separator, "file", text_printable(remarks->arena, file, false));
		put_number(out, &separator, "line", remark->source.line);
		put_number(out, &separator, "col", remark->source.column);
	}
	put_property(out, &separator, "title", text_shortened(remarks->arena, remark->title, TITLE_MAX));
	text_puts(out, "::");
	put_escaped(out, text_shortened(remarks->arena, remark->message, MESSAGE_MAX), false);
	text_puts(out, "\n");
}

void github_group(struct text *out, const char *title, const char *lines)
{
	text_puts(out, "::group::");
	put_escaped(out, title, false);
	text_printf(out, "\n%s%s::endgroup::\n", lines, text_ends(lines, "\n") || !*lines ? "" : "\n");
}

/* A remark that has no annotation, for the log: its lines one below the other. */
static void put_plain(const struct remarks *remarks, const struct remark *remark, struct text *out)
{
	const char *place = place_words(remarks->arena, remarks->options, &remark->source);

	text_printf(out, "%s: %s%s%s\n", levels[remark->level], remark->title, place ? "  " : "", place ? place : "");
	for (const char *line = remark->message; *line;) {
		size_t length = strcspn(line, "\n");

		text_printf(out, "    %.*s\n", (int)length, line);
		line += length + (line[length] != '\0');
	}
}

/* Which of them are annotations: the first ones of each level. */
static size_t choose(const struct remarks *remarks, bool *ret_chosen)
{
	size_t room[LEVEL_COUNT], left = 0;

	for (size_t level = 0; level < LEVEL_COUNT; level++)
		room[level] = remarks->options->goes_on && level != LEVEL_ERROR ? SAID_BEFORE_RESULT : MOST;
	room[remarks->summary_level] -= remarks->summary.length > 0;
	for (size_t i = 0; i < remarks->count; i++) {
		size_t *of_level = &room[remarks->items[i].level];

		ret_chosen[i] = *of_level > 0;
		*of_level -= ret_chosen[i];
		left += !ret_chosen[i];
	}
	return left;
}

void remarks_github(const struct remarks *remarks, struct text *out)
{
	bool *chosen = ARENA_ARRAY(remarks->arena, bool, remarks->count + 1);
	size_t left = choose(remarks, chosen);
	const char *summary = text_string(&remarks->summary);
	CLEANUP_TEXT struct text rest = TEXT_INIT;

	if (left > 0)
		summary = arena_printf(remarks->arena, "%s (%zu more in the log: GitHub shows ten of a kind)", summary,
				       left);
	if (*summary)
		put_command(remarks,
			    &(struct remark){.level = remarks->summary_level, .title = "reconcile", .message = summary},
			    out);
	for (size_t i = 0; i < remarks->count; i++)
		if (chosen[i])
			put_command(remarks, &remarks->items[i], out);
		else
			put_plain(remarks, &remarks->items[i], &rest);
	if (left > 0)
		github_group(out, arena_printf(remarks->arena, "%zu more", left), text_string(&rest));
}
