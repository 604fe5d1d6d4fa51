/* GitLab's code quality report. */
#include "report/gitlab.h"

#include "base/digest.h"
#include "base/json.h"
#include "report/place.h"

#include <string.h>

enum { DESCRIPTION_MAX = 2000 };

static const char *const severities[LEVEL_COUNT] = {
	[LEVEL_NOTICE] = "info",
	[LEVEL_WARNING] = "major",
	[LEVEL_ERROR] = "critical",
};

/* What is in no file is told at the top of one: a place is wanted. */
static const char *path_of(const struct remarks *remarks, const struct remark *remark)
{
	const char *file = !text_empty(remark->source.file) ? remark->source.file : remarks->options->state_file;
	const char *shown = file ? place_shown(remarks->arena, remarks->options, file) : "reconcile.yaml";

	while (text_starts(shown, "./"))
		shown += 2;
	return shown;
}

static const char *on_one_line(struct arena *arena, const char *text)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;

	for (; *text; text++)
		text_puts(&out, *text == '\n' ? "; " : (char[]){*text, '\0'});
	return arena_strdup(arena, text_string(&out));
}

static const char *fingerprint(const struct remarks *remarks, size_t at)
{
	const struct remark *remark = &remarks->items[at];
	CLEANUP_TEXT struct text all = TEXT_INIT;
	char hex[DIGEST_HEX];
	size_t same = 0;

	for (size_t i = 0; i < at; i++)
		same += text_equal(remarks->items[i].check, remark->check) &&
			text_equal(remarks->items[i].identity, remark->identity) &&
			text_equal(remarks->items[i].source.file, remark->source.file);
	text_printf(&all, "%s\n%s\n%s\n%zu", remark->check, path_of(remarks, remark), remark->identity, same);
	digest_hex(text_string(&all), all.length, hex);
	return arena_strdup(remarks->arena, hex);
}

void remarks_gitlab(const struct remarks *remarks, struct text *out)
{
	CLEANUP_JSON cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < remarks->count; i++) {
		const struct remark *remark = &remarks->items[i];
		cJSON *issue = json_append_object(list), *location, *lines;

		const char *description = arena_printf(remarks->arena, "%s: %s", remark->title,
						       on_one_line(remarks->arena, remark->message));
		json_add_string(issue, "description", text_shortened(remarks->arena, description, DESCRIPTION_MAX));
		json_add_string(issue, "check_name", arena_printf(remarks->arena, "reconcile/%s", remark->check));
		json_add_string(issue, "fingerprint", fingerprint(remarks, i));
		json_add_string(issue, "severity", severities[remark->level]);
		location = json_add_object(issue, "location");
		json_add_string(location, "path", path_of(remarks, remark));
		lines = json_add_object(location, "lines");
		json_add_integer(lines, "begin", remark->source.line > 0 ? remark->source.line : 1);
	}
	json_print(list, out);
}
