/* Verifying: what a plan made afterwards still wants has failed. */
#include "apply/verify.h"
#include "result_texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void test_verify(void **state)
{
	struct field_change field = {.path = "nodes.ci0.driver-opts.image", .before = "a", .after = "b"};
	struct change changes[] = {
		{.address = "builder.fine", .action = ACTION_CREATE},
		{.address = "builder.still", .action = ACTION_CHANGE},
		{.address = "builder.blind", .action = ACTION_CHANGE},
		{.address = "builder.none", .action = ACTION_CHANGE},
		{.address = "builder.failed", .action = ACTION_CHANGE},
	};
	struct change left[] = {
		{.address = "builder.still",
		 .action = ACTION_REPLACE,
		 .reason = "image changed",
		 .fields = &field,
		 .field_count = 1},
		{.address = "builder.blind", .action = ACTION_UNKNOWN, .reason = "connection refused"},
		{.address = "builder.none", .action = ACTION_NONE},
		{.address = "builder.failed", .action = ACTION_CHANGE},
	};
	const struct plan plan = {.changes = changes, .change_count = 5}, after = {.changes = left, .change_count = 4};
	struct change_result results[5] = {
		{RESULT_TEXTS, .status = CHANGE_DONE},
		{RESULT_TEXTS, .status = CHANGE_DONE},
		{RESULT_TEXTS, .status = CHANGE_DONE},
		{RESULT_TEXTS, .status = CHANGE_DONE},
		{.status = CHANGE_FAILED, .error = &(struct error){.message = "its own"}},
	};

	(void)state;
	assert_int_equal(apply_verify(&plan, &after, NULL, results), 2);
	assert_int_equal(results[0].status, CHANGE_DONE);
	assert_int_equal(results[1].status, CHANGE_FAILED);
	assert_non_null(strstr(results[1].error->message, "nodes.ci0.driver-opts.image is a and should be b"));
	assert_int_equal(results[2].status, CHANGE_UNVERIFIED); /* a silence: nothing is undone for it */
	assert_int_equal(results[2].error->kind, ERROR_UNREACHABLE);
	assert_int_equal(results[3].status, CHANGE_DONE);
	assert_string_equal(results[4].error->message, "its own");
}

/* What a change did besides what is under its address: files that it wrote or removed, a selection that it put back. */
static void test_besides(void **state)
{
	static const struct {
		struct step step;
		const char *left; /* in the plan made afterwards */
		enum object_kind object;
		bool fails;
	} rows[] = {
		{{.kind = STEP_FORGET_BUILDER, .name = "ci"}, "instances/ci", OBJECT_FILE, true},
		{{.kind = STEP_FORGET_BUILDER, .name = "ci"}, "instances/other", OBJECT_FILE, false},
		{{.kind = STEP_WRITE_FILE, .path = "instances/ci"}, "instances/ci", OBJECT_FILE, true},
		{{.kind = STEP_SELECT, .name = "ci"}, "", OBJECT_SELECTED, true},
		{{.kind = STEP_BOOT, .name = "ci"}, "", OBJECT_SELECTED, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct step step = rows[i].step;
		struct change change = {
			.address = "builder.ci", .action = ACTION_REMOVE, .steps = &step, .step_count = 1};
		struct change left = {.address = rows[i].object == OBJECT_FILE ? "file" : "selected",
				      .object = rows[i].object,
				      .name = rows[i].left,
				      .action = ACTION_REPAIR};
		const struct plan plan = {.changes = &change, .change_count = 1},
				  after = {.changes = &left, .change_count = 1};
		struct change_result result = {RESULT_TEXTS, .status = CHANGE_DONE};

		assert_int_equal(apply_verify(&plan, &after, NULL, &result), rows[i].fails ? 1 : 0);
	}
}

/* Who is silent after an apply is waited for where there is a chance that he answers yet. */
static void test_who_is_awaited(void **state)
{
	static const struct {
		const char *driver;
		enum seen seen;
		bool tolerated, awaited;
	} rows[] = {
		{"docker-container", SEEN_STARTING, false, true},
		{"docker-container", SEEN_REFUSED, false, true},
		{"docker-container", SEEN_NOT_UP, true, false},
		{"remote", SEEN_NOT_UP, false, true},
		{"remote", SEEN_LATE, false, true},
		{"remote", SEEN_LATE, true, false},
		{"remote", SEEN_REFUSED, false, false},
		{"remote", SEEN_STRANGE, false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct live_node node = {.spec = {.name = "ci0"}, .seen = rows[i].seen};
		struct live_builder builder = {.name = "ci", .driver = rows[i].driver, .nodes = &node, .node_count = 1};
		const struct live live = {.builders = &builder, .builder_count = 1};
		struct change change = {.address = "builder.ci", .object = OBJECT_BUILDER, .name = "ci"};
		struct silent_node silent = {
			.builder = "ci", .node = "ci0", .reason = "silent", .tolerated = rows[i].tolerated};
		const struct plan plan = {.changes = &change, .change_count = 1},
				  after = {.silent = &silent, .silent_count = 1};
		struct change_result result = {RESULT_TEXTS, .status = CHANGE_DONE};

		assert_int_equal(apply_unsure(&plan, &after, &live, &result), rows[i].awaited);
		result.status = CHANGE_FAILED;
		assert_false(apply_unsure(&plan, &after, &live, &result));
	}
}

/* What is as asked is done; whether its daemon is well is told of whom somebody asked. */
static void test_who_was_not_asked(void **state)
{
	static const struct daemon daemon;
	static const struct {
		enum node_state state;
		const struct daemon *daemon;
		const char *silent;
		size_t unasked;
	} rows[] = {
		{NODE_RUNNING, &daemon, NULL, 0}, /* it answered */
		{NODE_RUNNING, NULL, NULL, 1},	  /* --no-probe */
		{NODE_UNKNOWN, NULL, NULL, 1},	  /* nothing leads there */
		{NODE_UNKNOWN, NULL, "ci0", 0},	  /* asked, silent, and `bootstrap: false` */
		{NODE_INACTIVE, NULL, NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct live_node node = {.spec = {.name = "ci0"}, .state = rows[i].state, .daemon = rows[i].daemon};
		struct live_builder builder = {.name = "ci", .driver = "remote", .nodes = &node, .node_count = 1};
		const struct live live = {.builders = &builder, .builder_count = 1};
		struct change change = {.address = "builder.ci", .object = OBJECT_BUILDER, .name = "ci"};
		struct silent_node silent = {
			.builder = "ci", .node = rows[i].silent, .reason = "refused", .tolerated = true};
		const struct plan plan = {.changes = &change, .change_count = 1},
				  after = {.silent = &silent, .silent_count = rows[i].silent ? 1 : 0};
		struct change_result result = {RESULT_TEXTS, .status = CHANGE_DONE};

		assert_int_equal(apply_verify(&plan, &after, &live, &result), 0);
		assert_int_equal(result.status, CHANGE_DONE);
		assert_int_equal(result.unasked, rows[i].unasked);
		assert_true(!*result.note == (rows[i].unasked == 0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_verify), cmocka_unit_test(test_besides),
					   cmocka_unit_test(test_who_is_awaited),
					   cmocka_unit_test(test_who_was_not_asked)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
