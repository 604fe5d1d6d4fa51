/* Nobody's change is lost: a file that somebody changed since the plan is neither written over nor removed. */
#include "apply/apply.h"

#include "base/count.h"

#include "scratch.h"

static const char seen_text[] = "{\"as\": \"observed\"}";

struct bench {
	const struct scratch *scratch;
	struct live live;
	struct live_builder builder;
	struct live_context context;
	struct change change;
	struct change_result *result;
	struct error err;
};

static struct store_file seen(const char *path, bool in_docker_config)
{
	return (struct store_file){
		.path = path,
		.in_docker_config = in_docker_config,
		.exists = true,
		.readable = true,
		.data = (const unsigned char *)seen_text,
		.length = strlen(seen_text),
	};
}

static struct bench *bench_new(const struct scratch *scratch)
{
	struct bench *bench = ARENA_NEW(scratch->arena, struct bench);

	bench->scratch = scratch;
	bench->builder = (struct live_builder){.name = "ci", .file = seen("instances/ci", false)};
	bench->context = (struct live_context){.name = "c", .file = seen("contexts/meta/c/meta.json", true)};
	bench->live = (struct live){
		.store = scratch_at(scratch, "store"),
		.docker_config = scratch_at(scratch, "docker"),
		.current_endpoint = "unix:///var/run/docker.sock",
		.builders = &bench->builder,
		.builder_count = 1,
		.contexts = &bench->context,
		.context_count = 1,
	};
	bench->live.current_file = (struct store_file){.path = "current"};
	bench->live.docker_config_file = seen("config.json", true);
	scratch_write(scratch, "store/instances/ci", seen_text);
	scratch_write(scratch, "docker/config.json", seen_text);
	return bench;
}

static int run(struct bench *bench, const struct step *steps, size_t count)
{
	struct apply_options options = {.parallel = 1, .timeout_ms = 1000, .lock_timeout_ms = 60000};
	struct plan plan = {.changes = &bench->change, .change_count = 1};

	bench->change = (struct change){.address = "builder.ci",
					.name = "ci",
					.object = OBJECT_BUILDER,
					.action = ACTION_CHANGE,
					.steps = (struct step *)steps,
					.step_count = count};
	bench->result = results_new(bench->scratch->arena, 1);
	bench->err = (struct error)ERROR_INIT;
	return apply_run(&plan, &bench->live, &options, bench->result, &bench->err);
}

static struct step write_step(const char *path, const char *text)
{
	return (struct step){
		.kind = STEP_WRITE_FILE, .path = path, .data = (const unsigned char *)text, .length = strlen(text)};
}

/* Nothing was done: not even the steps before the one that would have touched the file. */
static void expect_stale(struct bench *bench, struct step step, const char *file, const char *theirs)
{
	const struct step steps[] = {write_step("instances/before", "{}"), step};

	assert_int_equal(run(bench, steps, COUNT(steps)), -1);
	assert_int_equal(bench->err.kind, ERROR_STALE);
	assert_int_equal(bench->result->steps_done, 0);
	assert_false(scratch_has(bench->scratch, "store/instances/before"));
	assert_string_equal(scratch_read(bench->scratch, file), theirs);
}

static void test_theirs_stays(void **state)
{
	struct bench *bench = bench_new(*state);
	const struct step forget = {.kind = STEP_FORGET_BUILDER, .name = "ci"};
	struct step config = write_step("config.json", "{}");

	config.in_docker_config = true;
	scratch_write(bench->scratch, "store/instances/ci", "theirs");
	expect_stale(bench, write_step("instances/ci", "{}"), "store/instances/ci", "theirs");
	expect_stale(bench, forget, "store/instances/ci", "theirs");
	expect_stale(bench, (struct step){.kind = STEP_REMOVE_FILE, .path = "instances/ci"}, "store/instances/ci",
		     "theirs");
	scratch_write(bench->scratch, "docker/config.json", "theirs");
	expect_stale(bench, config, "docker/config.json", "theirs");
	scratch_write(bench->scratch, "store/instances/new", "theirs");
	expect_stale(bench, write_step("instances/new", "{}"), "store/instances/new", "theirs");
	assert_int_equal(unlink(scratch_at(bench->scratch, "store/instances/ci")), 0);
	assert_int_equal(run(bench,
			     &(struct step){.kind = STEP_WRITE_FILE,
					    .path = "instances/ci",
					    .data = (const unsigned char *)"{}",
					    .length = 2},
			     1),
			 -1);
	assert_int_equal(bench->err.kind, ERROR_STALE);
}

static void test_what_is_as_it_was(void **state)
{
	struct bench *bench = bench_new(*state);
	/* A file that one change writes twice, and what is to become of it already. */
	const struct step steps[] = {write_step("instances/ci", "{1}"),
				     write_step("instances/ci", "{2}"),
				     {.kind = STEP_FORGET_BUILDER, .name = "ci"},
				     write_step("instances/ci", "{3}")};

	assert_int_equal(run(bench, steps, COUNT(steps)), 0);
	assert_string_equal(scratch_read(bench->scratch, "store/instances/ci"), "{3}");
	assert_int_equal(run(bench, &steps[3], 1), 0);
	assert_int_equal(unlink(scratch_at(bench->scratch, "store/instances/ci")), 0);
	assert_int_equal(run(bench, &steps[2], 1), 0);
}

/* Somebody ran `docker buildx use` meanwhile. */
static void test_selection(void **state)
{
	struct bench *bench = bench_new(*state);
	const struct step select = {.kind = STEP_SELECT, .name = "ci"};

	assert_int_equal(run(bench, &select, 1), 0);
	scratch_write(bench->scratch, "store/current", "theirs");
	assert_int_equal(run(bench, &select, 1), -1);
	assert_int_equal(bench->err.kind, ERROR_STALE);
	assert_string_equal(scratch_read(bench->scratch, "store/current"), "theirs");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_theirs_stays), TEST(test_what_is_as_it_was), TEST(test_selection)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
