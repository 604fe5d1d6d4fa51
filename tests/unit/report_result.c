/* The outcome of an apply, the records and the faults as people read them. */
#include "base/json.h"
#include "report/faults.h"
#include "report/records.h"
#include "report/report.h"
#include "report/result.h"
#include "report/words.h"

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
	struct change_result results[] = {{.status = CHANGE_DONE}, {.status = CHANGE_DONE}, {.status = CHANGE_DONE}};
	struct report_options options = {0};
	struct plan plan = make_plan();

	(void)state;
	report_result(&plan, results, &options, &out);
	assert_string_equal(text_string(&out),
			    "Apply complete: 1 created, 1 replaced, 1 selected. Verified by observing again.\n");
}

static void test_partial(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct change_result results[] = {
		{.status = CHANGE_DONE}, {.status = CHANGE_FAILED}, {.status = CHANGE_SKIPPED}};
	struct report_options options = {0};
	struct plan plan = make_plan();

	(void)state;
	error_set(&results[1].error, ERROR_OTHER, "the node did not boot");
	error_hint(&results[1].error, "look at docker logs");
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
	struct change_result results[] = {{.status = CHANGE_DONE}, {.status = CHANGE_FAILED}, {0}};
	struct report_options options = {.command = "reconcile --apply", .note = "Kept as it is."};
	struct plan plan = make_plan();

	(void)state;
	error_set(&results[1].error, ERROR_INTERRUPTED, "interrupted after 1 of 3 steps");
	report_result(&plan, results, &options, &out);
	assert_true(text_starts(text_string(&out), "Interrupted: 1 of 3 changes done.\n"));
	assert_true(
		text_ends(text_string(&out), "  - selected not begun\nKept as it is.\nTo go on: reconcile --apply\n"));
}

static void test_json(void **state)
{
	CLEANUP_JSON cJSON *json = NULL;
	struct change_result results[] = {{.status = CHANGE_DONE, .steps_done = 2}, {.status = CHANGE_FAILED}, {0}};
	struct plan plan = make_plan();
	const cJSON *second;

	(void)state;
	error_set(&results[1].error, ERROR_OTHER, "no boot");
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
	static const struct fault_kind kind = {"instance-truncated", "a crash while writing", "move it away",
					       REPAIR_ASIDE};
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct fault fault = {&kind, "builder.ci", "/store/instances/ci", "is cut short", "reconcile --apply",
			      -1,    NULL};
	struct faults faults = {.items = &fault, .count = 1}, none = {0};
	struct report_options options = {0};

	(void)state;
	report_faults(&faults, &options, &out);
	assert_string_equal(text_string(&out), "! instance-truncated  builder.ci\n"
					       "    seen:   is cut short\n"
					       "    cause:  a crash while writing\n"
					       "    file:   /store/instances/ci\n"
					       "    mend:   reconcile --apply\n"
					       "    by:     reconcile --apply, alone\n"
					       "\n"
					       "1 fault: 1 mended by --apply\n");
	text_clear(&out);
	report_faults(&none, &options, &out);
	assert_string_equal(text_string(&out), "No faults found.\n");
}

/* Size and age of what is left over; the command and the line of the state file as members of their own. */
static void test_leftovers(void **state)
{
	static const struct fault_kind volume = {"orphan-volume", "left", "", REPAIR_NONE};
	static const struct fault_kind stale = {"current-stale", "gone", "", REPAIR_DECLARED};
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct fault items[] = {
		{&volume, "volume.v", NULL, "v is nobody's", "run `docker -H unix:///e volume rm v`, unless …",
		 13207024435, "2026-01-01T00:00:00Z"},
		{&stale, "store", "/s/current", "current is stale", "write `selected: ci` into the state file", -1,
		 NULL},
	};
	struct faults faults = {.items = items, .count = 2};
	struct report_options options = {.now = 1767225600 + 41 * 86400 + 5}; /* 41 days later */

	(void)state;
	report_faults(&faults, &options, &out);
	assert_non_null(strstr(text_string(&out), "seen:   v is nobody's; 12.3 GiB, made 41 days ago\n"));
	assert_non_null(strstr(text_string(&out), "by:     you: reconcile --apply leaves it alone\n"));
	assert_non_null(strstr(text_string(&out), "2 faults: 1 by --apply once the state file says so, 1 by you\n"));
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
		cmocka_unit_test(test_complete),  cmocka_unit_test(test_partial), cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_json),	  cmocka_unit_test(test_records), cmocka_unit_test(test_faults),
		cmocka_unit_test(test_leftovers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
