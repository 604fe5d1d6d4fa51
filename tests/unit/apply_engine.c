/* The steps that need a real Engine, on the one that tests/engine/up started ($RECONCILE_ENGINE_SOCK); skipped without.
 *
 * Its builders are called ap-…, in a store and a Docker configuration of their own, and are removed afterwards. */
#include "apply/apply.h"

#include "base/buffer.h"
#include "base/text_buffer.h"
#include "codec/instance.h"
#include "live/engine/container.h"
#include "live/engine/image.h"
#include "live/store/store.h"
#include "result_texts.h"
#include "scratch.h"

enum { PATIENCE_MS = 120000 };

#define NODE "buildx_buildkit_ap-unit0"
#define STRANGER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct bench {
	struct live live;
	const char *endpoint, *image;
	struct apply_options options;
	struct text lines;
	struct error err;
};

static void keep_line(void *context, const struct apply_event *event)
{
	struct bench *bench = context;

	if (event->kind == APPLY_OUTPUT)
		text_printf(&bench->lines, "%s\n", event->line);
}

static struct bench *bench_new(const struct scratch *scratch)
{
	const char *socket = getenv("RECONCILE_ENGINE_SOCK"), *config = getenv("DOCKER_CONFIG");
	const char *image = getenv("RECONCILE_BUILDKIT_IMAGE");
	struct bench *bench = ARENA_NEW(scratch->arena, struct bench);

	if (!socket || !config || !image)
		skip();
	bench->endpoint = arena_printf(scratch->arena, "unix://%s", socket);
	bench->image = image;
	bench->live.store = scratch_at(scratch, "store");
	bench->live.docker_config = scratch_at(scratch, "docker");
	bench->live.current_endpoint = bench->endpoint;
	bench->lines = (struct text)TEXT_INIT;
	bench->options = (struct apply_options){
		.parallel = 1,
		.timeout_ms = PATIENCE_MS,
		.boot_timeout_ms = PATIENCE_MS,
		.lock_timeout_ms = PATIENCE_MS,
		.progress = keep_line,
		.context = bench,
	};
	assert_int_equal(mkdir(bench->live.docker_config, 0700), 0);
	assert_int_equal(symlink(arena_printf(scratch->arena, "%s/cli-plugins", config),
				 scratch_at(scratch, "docker/cli-plugins")),
			 0);
	return bench;
}

static int run_one(struct bench *bench, struct step step)
{
	struct change change = {.address = "builder.ap-unit", .name = "ap-unit", .action = ACTION_CREATE};
	const struct plan plan = {.changes = &change, .change_count = 1};
	struct change_result result = {RESULT_TEXTS};

	change.steps = &step;
	change.step_count = 1;
	bench->err = (struct error)ERROR_INIT;
	text_clear(&bench->lines);
	return apply_run(&plan, &bench->live, &bench->options, &result, &bench->err);
}

static void must(struct bench *bench, struct step step)
{
	if (run_one(bench, step) < 0)
		fail_msg("%s: %s (%s)", step_kind_name(step.kind), bench->err.message, bench->err.hint);
}

/* Also after a test that failed half way. */
static int engine_teardown(void **state)
{
	const struct scratch *scratch = *state;
	const char *socket = getenv("RECONCILE_ENGINE_SOCK");
	const struct live live = {.docker_config = scratch->path};
	struct engine_client *client = NULL;
	const char *id = NULL;

	if (socket && engine_open(&live, arena_printf(scratch->arena, "unix://%s", socket), PATIENCE_MS, NULL, &client,
				  NULL) == 0) {
		if (engine_container_id(client, scratch->arena, NODE, &id, NULL) == 0 && id)
			engine_container_remove(client, id, NULL);
		engine_volume_remove(client, NODE "_state", NULL);
		engine_close(client);
	}
	return scratch_teardown(state);
}

static const char *container_id(const struct scratch *scratch, const struct bench *bench)
{
	struct engine_client *client = NULL;
	const char *id = NULL;

	assert_int_equal(engine_open(&bench->live, bench->endpoint, PATIENCE_MS, NULL, &client, NULL), 0);
	assert_int_equal(engine_container_id(client, scratch->arena, NODE, &id, NULL), 0);
	engine_close(client);
	return id;
}

static struct step write_instance(const struct scratch *scratch, const struct bench *bench, const char *image)
{
	struct pair option = {.key = "image", .value = image};
	struct node node = {.name = "ap-unit0", .endpoint = bench->endpoint, .driver_opts = {&option, 1}};
	const struct builder builder = {
		.name = "ap-unit", .driver = "docker-container", .nodes = &node, .node_count = 1};
	CLEANUP_TEXT struct text data = TEXT_INIT;

	instance_print(&builder, &data);
	return (struct step){.kind = STEP_WRITE_FILE,
			     .path = "instances/ap-unit",
			     .data = arena_copy(scratch->arena, data.data, data.length),
			     .length = data.length};
}

static void test_life_of_a_node(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	struct step removal = {.kind = STEP_REMOVE_CONTAINER, .endpoint = bench->endpoint, .name = NODE};
	struct step stop = {.kind = STEP_STOP_CONTAINER, .endpoint = bench->endpoint, .name = NODE};
	struct step volume = {.kind = STEP_REMOVE_VOLUME, .endpoint = bench->endpoint, .name = NODE "_state"};

	must(bench, write_instance(scratch, bench, bench->image));
	must(bench, (struct step){.kind = STEP_BOOT, .name = "ap-unit"});
	assert_non_null(strstr(text_string(&bench->lines), "booting buildkit"));
	const char *id = container_id(scratch, bench);
	assert_non_null(id);
	must(bench, (struct step){.kind = STEP_BOOT, .name = "ap-unit"}); /* runs already */
	assert_string_equal(container_id(scratch, bench), id);

	removal.detail = stop.detail = STRANGER;
	assert_int_equal(run_one(bench, removal), -1);
	assert_int_equal(bench->err.kind, ERROR_STALE);
	assert_int_equal(run_one(bench, stop), -1);
	assert_int_equal(run_one(bench, volume), -1); /* in use */
	assert_string_equal(container_id(scratch, bench), id);

	stop.detail = removal.detail = id;
	must(bench, stop);
	must(bench, stop);
	must(bench, removal);
	assert_null(container_id(scratch, bench));
	must(bench, removal); /* gone already */
	must(bench, stop);
	must(bench, volume);
	must(bench, volume);
	must(bench, (struct step){.kind = STEP_FORGET_BUILDER, .name = "ap-unit"});
	assert_false(scratch_has(scratch, "store/instances/ap-unit"));
	text_done(&bench->lines);
}

static void test_boot_fails(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);

	must(bench, write_instance(scratch, bench, "localhost:1/none:1"));
	assert_int_equal(run_one(bench, (struct step){.kind = STEP_BOOT, .name = "ap-unit"}), -1);
	assert_non_null(strstr(bench->err.message, "localhost:1"));
	assert_string_not_equal(bench->err.hint, "");
	assert_int_equal(run_one(bench, (struct step){.kind = STEP_BOOT, .name = "ap-nobody"}), -1);
	assert_non_null(strstr(bench->err.message, "no builder \"ap-nobody\" found"));
	text_done(&bench->lines);
}

static void test_pull(void **state)
{
	const struct scratch *scratch = *state;
	struct bench *bench = bench_new(scratch);
	struct step pull = {.kind = STEP_PULL_IMAGE, .endpoint = bench->endpoint, .name = bench->image};

	must(bench, pull); /* with or without a registry: the image is there */
	pull.name = "localhost:1/none:1";
	assert_int_equal(run_one(bench, pull), -1);
	assert_non_null(strstr(bench->err.message, "cannot pull the image: pulling localhost:1/none:1: "));
	assert_string_not_equal(bench->err.hint, "");
	pull.endpoint = "unix:///no/such.sock";
	assert_int_equal(run_one(bench, pull), -1);
	assert_int_equal(bench->err.kind, ERROR_UNREACHABLE);
	pull.endpoint = NULL;
	assert_int_equal(run_one(bench, pull), -1);
	text_done(&bench->lines);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, engine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_life_of_a_node), TEST(test_boot_fails), TEST(test_pull)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
