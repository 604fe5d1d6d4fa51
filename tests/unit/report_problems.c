/* Problems: the place, the line with its caret under the right character, the hint. */
#include "base/count.h"
#include "base/json.h"
#include "base/text.h"
#include "report/problems.h"
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct {
	const char *name;
	struct error problem;
	const char *expected;
} cases[] = {
	{"place, excerpt and hint",
	 {.kind = ERROR_INVALID,
	  .file = "state.yaml",
	  .line = 7,
	  .column = 5,
	  .message = "unknown key \"platfroms\" in builder \"ci\"",
	  .hint = "did you mean \"platforms\"?",
	  .excerpt = "    platfroms: [linux/amd64]"},
	 "state.yaml:7:5: unknown key \"platfroms\" in builder \"ci\"\n"
	 "    7 |     platfroms: [linux/amd64]\n"
	 "      |     ^\n"
	 "  hint: did you mean \"platforms\"?\n"},
	{"tab",
	 {.file = "s", .line = 12, .column = 2, .message = "m", .excerpt = "\tx: y"},
	 "s:12:2: m\n   12 |         x: y\n      |         ^\n"},
	{"wide characters",
	 {.file = "s", .line = 1, .column = 3, .message = "m", .excerpt = "漢字x"},
	 "s:1:3: m\n    1 | 漢字x\n      |     ^\n"},
	{"escape before the column",
	 {.file = "s", .line = 1, .column = 2, .message = "m", .excerpt = "\033x"},
	 "s:1:2: m\n    1 | \\x1bx\n      |     ^\n"},
	{"end of the line",
	 {.file = "s", .line = 1, .column = 3, .message = "m", .excerpt = "ab"},
	 "s:1:3: m\n    1 | ab\n      |   ^\n"},
	{"behind the excerpt",
	 {.file = "s", .line = 1, .column = 99, .message = "m", .excerpt = "ab"},
	 "s:1:99: m\n    1 | ab\n"},
	{"no excerpt", {.file = "s", .line = 1, .message = "m"}, "s:1: m\n"},
	{"file alone", {.file = "s", .message = "m"}, "s: m\n"},
	{"no place", {.message = "m\033[0m", .hint = "h"}, "reconcile: m\\x1b[0m\n  hint: h\n"},
};

static void test_problem(void **state)
{
	struct report_options options = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP_TEXT struct text out = TEXT_INIT;

		report_problem(&cases[i].problem, &options, &out);
		if (strcmp(text_string(&out), cases[i].expected) != 0)
			fail_msg("%s: got\n%s", cases[i].name, text_string(&out));
	}
}

static void test_github(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct report_options options = {.format = FORMAT_GITHUB};

	(void)state;
	report_problem(&cases[0].problem, &options, &out);
	assert_string_equal(text_string(&out),
			    "::error file=state.yaml,line=7,col=5,title=reconcile::unknown key \"platfroms\" "
			    "in builder \"ci\"%0Adid you mean \"platforms\"?\n");
}

static void test_many(void **state)
{
	CLEANUP_TEXT struct text github = TEXT_INIT, markdown = TEXT_INIT;
	struct diagnostics problems = {0};
	struct report_options options = {.format = FORMAT_GITHUB};
	size_t count = 0;

	(void)state;
	for (int i = 0; i < 12; i++)
		diagnostics_add(&problems, &cases[0].problem);
	report_problems(&problems, &options, &github);
	for (const char *at = text_string(&github); (at = strstr(at, "::error ")); at++)
		count++;
	assert_int_equal(count, 10);
	assert_true(text_starts(text_string(&github), "::error title=reconcile::12 problems (3 more in the log"));
	options = (struct report_options){.format = FORMAT_MARKDOWN, .limit = 4500};
	problems.items[11].kind = ERROR_LOCKED;
	report_problems(&problems, &options, &markdown);
	assert_true(text_starts(text_string(&markdown), "### reconcile: failed: 12 problems · "));
	text_clear(&markdown);
	problems.items[11].kind = ERROR_INVALID;
	report_problems(&problems, &options, &markdown);
	diagnostics_done(&problems);
	assert_true(text_starts(text_string(&markdown),
				"### reconcile: the state file is invalid: 12 problems · `state.yaml`\n\n```text\n"
				"state.yaml:7:5: unknown key \"platfroms\" in builder \"ci\"\n"
				"    7 |     platfroms: [linux/amd64]\n      |     ^\n"));
	assert_true(text_ends(text_string(&markdown),
			      "```\n\n**… and 9 more**, left out to fit here: `reconcile --validate` prints all.\n"));
}

static void test_json(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL;
	struct diagnostics problems = {0};
	struct report_options options = {.format = FORMAT_JSON};
	const cJSON *first;

	(void)state;
	diagnostics_add(&problems, &cases[0].problem);
	report_problems(&problems, &options, &out);
	diagnostics_done(&problems);
	assert_int_equal(json_parse(text_string(&out), out.length, &json, NULL), 0);
	first = cJSON_GetArrayItem(json_get(json, "problems"), 0);
	assert_int_equal(json_integer(first, "line", 0), 7);
	assert_string_equal(json_string(first, "hint"), "did you mean \"platforms\"?");
}

/* Beside words that say that all is well, in each form. */
static void test_warnings(void **state)
{
	static const struct {
		enum report_format format;
		const char *expected;
	} rows[] = {
		{FORMAT_TEXT, "state.yaml:7:5: warning: unknown key \"platfroms\" in builder \"ci\"\n"},
		{FORMAT_TEXT, "\nOK\n"},
		{FORMAT_JSON, "\"problems\": [],"},
		{FORMAT_JSON, "\"warnings\": ["},
		{FORMAT_MARKDOWN, "### reconcile: OK · `state.yaml`\n\n```text\nstate.yaml:7:5: warning: "},
		{FORMAT_GITHUB, "::notice title=reconcile::OK\n::warning file=state.yaml,line=7,col=5,"},
		{FORMAT_GITLAB, "\"severity\": \"major\""},
	};
	const char *files[] = {"state.yaml"};
	struct error warning = cases[0].problem;
	struct diagnostics warnings = {.items = &warning, .count = 1};

	(void)state;
	warning.kind = ERROR_WARNING;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_TEXT struct text out = TEXT_INIT;
		struct report_options options = {.format = rows[i].format};

		report_no_problems("OK", &(struct strings){files, 1}, &warnings, &options, &out);
		if (!strstr(text_string(&out), rows[i].expected))
			fail_msg("%zu: got\n%s", i, text_string(&out));
	}
	CLEANUP_TEXT struct text out = TEXT_INIT;
	report_no_problems("OK", &(struct strings){files, 1}, &warnings, &(struct report_options){.quiet = true}, &out);
	assert_string_equal(text_string(&out), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_problem), cmocka_unit_test(test_github),	 cmocka_unit_test(test_many),
		cmocka_unit_test(test_json),	cmocka_unit_test(test_warnings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
