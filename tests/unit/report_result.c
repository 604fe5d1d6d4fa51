/* The outcome of an apply, the records and the faults as people read them. */
#include "base/json.h"
#include "report/faults.h"
#include "report/records.h"
#include "report/report.h"
#include "report/result.h"
#include "report/words.h"
#include "result_texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static struct change changes[] = {
	{.address = "builder.ci", .name = "ci", .action = ACTION_CREATE, .step_count = 2},
	{.address = "builder.arm", .name = "arm", .action = ACTION_REPLACE, .step_count = 3},
	{.address = "selected", .name = "ci", .action = ACTION_SELECT, .step_count = 1},
};
static const char *files[] = {"states/a b.yaml"};

static struct plan make_plan(void)
{
	return (struct plan){.changes = changes, .change_count = 3, .state_files = {.items = files, .count = 1}};
}

static void test_complete(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct change_result results[] = {{RESULT_TEXTS, .status = CHANGE_DONE},
					  {RESULT_TEXTS, .status = CHANGE_DONE},
					  {RESULT_TEXTS, .status = CHANGE_DONE}};
	struct report_options options = {0};
	struct plan plan = make_plan();

	(void)state;
	report_result(&plan, results, &options, &out);
	assert_string_equal(text_string(&out),
			    "Apply complete: 1 created, 1 replaced, 1 selected. Verified by observing again.\n");
	text_clear(&out);
	results[1].unasked = 1;
	report_result(&plan, results, &options, &out);
	assert_string_equal(text_string(&out), "Apply complete: 1 created, 1 replaced, 1 selected. Verified by "
					       "observing again, but for 1 daemon that was not asked.\n");
}

static void test_partial(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct change_result results[] = {{RESULT_TEXTS, .status = CHANGE_DONE},
					  {RESULT_TEXTS, .status = CHANGE_FAILED},
					  {RESULT_TEXTS, .status = CHANGE_SKIPPED}};
	struct report_options options = {0};
	struct plan plan = make_plan();

	(void)state;
	error_set(results[1].error, ERROR_OTHER, "the node did not boot");
	error_hint(results[1].error, "look at docker logs");
	report_result(&plan, results, &options, &out);
	assert_string_equal(text_string(&out), "Apply failed: 1 of 3 changes done.\n"
					       "  ✓ builder.ci created\n"
					       "  ✗ builder.arm not replaced: the node did not boot\n"
					       "      hint: look at docker logs\n"
					       "  - selected not begun\n"
					       "To go on: reconcile --apply -f 'states/a b.yaml'\n");
}

static void test_interrupted(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct change_result results[] = {
		{RESULT_TEXTS, .status = CHANGE_DONE}, {RESULT_TEXTS, .status = CHANGE_FAILED}, {RESULT_TEXTS}};
	struct report_options options = {.command = "reconcile --apply", .note = "Kept as it is."};
	struct plan plan = make_plan();

	(void)state;
	error_set(results[1].error, ERROR_INTERRUPTED, "interrupted after 1 of 3 steps");
	report_result(&plan, results, &options, &out);
	assert_true(text_starts(text_string(&out), "Interrupted: 1 of 3 changes done.\n"));
	assert_true(
		text_ends(text_string(&out), "  - selected not begun\nKept as it is.\nTo go on: reconcile --apply\n"));
}

static void test_json(void **state)
{
	CLEANUP_JSON cJSON *json = NULL;
	struct change_result results[] = {{RESULT_TEXTS, .status = CHANGE_DONE, .steps_done = 2},
					  {RESULT_TEXTS, .status = CHANGE_FAILED},
					  {RESULT_TEXTS}};
	struct plan plan = make_plan();
	const cJSON *second;

	(void)state;
	error_set(results[1].error, ERROR_OTHER, "no boot");
	json = report_result_json(&plan, results, "partial");
	assert_string_equal(json_string(json, "status"), "partial");
	second = cJSON_GetArrayItem(json_get(json, "changes"), 1);
	assert_string_equal(json_string(second, "error"), "no boot");
	assert_string_equal(json_string(second, "action"), "replace");
}

static void test_records(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct record item = {.id = "4f2a1b9c00000000000000000000000000000000",
			      .subject = "apply: create ci\033[1m",
			      .status = "applied",
			      .when = 1769860800};
	struct records records = {.items = &item, .count = 1}, none = {0};
	struct report_options options = {0};

	(void)state;
	report_records(&records, &options, &out);
	assert_string_equal(text_string(&out),
			    "2026-01-31T12:00:00Z  4f2a1b9  applied      apply: create ci\\x1b[1m\n");
	text_clear(&out);
	report_records(&none, &options, &out);
	assert_string_equal(text_string(&out), "No records yet.\n");
}

static void test_faults(void **state)
{
	static const struct fault_kind kind = {
		.code = "instance-truncated", .cause = "a crash while writing", .repair = REPAIR_ASIDE};
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct fault fault = {
		&kind, "builder.ci", "/store/instances/ci", "is cut short", "run `reconcile --apply -f s`", -1, NULL};
	struct faults faults = {.items = &fault, .count = 1}, none = {0};
	struct report_options options = {0};

	(void)state;
	report_faults(&faults, &options, &out);
	assert_string_equal(text_string(&out), "Broken:\n"
					       "! instance-truncated  builder.ci\n"
					       "    seen:   is cut short\n"
					       "    cause:  a crash while writing\n"
					       "    file:   /store/instances/ci\n"
					       "    mend:   run `reconcile --apply -f s`\n"
					       "\n"
					       "1 fault: 1 mended by --apply\n"
					       "Next: reconcile --apply -f s\n");
	text_clear(&out);
	report_faults(&none, &options, &out);
	assert_string_equal(text_string(&out), "No faults found.\n");
}

/* What those of one kind have in common is said once, and what mends the most comes next. */
static void test_groups(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	const struct fault_kind *engine = fault_kind(FAULT_ENGINE_UNREACHABLE), *moved = fault_kind(FAULT_IMAGE_MOVED);
	struct fault items[] = {
		{moved, "builder.a", NULL, "a moved", "run `reconcile --reset a`", -1, NULL},
		{fault_kind(FAULT_INSTANCE_EMPTY), "builder.b", "/s/b", "b is empty", "run `reconcile --apply`", -1,
		 NULL},
		{moved, "builder.c", NULL, "c moved", "run `reconcile --reset c`", -1, NULL},
		{engine, "engine.one", NULL, "one is silent", "start it", -1, NULL},
		{engine, "engine.two", NULL, "two is silent", "start it", -1, NULL},
	};
	struct faults faults = {.items = items, .count = 5};
	struct report_options options = {0};

	(void)state;
	report_faults(&faults, &options, &out);
	const char *text = text_string(&out), *c = strstr(text, "! image-moved  builder.c\n");
	assert_true(text_starts(text, "Broken:\n! image-moved  builder.a\n    seen:   a moved\n    cause:  "));
	assert_non_null(c);
	assert_true(c < strstr(text, "builder.b"));
	assert_true(text_starts(
		c, "! image-moved  builder.c\n    seen:   c moved\n    mend:   run `reconcile --reset c`\n\n"));
	assert_non_null(strstr(text, "\nUnreachable:\n"));
	assert_non_null(
		strstr(text, "one is silent\n    cause:  the Docker Engine of an endpoint does not answer\n! engine"));
	assert_non_null(strstr(text, "two is silent\n    mend:   start it\n\n"));
	assert_true(text_ends(text, "\nNext: reconcile --apply\n"));
}

/* Size and age of what is left over; the command and the line of the state file as members of their own. */
static void test_leftovers(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct fault items[] = {
		{fault_kind(FAULT_ORPHAN_VOLUME), "volume.v", NULL, "v is nobody's",
		 "run `docker -H unix:///e volume rm v`, unless …", 13207024435, "2026-01-01T00:00:00Z"},
		{fault_kind(FAULT_CURRENT_STALE), "store", "/s/current", "current is stale",
		 "write `selected: ci` into the state file", -1, NULL},
	};
	struct faults faults = {.items = items, .count = 2};
	struct report_options options = {.now = 1767225600 + 41 * 86400 + 5}; /* 41 days later */

	(void)state;
	report_faults(&faults, &options, &out);
	assert_null(strstr(text_string(&out), "seen:   v is nobody's"));
	assert_non_null(strstr(text_string(&out), "\nLeft over, and no fault: 1 volume (12.3 GiB) that no builder"));
	assert_non_null(strstr(text_string(&out), "\n1 fault: 1 by --apply once the state file says so\nNext: write"));
	assert_int_equal(faults_counted(&faults), 1);
	text_clear(&out);
	options.verbose = true;
	report_faults(&faults, &options, &out);
	assert_non_null(strstr(text_string(&out), "seen:   v is nobody's; 12.3 GiB, made 41 days ago\n"));
	text_clear(&out);
	options.format = FORMAT_JSON;
	report_faults(&faults, &options, &out);
	CLEANUP_JSON cJSON *json = cJSON_Parse(text_string(&out));
	const cJSON *first = cJSON_GetArrayItem(json_get(json, "faults"), 0);
	const cJSON *second = cJSON_GetArrayItem(json_get(json, "faults"), 1);
	assert_string_equal(json_string(first, "command"), "docker -H unix:///e volume rm v");
	assert_null(json_string(first, "state_line"));
	assert_string_equal(json_string(first, "repair"), "none");
	assert_int_equal(json_integer(first, "size", 0), 13207024435);
	assert_int_equal(json_integer(first, "age_seconds", 0), 41 * 86400 + 5);
	assert_string_equal(json_string(second, "state_line"), "selected: ci");
	assert_string_equal(json_string(second, "repair"), "apply-declared");
	assert_null(json_get(second, "size"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complete), cmocka_unit_test(test_partial),   cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_json),	 cmocka_unit_test(test_records),   cmocka_unit_test(test_faults),
		cmocka_unit_test(test_groups),	 cmocka_unit_test(test_leftovers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
