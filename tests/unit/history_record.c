/* Records: begun, finished, recovered, listed, found; and a repository that git itself likes. */

#include "base/count.h"
#include "base/spawn.h"
#include "history/hold.h"
#include "history/journal.h"
#include "history/log.h"
#include "history/record.h"
#include "history/repository.h"
#include "scratch.h"

#include <stdio.h>

#define PLAN_A "aaaa000000000000000000000000000000000000000000000000000000000000"
#define PLAN_B "aaab000000000000000000000000000000000000000000000000000000000000"

enum { PATIENCE_MS = 30000 };

static struct history *open_history(const struct scratch *scratch)
{
	struct history *history = NULL;
	struct error err = ERROR_INIT;

	if (history_open(scratch_at(scratch, "state/h.git"), true, &history, &err) < 0)
		fail_msg("%s", err.message);
	assert_non_null(history);
	return history;
}

/* What `git ARGUMENTS` prints; the test fails when git does. */
static const char *git(const struct scratch *scratch, const char *script)
{
	struct spawn_result result = {0};
	const char *argv[] = {"sh", "-c", script, NULL};
	const char *env[] = {arena_printf(scratch->arena, "GIT_DIR=%s/state/h.git", scratch->path),
			     "GIT_CONFIG_GLOBAL=/dev/null", NULL};
	const char *out;

	assert_int_equal(
		spawn_run(&(struct spawn_request){.argv = argv, .env = env, .timeout_ms = PATIENCE_MS}, &result, NULL),
		0);
	if (result.exit_code != 0)
		fail_msg("%s: %s%s", script, result.out, result.err);
	out = arena_strdup(scratch->arena, result.out);
	spawn_result_done(&result);
	return out;
}

static struct record_content content_of(const char *plan_id, const char *subject)
{
	return (struct record_content){
		.plan_id = plan_id,
		.store = "/home/me/.docker/buildx",
		.subject = subject,
		.plan_json = "{\"plan\":1}\n",
		.desired_yaml = "version: 1\n",
		.live_json = "{}\n",
		.report_md = "# Plan\n",
		.desired_digest = "d1",
	};
}

static void begin(struct history *history, const struct record_content *content)
{
	struct error err = ERROR_INIT;

	if (history_begin(history, content, &err) < 0)
		fail_msg("%s", err.message);
}

static void finish(struct history *history, const char *plan_id, const char *status)
{
	struct error err = ERROR_INIT;

	if (history_finish(history, plan_id, status, NULL, "{\"status\":1}\n", NULL, &err) < 0)
		fail_msg("%s", err.message);
}

static void test_one_record(void **state)
{
	const struct store_file raw[] = {
		{.path = "instances/ci",
		 .exists = true,
		 .readable = true,
		 .data = (const unsigned char *)"secret",
		 .length = 6},
		{.path = "instances/.git",
		 .exists = true,
		 .readable = true,
		 .data = (const unsigned char *)"x",
		 .length = 1},
		{.path = "instances/empty", .exists = true, .readable = true},
		{.path = "instances/gone"},
		{.path = "config.json",
		 .in_docker_config = true,
		 .exists = true,
		 .readable = true,
		 .data = (const unsigned char *)"{}",
		 .length = 2},
	};
	const struct scratch *scratch = *state;
	struct record_content content = content_of(PLAN_A, "apply: create ci\n\nStatus: forged");
	struct history *history = open_history(scratch);
	struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	struct record record;

	content.raw = raw;
	content.raw_count = COUNT(raw);
	assert_int_equal(history_serial(history), 0);
	begin(history, &content);
	assert_string_equal(git(scratch, "git for-each-ref --format='%(refname)'"),
			    "refs/reconcile/pending/" PLAN_A "\nrefs/reconcile/private/" PLAN_A "\n");
	finish(history, PLAN_A, "applied");
	assert_int_equal(history_serial(history), 1);
	assert_string_equal(git(scratch, "git for-each-ref --format='%(refname)'"),
			    "refs/heads/main\nrefs/reconcile/private/" PLAN_A "\n");
	assert_string_equal(git(scratch, "git fsck --strict --no-dangling 2>&1"), "");
	assert_string_equal(git(scratch, "git ls-tree --name-only main"),
			    "desired.yaml\njournal.jsonl\nlive.json\nplan.json\nreport.md\nresult.json\n");
	assert_string_equal(git(scratch, "git log -1 --format='%s|%an|%(trailers:key=Status,valueonly)' main"),
			    "apply: create ci\\n\\nStatus: forged|reconcile|applied\n\n");
	assert_non_null(strstr(git(scratch, "git log -p main"), "+version: 1"));
	assert_null(strstr(git(scratch, "git log -p main"), "secret"));
	assert_string_equal(git(scratch, "git show refs/reconcile/private/" PLAN_A ":store/instances/ci"), "secret");
	assert_string_equal(git(scratch, "git ls-tree -r --name-only refs/reconcile/private/" PLAN_A),
			    "docker-config/config.json\nmanifest.json\nstore/instances/ci\nstore/instances/empty\n"
			    "store/raw-1\n");

	assert_int_equal(history_find(history, scratch->arena, NULL, &record, NULL), 0);
	assert_string_equal(record.plan_id, PLAN_A);
	assert_string_equal(record.status, "applied");
	assert_string_equal(record.store, "/home/me/.docker/buildx");
	assert_string_equal(record.desired_digest, "d1");
	assert_int_equal(history_read(history, record.id, "report.md", &data, NULL), 0);
	assert_string_equal(buffer_text(&data), "# Plan\n");
	buffer_done(&data);
	assert_int_equal(history_read(history, record.id, "nothing", &data, NULL), -1);
	history_close(history);
}

/* A clone, as a teammate would make one, has the records and nothing that is private. */
static void test_clone_is_clean(void **state)
{
	const struct store_file raw = {.path = "instances/ci",
				       .exists = true,
				       .readable = true,
				       .data = (const unsigned char *)"secret",
				       .length = 6};
	const struct scratch *scratch = *state;
	struct record_content content = content_of(PLAN_A, "apply: create ci");
	struct history *history = open_history(scratch);

	content.raw = &raw;
	content.raw_count = 1;
	begin(history, &content);
	finish(history, PLAN_A, "applied");
	history_close(history);
	assert_string_equal(git(scratch, "git clone -q --mirror file://\"$GIT_DIR\" \"$GIT_DIR/../clone\" && "
					 "GIT_DIR=\"$GIT_DIR/../clone\" git for-each-ref --format='%(refname)'"),
			    "refs/heads/main\n");
}

static void test_same_plan_again(void **state)
{
	const struct scratch *scratch = *state;
	const struct record_content content = content_of(PLAN_A, "apply: create ci");
	struct history *history = open_history(scratch);
	struct records records = {0};

	for (int i = 0; i < 3; i++) {
		begin(history, &content);
		finish(history, PLAN_A, i == 1 ? "failed" : "applied");
	}
	assert_int_equal(history_list(history, scratch->arena, 0, &records, NULL), 0);
	assert_int_equal(records.count, 3);
	assert_string_equal(records.items[1].status, "failed");
	assert_int_equal(history_serial(history), 3);
	assert_string_equal(git(scratch, "git log --format='%(trailers:key=Private-Ref,valueonly,separator=)' main"),
			    "refs/reconcile/private/aaaa000000000000-3\nrefs/reconcile/private/aaaa000000000000-2\n"
			    "refs/reconcile/private/" PLAN_A "\n");
	history_close(history);
}

static void journal(struct history *history, enum journal_event event, size_t step)
{
	struct journal_entry entry = {
		.event = event, .address = "builder.ci", .what = "boot ci", .step = step, .step_count = 3};
	struct error err = ERROR_INIT;

	if (history_journal(history, &entry, &err) < 0)
		fail_msg("%s", err.message);
}

static void test_recovers(void **state)
{
	const struct scratch *scratch = *state;
	const struct record_content a = content_of(PLAN_A, "apply: a"), b = content_of(PLAN_B, "apply: b");
	struct history *history = open_history(scratch);
	struct records records = {0};
	struct error err = ERROR_INIT;
	struct strings stories;

	assert_int_equal(history_recover(history, scratch->arena, &stories, &err), 0);
	assert_int_equal(stories.count, 0);
	begin(history, &a);
	begin(history, &b);
	journal(history, JOURNAL_BEGIN, 0);
	journal(history, JOURNAL_STEP, 1);
	assert_string_equal(git(scratch, "wc -l <\"$GIT_DIR\"/reconcile.journal"), "3\n");
	journal(history, JOURNAL_STEP_DONE, 1); /* waits for what follows it */
	assert_string_equal(git(scratch, "wc -l <\"$GIT_DIR\"/reconcile.journal"), "3\n");
	journal(history, JOURNAL_STEP, 2);
	assert_string_equal(git(scratch, "wc -l <\"$GIT_DIR\"/reconcile.journal"), "5\n");
	/* As a kill in the middle of a write leaves it. */
	git(scratch, "printf '{\"event\":\"step-do' >>\"$GIT_DIR\"/reconcile.journal");
	/* As a kill after the commit on main leaves it: main has the record, the pending ref is still there. */
	git(scratch, "git update-ref refs/keep refs/reconcile/pending/" PLAN_A);
	finish(history, PLAN_A, "applied");
	git(scratch, "git update-ref refs/reconcile/pending/" PLAN_A " refs/keep && git update-ref -d refs/keep");
	/* As a kill while a ref is being written leaves it. */
	scratch_write(scratch, "state/h.git/refs/heads/main.lock", "");
	assert_int_equal(history_recover(history, scratch->arena, &stories, &err), 0);
	assert_int_equal(stories.count, 1); /* the other one had ended */
	assert_non_null(strstr(stories.items[0], "\"apply: b\", begun at 2"));
	assert_non_null(strstr(stories.items[0], "builder.ci was cut off in step 2 of 3, boot ci"));
	assert_int_equal(history_list(history, scratch->arena, 0, &records, NULL), 0);
	assert_int_equal(records.count, 2);
	assert_string_equal(records.items[0].plan_id, PLAN_B);
	assert_string_equal(records.items[0].status, "interrupted");
	assert_string_equal(records.items[1].status, "applied");
	assert_non_null(strstr(git(scratch, "git show main:result.json"), "\"cut off\""));
	assert_non_null(strstr(git(scratch, "git show main:journal.jsonl"), "step-done"));
	assert_string_equal(git(scratch, "ls \"$GIT_DIR\" | grep journal || true"), "");
	assert_string_equal(git(scratch, "git for-each-ref refs/reconcile/pending"), "");
	assert_int_equal(history_recover(history, scratch->arena, &stories, &err), 0);
	assert_int_equal(stories.count, 0);
	/* A run that skipped recovery meets the pending ref of its own plan. */
	begin(history, &a);
	begin(history, &a);
	finish(history, PLAN_A, "applied");
	assert_int_equal(history_serial(history), 4);
	assert_int_equal(history_finish(history, PLAN_A, "applied", NULL, "{}", NULL, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	history_close(history);
}

/* What a kill leaves: objects and files that have no name yet, and a pending record without its private ref. */
static void test_recovers_half_written(void **state)
{
	static const char *const left[] = {"state/h.git/objects/tmp_object_git2_0603da7d3a6b7b7d",
					   "state/h.git/.tmp-reconcile.held0000271083b1c2d3",
					   "state/h.git/reconcile.key.4711"};
	static const char *const kept[] = {"state/h.git/objects/tmp_obj_Ab12", "state/h.git/.tmp-ci123",
					   "state/h.git/reconcile.key.old"};
	const struct scratch *scratch = *state;
	const struct record_content a = content_of(PLAN_A, "apply: a");
	struct history *history = open_history(scratch);
	struct strings stories;

	begin(history, &a);
	const char *private = git(scratch, "git rev-parse refs/reconcile/private/" PLAN_A);
	git(scratch, "git update-ref -d refs/reconcile/private/" PLAN_A);
	for (size_t i = 0; i < COUNT(left); i++) {
		scratch_write(scratch, left[i], "x");
		scratch_write(scratch, kept[i], "x");
	}
	assert_int_equal(history_recover(history, scratch->arena, &stories, NULL), 0);
	assert_int_equal(stories.count, 1);
	assert_string_equal(git(scratch, "git rev-parse refs/reconcile/private/" PLAN_A), private);
	assert_string_equal(git(scratch, "git log -1 --format='%(trailers:key=Private-Commit)' main"), "\n");
	for (size_t i = 0; i < COUNT(left); i++) {
		assert_false(file_exists(scratch_at(scratch, left[i])));
		assert_true(file_exists(scratch_at(scratch, kept[i])));
	}
	history_close(history);
}

static void test_find(void **state)
{
	const struct scratch *scratch = *state;
	const struct record_content a = content_of(PLAN_A, "apply: a"), b = content_of(PLAN_B, "apply: b");
	struct history *history = open_history(scratch);
	struct record record = {0};
	struct error err = ERROR_INIT;

	assert_int_equal(history_find(history, scratch->arena, NULL, &record, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	begin(history, &a);
	finish(history, PLAN_A, "applied");
	begin(history, &b);
	finish(history, PLAN_B, "failed");
	const char *tip = git(scratch, "git rev-parse main"), *first = git(scratch, "git rev-parse main~1");
	const struct {
		const char *rev, *plan; /* NULL: not found */
	} rows[] = {
		{NULL, PLAN_B},
		{"HEAD", PLAN_B},
		{"main", PLAN_B},
		{"HEAD~1", PLAN_A},
		{"HEAD~2", NULL},
		{arena_strndup(scratch->arena, tip, 40), PLAN_B},
		{arena_strndup(scratch->arena, first, 7), PLAN_A},
		{"aaaa0", PLAN_A},
		{"aaab", PLAN_B},
		{PLAN_A, PLAN_A},
		{"aaa", NULL},
		{"", NULL},
		{"no such", NULL},
		{"HEAD:plan.json", NULL},
		{"refs/reconcile/private/" PLAN_A, NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int result = history_find(history, scratch->arena, rows[i].rev, &record, &err);

		if (result != (rows[i].plan ? 0 : -1))
			fail_msg("%s: %d %s", rows[i].rev, result, err.message);
		if (rows[i].plan)
			assert_string_equal(record.plan_id, rows[i].plan);
		else
			assert_int_equal(err.kind, ERROR_NOT_FOUND);
	}
	history_close(history);
}

static void test_bad_plan_ids(void **state)
{
	static const char *const ids[] = {NULL, "", "../x", "xyz", PLAN_A "0", "a/b", "a.lock"};
	const struct scratch *scratch = *state;
	struct history *history = open_history(scratch);

	for (size_t i = 0; i < COUNT(ids); i++) {
		const struct record_content content = content_of(ids[i], "x");

		assert_int_equal(history_begin(history, &content, NULL), -1);
		assert_int_equal(history_finish(history, ids[i], "applied", NULL, "{}", NULL, NULL), -1);
	}
	history_close(history);
}

/* After `git gc` refs are packed and objects too. */
static void test_after_gc(void **state)
{
	const struct scratch *scratch = *state;
	const struct record_content a = content_of(PLAN_A, "apply: a"), b = content_of(PLAN_B, "apply: b");
	struct history *history = open_history(scratch);
	struct strings stories;

	begin(history, &a);
	finish(history, PLAN_A, "applied");
	begin(history, &b);
	git(scratch, "git gc -q --prune=now");
	history_close(history);
	history = open_history(scratch);
	assert_int_equal(history_recover(history, scratch->arena, &stories, NULL), 0);
	assert_int_equal(stories.count, 1);
	assert_non_null(strstr(stories.items[0], "had not begun"));
	assert_int_equal(history_serial(history), 2);
	assert_string_equal(git(scratch, "git for-each-ref refs/reconcile/pending; git fsck --strict --no-dangling"),
			    "");
	history_close(history);
}

static struct history *open_of(const struct scratch *scratch, const char *store)
{
	struct history *history = NULL;
	struct error err = ERROR_INIT;

	if (history_open_of(store, scratch_at(scratch, "state/h.git"), true, &history, &err) < 0)
		fail_msg("%s", err.message);
	return history;
}

/* One history, two stores, both with a run under way. */
static void test_stores_apart(void **state)
{
	const struct scratch *scratch = *state;
	struct record_content ours = content_of(PLAN_A, "apply: ours"), theirs = content_of(PLAN_B, "apply: theirs");
	struct history *here = open_of(scratch, ours.store), *there = open_of(scratch, "/other/buildx");
	struct records records = {0};
	struct record record;
	struct strings stories;

	theirs.store = "/other/buildx";
	begin(here, &ours);
	begin(there, &theirs);
	journal(there, JOURNAL_STEP, 1);
	assert_int_equal(history_recover(there, scratch->arena, &stories, NULL), 0);
	assert_int_equal(stories.count, 1); /* its own, as after a kill */
	assert_non_null(strstr(stories.items[0], "theirs"));
	finish(here, PLAN_A, "applied");
	assert_int_equal(history_serial(here), 1);
	assert_int_equal(history_serial(there), 1);
	assert_int_equal(history_list(here, scratch->arena, 0, &records, NULL), 0);
	assert_int_equal(records.count, 1);
	assert_string_equal(records.items[0].plan_id, PLAN_A);
	assert_int_equal(history_list_all(here, scratch->arena, 0, &records, NULL), 0);
	assert_int_equal(records.count, 2);
	assert_false(records.items[0].of_other_store);
	assert_true(records.items[1].of_other_store);
	assert_int_equal(history_find(there, scratch->arena, NULL, &record, NULL), 0);
	assert_string_equal(record.plan_id, PLAN_B);
	assert_int_equal(history_hold(there, "abc", NULL), 0);
	assert_true(history_is_held(there, "abc"));
	assert_false(history_is_held(here, "abc"));
	assert_string_equal(git(scratch, "head -n 1 \"$GIT_DIR\"/reconcile.store"), "/home/me/.docker/buildx\n");
	history_close(here);
	history_close(there);
	/* From before stores were told apart: the last record says whose the plain names are. */
	git(scratch, "rm \"$GIT_DIR\"/reconcile.store && mv \"$GIT_DIR\"/reconcile.held.* \"$GIT_DIR\"/reconcile.held");
	here = open_of(scratch, ours.store);
	there = open_of(scratch, theirs.store);
	assert_true(history_is_held(here, "abc"));
	assert_false(history_is_held(there, "abc"));
	history_close(here);
	history_close(there);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_record), TEST(test_clone_is_clean),	 TEST(test_same_plan_again),
		TEST(test_recovers),   TEST(test_recovers_half_written), TEST(test_stores_apart),
		TEST(test_find),       TEST(test_bad_plan_ids),		 TEST(test_after_gc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
