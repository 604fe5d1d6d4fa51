/* The executor: order, phases, failures, cancelling, and the steps that need no Engine. */
#include "apply/apply.h"

#include "base/count.h"
#include "base/json.h"
#include "codec/current.h"
#include "live/store/store.h"
#include "scratch.h"

#include <stdio.h>

enum { CHANGES_MAX = 64 };

struct bench {
	struct live live;
	struct plan plan;
	struct change changes[CHANGES_MAX];
	struct step steps[CHANGES_MAX];
	struct arena *arena;
	struct change_result *results; /* CHANGES_MAX */
	struct apply_options options;
	struct text log;
	struct interrupt interrupt;
	int cancel_after; /* calls; -1: never */
	bool in_callback;
	struct error err;
};

static void log_event(void *context, const struct apply_event *event)
{
	struct bench *bench = context;

	assert_false(bench->in_callback);
	bench->in_callback = true;
	switch (event->kind) {
	case APPLY_CHANGE_START:
		text_printf(&bench->log, "start %s\n", event->change->name);
		break;
	case APPLY_STEP_START:
		text_printf(&bench->log, "%s\n", step_kind_name(event->step->kind));
		break;
	case APPLY_LINE:
	case APPLY_OUTPUT:
		text_printf(&bench->log, "line %s\n", event->line);
		break;
	case APPLY_CHANGE_DONE:
		text_printf(&bench->log, "done %s\n", event->change->name);
		break;
	case APPLY_CHANGE_FAILED:
		text_printf(&bench->log, "failed %s\n", event->change->name);
		break;
	case APPLY_STEP_DONE:
		break;
	}
	bench->in_callback = false;
}

static bool cancelled(void *context)
{
	struct bench *bench = context;

	if (bench->cancel_after > 0)
		bench->cancel_after--;
	else
		return bench->cancel_after == 0;
	return false;
}

static struct bench *bench_new(const struct scratch *scratch)
{
	struct bench *bench = ARENA_NEW(scratch->arena, struct bench);

	bench->arena = scratch->arena;
	bench->results = results_new(bench->arena, CHANGES_MAX);
	bench->live.store = scratch_at(scratch, "store");
	bench->live.docker_config = scratch_at(scratch, "docker");
	bench->live.current_endpoint = "unix:///var/run/docker.sock";
	bench->plan.changes = bench->changes;
	bench->cancel_after = -1;
	bench->log = (struct text)TEXT_INIT;
	bench->interrupt = (struct interrupt){.came = cancelled, .context = bench};
	bench->options = (struct apply_options){
		.parallel = 1,
		.timeout_ms = 1000,
		.boot_timeout_ms = 1000,
		.lock_timeout_ms = 0,
		.progress = log_event,
		.context = bench,
		.interrupt = &bench->interrupt,
	};
	assert_int_equal(folder_create(bench->live.docker_config, 0700, NULL), 0);
	return bench;
}

static struct change *add_change(struct bench *bench, const char *name, int phase, const struct step *steps,
				 size_t count)
{
	struct change *change = &bench->changes[bench->plan.change_count++];

	*change = (struct change){
		.address = name,
		.name = name,
		.object = OBJECT_BUILDER,
		.action = ACTION_CREATE,
		.phase = phase,
		.steps = (struct step *)steps,
		.step_count = count,
	};
	return change;
}

static struct step write_step(const char *path, const char *text)
{
	return (struct step){
		.kind = STEP_WRITE_FILE, .path = path, .data = (const unsigned char *)text, .length = strlen(text)};
}

static int run(struct bench *bench)
{
	return apply_run(&bench->plan, &bench->live, &bench->options, bench->results, &bench->err);
}

static int run_one(struct bench *bench, struct step step)
{
	bench->plan.change_count = 0;
	bench->results = results_new(bench->arena, CHANGES_MAX);
	bench->err = (struct error)ERROR_INIT;
	bench->steps[0] = step;
	add_change(bench, "one", 1, bench->steps, 1);
	return run(bench);
}

static mode_t mode_of(const char *path)
{
	struct stat info;

	assert_int_equal(lstat(path, &info), 0);
	return info.st_mode & 07777;
}

static void test_writes_in_order(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	const struct step steps[] = {write_step("instances/a", "{1}"), write_step("instances/a", "{2}")};

	add_change(bench, "a", 1, steps, COUNT(steps));
	assert_int_equal(run(bench), 0);
	assert_string_equal(scratch_read(scratch, "store/instances/a"), "{2}");
	assert_int_equal(strlen(scratch_read(scratch, "store/activity/a")), strlen("2026-01-31T12:00:00Z"));
	assert_int_equal(mode_of(scratch_at(scratch, "store/instances")), 0700);
	assert_int_equal(mode_of(scratch_at(scratch, "store/instances/a")), 0600);
	assert_string_equal(text_string(&bench->log), "start a\nwrite-file\nwrite-file\ndone a\n");
	assert_int_equal(bench->results[0].status, CHANGE_DONE);
	assert_int_equal(bench->results[0].steps_done, 2);
	text_done(&bench->log);
}

static void test_docker_config(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	struct step step = write_step("config.json", "{}");

	/* People keep config.json as a link into a repository of theirs. */
	scratch_write(scratch, "docker/real.json", "old");
	assert_int_equal(symlink("real.json", scratch_at(scratch, "docker/config.json")), 0);
	step.in_docker_config = true;
	step.mode = 0644;
	assert_int_equal(run_one(bench, step), 0);
	assert_string_equal(scratch_read(scratch, "docker/real.json"), "{}");
	assert_int_equal(mode_of(scratch_at(scratch, "docker/real.json")), 0644);
	assert_false(scratch_has(scratch, "store"));
	text_done(&bench->log);
}

static void test_bad_paths(void **state)
{
	static const char *const paths[] = {
		NULL,	"",    "/etc/passwd", "..", "../x",  "instances/../../x",
		"a//b", "./a", "a/.",	      "a/", "out/x", "out/new/x",
	};
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);

	assert_int_equal(folder_create(scratch_at(scratch, "store"), 0700, NULL), 0);
	assert_int_equal(folder_create(scratch_at(scratch, "outside"), 0700, NULL), 0);
	assert_int_equal(symlink("../outside", scratch_at(scratch, "store/out")), 0);
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct step write = write_step(paths[i], "x"), removal = {.kind = STEP_REMOVE_FILE, .path = paths[i]};

		assert_int_equal(run_one(bench, write), -1);
		assert_int_equal(bench->err.kind, ERROR_REFUSED);
		assert_int_equal(run_one(bench, removal), -1);
		assert_int_equal(bench->err.kind, ERROR_REFUSED);
	}
	assert_false(scratch_has(scratch, "outside/x"));
	assert_false(scratch_has(scratch, "outside/new"));
	assert_true(scratch_has(scratch, "outside"));
	text_done(&bench->log);
}

static void test_replaces_what_stands_in_the_way(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);

	/* As they were observed: what nobody saw is somebody else's, and stays (apply_unchanged.c). */
	struct live_builder seen[] = {
		{.name = "dangling", .file = {.path = "instances/dangling", .exists = true}},
		{.name = "folder", .file = {.path = "instances/folder", .exists = true}},
		{.name = "link", .file = {.path = "instances/link", .exists = true}},
	};

	bench->live.builders = seen;
	bench->live.builder_count = COUNT(seen);
	scratch_write(scratch, "store/instances/folder/kept", "precious");
	scratch_write(scratch, "outside", "theirs");
	assert_int_equal(symlink("gone", scratch_at(scratch, "store/instances/dangling")), 0);
	assert_int_equal(symlink("../../outside", scratch_at(scratch, "store/instances/link")), 0);
	assert_int_equal(run_one(bench, write_step("instances/folder", "{}")), 0);
	assert_int_equal(run_one(bench, write_step("instances/dangling", "{}")), 0);
	assert_int_equal(run_one(bench, write_step("instances/link", "{}")), 0);
	assert_string_equal(scratch_read(scratch, "store/instances/folder"), "{}");
	assert_string_equal(scratch_read(scratch, "store/instances/dangling"), "{}");
	assert_string_equal(scratch_read(scratch, "store/instances/link"), "{}");
	assert_string_equal(scratch_read(scratch, "outside"), "theirs");
	assert_string_equal(scratch_read(scratch, "store/.reconcile-aside/unnamed/instances/folder/kept"), "precious");
	text_done(&bench->log);
}

static int use(struct bench *bench, const char *name)
{
	return run_one(bench, (struct step){.kind = STEP_USE_CONTEXT, .name = name});
}

/* What is in the file now is edited, whatever was there when the plan was made. */
static void test_use_context(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);

	assert_int_equal(use(bench, ""), 0);
	assert_false(scratch_has(scratch, "docker/config.json"));
	assert_int_equal(use(bench, "one"), 0);
	assert_string_equal(scratch_read(scratch, "docker/config.json"), "{\n\t\"currentContext\": \"one\"\n}");
	assert_int_equal(mode_of(scratch_at(scratch, "docker/config.json")), 0600);

	assert_int_equal(unlink(scratch_at(scratch, "docker/config.json")), 0);
	scratch_write(scratch, "docker/real.json",
		      "{\r\n  \"auths\":{\"é\":{}},\r\n \"currentContext\" :\t\"one\" }\n");
	assert_int_equal(chmod(scratch_at(scratch, "docker/real.json"), 0640), 0);
	assert_int_equal(symlink("real.json", scratch_at(scratch, "docker/config.json")), 0);
	assert_int_equal(use(bench, "two"), 0);
	assert_string_equal(scratch_read(scratch, "docker/real.json"),
			    "{\r\n  \"auths\":{\"é\":{}},\r\n \"currentContext\" :\t\"two\" }\n");
	assert_int_equal(mode_of(scratch_at(scratch, "docker/real.json")), 0640);
	assert_int_equal(readlink(scratch_at(scratch, "docker/config.json"), (char[16]){0}, 16), 9);
	assert_int_equal(use(bench, ""), 0);
	assert_string_equal(scratch_read(scratch, "docker/real.json"), "{\r\n  \"auths\":{\"é\":{}} }\n");

	scratch_write(scratch, "docker/real.json", "{\"auths\": {},");
	assert_int_equal(use(bench, "one"), -1);
	assert_non_null(strstr(bench->err.message, "cannot be edited"));
	assert_string_equal(bench->err.hint, "correct it, or move it away");
	assert_string_equal(scratch_read(scratch, "docker/real.json"), "{\"auths\": {},");
	text_done(&bench->log);
}

/* Behind a link may be the key that somebody uses elsewhere. */
static void test_tls_files_do_not_go_through_links(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	struct step step = write_step("contexts/tls/1/docker/key.pem", "NEW");

	step.in_docker_config = true;
	step.mode = 0600;
	assert_int_equal(run_one(bench, step), 0);
	assert_int_equal(mode_of(scratch_at(scratch, "docker/contexts/tls/1/docker")), 0700);
	assert_int_equal(unlink(scratch_at(scratch, "docker/contexts/tls/1/docker/key.pem")), 0);
	scratch_write(scratch, "theirs.pem", "THEIRS");
	assert_int_equal(
		symlink(scratch_at(scratch, "theirs.pem"), scratch_at(scratch, "docker/contexts/tls/1/docker/key.pem")),
		0);
	assert_int_equal(run_one(bench, step), 0);
	assert_string_equal(scratch_read(scratch, "theirs.pem"), "THEIRS");
	assert_string_equal(scratch_read(scratch, "docker/contexts/tls/1/docker/key.pem"), "NEW");
	assert_int_equal(mode_of(scratch_at(scratch, "docker/contexts/tls/1/docker/key.pem")), 0600);
	text_done(&bench->log);
}

/* The context failed: it does not become current, nothing is selected on it, and the one it replaces stays. */
static void test_current_context_waits_for_its_context(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	const struct step bad[] = {{.kind = STEP_WRITE_FILE, .path = "../out", .in_docker_config = true}};
	const struct step current[] = {{.kind = STEP_USE_CONTEXT, .name = "new"}};
	const struct step selection[] = {{.kind = STEP_SELECT, .name = "default", .of_context = true}};
	const struct step gone[] = {{.kind = STEP_REMOVE_FILE, .path = "contexts/meta/1", .in_docker_config = true}};

	scratch_write(scratch, "docker/contexts/meta/1/meta.json", "{}");
	add_change(bench, "new", PHASE_MEND, bad, 1)->object = OBJECT_CONTEXT;
	struct change *change = add_change(bench, "", PHASE_CURRENT, current, 1);
	change->object = OBJECT_CURRENT_CONTEXT;
	change->from = "old";
	change->to = "new";
	add_change(bench, "", PHASE_SELECT, selection, 1)->object = OBJECT_SELECTED;
	change = add_change(bench, "old", PHASE_CLEAR, gone, 1);
	change->object = OBJECT_CONTEXT;
	change->action = ACTION_REMOVE;
	assert_int_equal(run(bench), -1);
	assert_int_equal(bench->results[0].status, CHANGE_FAILED);
	for (size_t i = 1; i < 4; i++)
		assert_int_equal(bench->results[i].status, CHANGE_SKIPPED);
	assert_false(scratch_has(scratch, "docker/config.json"));
	assert_true(scratch_has(scratch, "docker/contexts/meta/1/meta.json"));
	text_done(&bench->log);
}

/* BuildX keys the selection by the endpoint of the current context: the one that the plan has just made current. */
static void test_selects_on_the_next_context(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	struct planned_context next = {.context = "new", .endpoint = "new"};

	bench->live.planned = &next;
	scratch_write(scratch, "store/instances/ci", "{}");
	assert_int_equal(run_one(bench, (struct step){.kind = STEP_SELECT, .name = "ci"}), 0);
	assert_non_null(strstr(scratch_read(scratch, "store/current"), "\"Key\":\"new\""));
	text_done(&bench->log);
}

static void test_removes(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	struct step context = {.kind = STEP_REMOVE_FILE, .path = "contexts/meta/abc", .in_docker_config = true};

	scratch_write(scratch, "store/instances/.DS_Store", "x");
	scratch_write(scratch, "store/activity/ci/deep", "x");
	scratch_write(scratch, "docker/contexts/meta/abc/meta.json", "{}");
	assert_int_equal(folder_create(scratch_at(scratch, "store/instances/empty"), 0700, NULL), 0);
	assert_int_equal(run_one(bench, (struct step){.kind = STEP_REMOVE_FILE, .path = "instances/.DS_Store"}), 0);
	assert_int_equal(run_one(bench, (struct step){.kind = STEP_REMOVE_FILE, .path = "instances/empty"}), 0);
	assert_int_equal(run_one(bench, (struct step){.kind = STEP_REMOVE_FILE, .path = "instances/not-there"}), 0);
	assert_int_equal(run_one(bench, (struct step){.kind = STEP_REMOVE_FILE, .path = "activity/ci"}), 0);
	assert_int_equal(run_one(bench, context), 0);
	assert_false(scratch_has(scratch, "store/instances/.DS_Store"));
	assert_false(scratch_has(scratch, "store/instances/empty"));
	assert_false(scratch_has(scratch, "store/activity/ci"));
	assert_false(scratch_has(scratch, "docker/contexts/meta/abc"));
	assert_true(scratch_has(scratch, "store/.reconcile-aside/unnamed/activity/ci/deep"));
	assert_non_null(strstr(text_string(&bench->log), "line activity/ci is kept as "));
	text_done(&bench->log);
}

/* Bytes and mode without a time of last use beside them; what was set aside, by a move that may be asked for twice. */
static void test_restores(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	struct step bytes = {.kind = STEP_RESTORE_FILE,
			     .path = "instances/broken",
			     .data = (const unsigned char *)"{",
			     .length = 1,
			     .mode = 0640};
	struct step moved = {.kind = STEP_RESTORE_FILE, .path = "instances/folder", .name = "aside/folder"};
	struct step taken = {.kind = STEP_RESTORE_FILE, .path = "instances/broken", .name = "aside/other"};
	struct step outside = {.kind = STEP_RESTORE_FILE, .path = "instances/x", .name = "../outside"};
	struct stat info;

	scratch_write(scratch, "store/aside/folder/kept", "precious");
	scratch_write(scratch, "store/aside/other", "x");
	scratch_write(scratch, "outside", "theirs");
	assert_int_equal(run_one(bench, bytes), 0);
	assert_string_equal(scratch_read(scratch, "store/instances/broken"), "{");
	assert_int_equal(stat(scratch_at(scratch, "store/instances/broken"), &info), 0);
	assert_int_equal(info.st_mode & 0777, 0640);
	assert_false(scratch_has(scratch, "store/activity/broken"));
	assert_int_equal(run_one(bench, moved), 0);
	assert_int_equal(run_one(bench, moved), 0);
	assert_string_equal(scratch_read(scratch, "store/instances/folder/kept"), "precious");
	assert_int_equal(run_one(bench, taken), -1);
	assert_true(scratch_has(scratch, "store/aside/other"));
	assert_int_equal(run_one(bench, outside), -1);
	assert_string_equal(scratch_read(scratch, "outside"), "theirs");
	text_done(&bench->log);
}

static void test_forgets(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	struct step step = {.kind = STEP_FORGET_BUILDER, .name = "ci"};

	scratch_write(scratch, "store/instances/ci", "{}");
	scratch_write(scratch, "store/instances/other", "{}");
	scratch_write(scratch, "store/activity/ci", "now");
	scratch_write(scratch, "store/refs/ci/ci0/r1", "{\"GroupRef\":\"all-ours\"}");
	scratch_write(scratch, "store/refs/ci/ci1/r2", "{\"GroupRef\":\"all-ours\"}");
	scratch_write(scratch, "store/refs/ci/ci0/r3", "{\"GroupRef\":\"shared\"}");
	scratch_write(scratch, "store/refs/ci/ci0/r4", "not JSON");
	scratch_write(scratch, "store/refs/ci/ci0/r5", "{\"GroupRef\":\"../../instances/other\"}");
	scratch_write(scratch, "store/refs/__group__/all-ours", "{\"Refs\":[\"ci/ci0/r1\",\"ci/ci1/r2\"]}");
	scratch_write(scratch, "store/refs/__group__/shared", "{\"Refs\":[\"ci/ci0/r3\",\"b/b0/r9\"]}");
	assert_int_equal(run_one(bench, step), 0);
	assert_false(scratch_has(scratch, "store/instances/ci"));
	assert_false(scratch_has(scratch, "store/activity/ci"));
	assert_false(scratch_has(scratch, "store/refs/ci"));
	assert_false(scratch_has(scratch, "store/refs/__group__/all-ours"));
	assert_true(scratch_has(scratch, "store/refs/__group__/shared"));
	assert_true(scratch_has(scratch, "store/instances/other"));
	assert_int_equal(run_one(bench, step), 0); /* gone already */
	step.name = "../instances/other";
	assert_int_equal(run_one(bench, step), -1);
	assert_true(scratch_has(scratch, "store/instances/other"));
	text_done(&bench->log);
}

static void test_selects(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	char hash[21];

	defaults_file_name(bench->live.current_endpoint, hash);
	const char *defaults = arena_printf(scratch->arena, "store/defaults/%s", hash);
	assert_int_equal(run_one(bench, (struct step){.kind = STEP_SELECT, .name = "ci"}), -1);
	assert_int_equal(bench->err.kind, ERROR_NOT_FOUND);
	scratch_write(scratch, "store/instances/ci", "{}");
	assert_int_equal(run_one(bench, (struct step){.kind = STEP_SELECT, .name = "ci"}), 0);
	assert_string_equal(scratch_read(scratch, "store/current"),
			    "{\"Key\":\"unix:///var/run/docker.sock\",\"Name\":\"ci\",\"Global\":false}");
	assert_string_equal(scratch_read(scratch, defaults), "ci");
	assert_int_equal(run_one(bench, (struct step){.kind = STEP_SELECT, .of_context = true}), 0);
	assert_string_equal(scratch_read(scratch, "store/current"),
			    "{\"Key\":\"unix:///var/run/docker.sock\",\"Name\":\"\",\"Global\":false}");
	assert_false(scratch_has(scratch, defaults));
	text_done(&bench->log);
}

static void test_failure_stops_its_own_change(void **state)
{
	const struct scratch *scratch = *state;
	const struct step bad[] = {write_step("../x", ""), write_step("instances/never", "")};
	const struct step good[] = {write_step("instances/good", "{}")};
	struct bench *bench = bench_new(scratch);

	add_change(bench, "bad", 1, bad, COUNT(bad));
	add_change(bench, "good", 1, good, COUNT(good));
	assert_int_equal(run(bench), -1);
	assert_int_equal(bench->results[0].status, CHANGE_FAILED);
	assert_int_equal(bench->results[0].steps_done, 0);
	assert_int_equal(bench->results[1].status, CHANGE_DONE);
	assert_non_null(strstr(bench->err.message, "bad: "));
	assert_false(scratch_has(scratch, "store/instances/never"));
	text_done(&bench->log);
}

static void test_stop_on_failure(void **state)
{
	const struct scratch *scratch = *state;
	const struct step bad[] = {write_step("../x", "")}, good[] = {write_step("instances/good", "{}")};
	struct bench *bench = bench_new(scratch);

	bench->options.stop_on_failure = true;
	add_change(bench, "bad", 0, bad, 1);
	add_change(bench, "same phase", 0, good, 1);
	add_change(bench, "next phase", 1, good, 1);
	assert_int_equal(run(bench), -1);
	assert_int_equal(bench->results[1].status, CHANGE_PENDING);
	assert_int_equal(bench->results[2].status, CHANGE_PENDING);
	assert_string_equal(text_string(&bench->log), "start bad\nwrite-file\nfailed bad\n");
	text_done(&bench->log);
}

static void test_skips(void **state)
{
	const struct scratch *scratch = *state;
	const struct step good[] = {write_step("instances/good", "{}")};
	struct bench *bench = bench_new(scratch);
	struct change *blocked = add_change(bench, "blocked", 1, good, 1);

	blocked->blocked = "it is protected";
	blocked->blocked_kind = ERROR_REFUSED;
	add_change(bench, "unknown", 1, good, 1)->action = ACTION_UNKNOWN;
	add_change(bench, "none", 1, NULL, 0)->action = ACTION_NONE;
	assert_int_equal(run(bench), -1);
	assert_int_equal(bench->results[0].status, CHANGE_SKIPPED);
	assert_int_equal(bench->results[1].status, CHANGE_SKIPPED);
	assert_int_equal(bench->results[2].status, CHANGE_DONE);
	assert_int_equal(bench->err.kind, ERROR_REFUSED);
	assert_false(scratch_has(scratch, "store"));
	assert_string_equal(text_string(&bench->log), "");
	text_done(&bench->log);
}

static void test_does_not_select_what_failed(void **state)
{
	const struct scratch *scratch = *state;
	const struct step create[] = {write_step("instances/ci", "{}"), write_step("../x", "")};
	const struct step selection[] = {{.kind = STEP_SELECT, .name = "ci"}};
	struct bench *bench = bench_new(scratch);

	add_change(bench, "ci", 1, create, COUNT(create));
	add_change(bench, "", 2, selection, 1)->object = OBJECT_SELECTED;
	assert_int_equal(run(bench), -1);
	assert_int_equal(bench->results[0].steps_done, 1);
	assert_int_equal(bench->results[1].status, CHANGE_SKIPPED);
	assert_false(scratch_has(scratch, "store/current"));
	text_done(&bench->log);
}

static void test_cancel(void **state)
{
	/* cancel_after, then the status of both changes: asked before each change and between steps. */
	static const struct {
		int after;
		enum change_status first, second;
		size_t steps_done;
	} rows[] = {
		{0, CHANGE_PENDING, CHANGE_PENDING, 0},
		{1, CHANGE_FAILED, CHANGE_PENDING, 1},
		{2, CHANGE_DONE, CHANGE_PENDING, 2},
		{9, CHANGE_DONE, CHANGE_DONE, 2},
	};
	const struct scratch *scratch = *state;
	const struct step steps[] = {write_step("instances/a", "{}"), write_step("instances/b", "{}")};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bench *bench = bench_new(scratch);

		bench->cancel_after = rows[i].after;
		add_change(bench, "first", 1, steps, COUNT(steps));
		add_change(bench, "second", 2, steps, COUNT(steps));
		assert_int_equal(run(bench), rows[i].second == CHANGE_DONE ? 0 : -1);
		assert_int_equal(bench->results[0].status, rows[i].first);
		assert_int_equal(bench->results[1].status, rows[i].second);
		assert_int_equal(bench->results[0].steps_done, rows[i].steps_done);
		if (rows[i].second != CHANGE_DONE)
			assert_int_equal(bench->err.kind, ERROR_INTERRUPTED);
		text_done(&bench->log);
	}
}

/* The phases are barriers, and callbacks never overlap (log_event asserts that). */
static void test_parallel(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);

	bench->options.parallel = 8;
	bench->options.lock_timeout_ms = 30000; /* for BuildX's lock, which these writers share */
	for (int i = 0; i < CHANGES_MAX; i++) {
		const char *name = arena_printf(scratch->arena, "b%d", i);
		const char *path = arena_printf(scratch->arena, "instances/b%d", i);

		bench->steps[i] = write_step(path, name);
		add_change(bench, name, i / 32, &bench->steps[i], 1);
	}
	int ran = run(bench);
	if (ran < 0)
		print_error("%s\n", bench->err.message);
	assert_int_equal(ran, 0);
	for (int i = 0; i < CHANGES_MAX; i++) {
		assert_int_equal(bench->results[i].status, CHANGE_DONE);
		assert_string_equal(scratch_read(scratch, arena_printf(scratch->arena, "store/instances/b%d", i)),
				    arena_printf(scratch->arena, "b%d", i));
	}
	/* No change of the second phase starts before the last of the first has ended. */
	const char *log = text_string(&bench->log);
	size_t ended = 0;
	for (const char *line = log; *line != '\0'; line = strchr(line, '\n') + 1) {
		int number = 0;

		if (sscanf(line, "start b%d", &number) == 1 && number >= 32)
			assert_true(ended >= 32);
		ended += strncmp(line, "done ", 5) == 0;
	}
	assert_int_equal(ended, CHANGES_MAX);
	text_done(&bench->log);
}

static size_t temporaries(const struct scratch *scratch, const char *folder)
{
	DIR *dir = folder_list(scratch_at(scratch, folder));
	size_t count = 0;

	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir));)
		count += strncmp(entry->d_name, ".tmp-", 5) == 0;
	closedir(dir);
	return count;
}

/* Somebody makes b20 when it lies beside its place already. */
static void meddle(void *context, const struct apply_event *event)
{
	if (event->kind == APPLY_STEP_START && strcmp(event->change->name, "b20") == 0)
		scratch_write(context, "store/instances/b20", "made at the last moment");
}

/* Many files are staged and synced as one: who is in the way of one of them is in the way of no other. */
static void test_batch(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);

	bench->options.progress = meddle;
	bench->options.context = (void *)scratch;
	scratch_write(scratch, "store/instances/b3", "made by somebody meanwhile");
	scratch_write(scratch, "store/instances/b7/in-the-way", "");
	scratch_write(scratch, "elsewhere", "not ours");
	assert_int_equal(symlink(scratch_at(scratch, "elsewhere"), scratch_at(scratch, "store/instances/b8")), 0);
	for (int i = 0; i < CHANGES_MAX; i++) {
		const char *name = arena_printf(scratch->arena, "b%d", i);

		bench->steps[i] = write_step(arena_printf(scratch->arena, "instances/b%d", i), name);
		add_change(bench, name, 1, &bench->steps[i], 1);
	}
	assert_int_equal(run(bench), -1);
	assert_int_equal(bench->err.kind, ERROR_STALE);
	for (int i = 0; i < CHANGES_MAX; i++) {
		const char *file = arena_printf(scratch->arena, "store/instances/b%d", i);
		bool is_theirs = i == 3 || i == 7 || i == 8 || i == 20;

		assert_int_equal(bench->results[i].status, is_theirs ? CHANGE_FAILED : CHANGE_DONE);
		if (!is_theirs)
			assert_string_equal(scratch_read(scratch, file), arena_printf(scratch->arena, "b%d", i));
	}
	assert_string_equal(scratch_read(scratch, "store/instances/b3"), "made by somebody meanwhile");
	assert_string_equal(scratch_read(scratch, "store/instances/b20"), "made at the last moment");
	assert_string_equal(scratch_read(scratch, "elsewhere"), "not ours");
	assert_string_not_equal(scratch_read(scratch, "store/activity/b0"), "");
	assert_int_equal(temporaries(scratch, "store/instances"), 0);
	assert_int_equal(temporaries(scratch, "store/activity"), 0);
	text_done(&bench->log);
}

static void test_waits_for_buildx(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	int fd = -1;

	assert_int_equal(folder_create(bench->live.store, 0700, NULL), 0);
	assert_int_equal(file_lock(scratch_at(scratch, "store/.lock"), 0, NULL, &fd, NULL), 0);
	assert_int_equal(run_one(bench, write_step("instances/a", "{}")), -1);
	assert_int_equal(bench->err.kind, ERROR_LOCKED);
	file_unlock(&fd);
	assert_int_equal(run_one(bench, write_step("instances/a", "{}")), 0);
	text_done(&bench->log);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_writes_in_order),
		TEST(test_docker_config),
		TEST(test_use_context),
		TEST(test_tls_files_do_not_go_through_links),
		TEST(test_current_context_waits_for_its_context),
		TEST(test_selects_on_the_next_context),
		TEST(test_bad_paths),
		TEST(test_replaces_what_stands_in_the_way),
		TEST(test_removes),
		TEST(test_restores),
		TEST(test_forgets),
		TEST(test_selects),
		TEST(test_failure_stops_its_own_change),
		TEST(test_stop_on_failure),
		TEST(test_batch),
		TEST(test_skips),
		TEST(test_does_not_select_what_failed),
		TEST(test_cancel),
		TEST(test_parallel),
		TEST(test_waits_for_buildx),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
