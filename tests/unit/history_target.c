/* Rolling back: what a record says was there, as desired state. */

#include "base/count.h"
#include "base/json.h"
#include "base/spawn.h"
#include "codec/context.h"
#include "codec/plan.h"
#include "codec/snapshot.h"
#include "history/log.h"
#include "history/record.h"
#include "history/repository.h"
#include "history/target.h"
#include "live/store/store.h"
#include "model/plan.h"
#include "scratch.h"

#include <stdlib.h>

#define PLAN_ID "cccc000000000000000000000000000000000000000000000000000000000000"
#define BYTES(text) .exists = true, .readable = true, .data = (const unsigned char *)(text), .length = sizeof(text) - 1

static const char instance[] = "{\"Name\":\"ci\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"ci0\","
			       "\"Endpoint\":\"unix:///var/run/docker.sock\",\"Platforms\":null,\"DriverOpts\":{},"
			       "\"Flags\":null,\"Files\":null}],\"Dynamic\":false}";

/* The state before, and the plan that was carried out on it. */
struct before {
	struct live live;
	struct live_builder builders[3];
	struct live_node nodes[3];
	struct live_context contexts[2];
	struct change changes[16];
	struct plan plan;
	struct store_file raw[16];
	size_t raw_count;
	const char *store;
};

static void add_change(struct before *before, struct arena *arena, enum object_kind object, const char *name)
{
	static const char *const kinds[] = {[OBJECT_BUILDER] = "builder.",
					    [OBJECT_CONTEXT] = "context.",
					    [OBJECT_FILE] = "file.",
					    [OBJECT_SELECTED] = "selected",
					    [OBJECT_CURRENT_CONTEXT] = "current-context"};

	before->changes[before->plan.change_count++] = (struct change){
		.address = arena_printf(arena, "%s%s", kinds[object], name),
		.object = object,
		.name = name,
		.action = object == OBJECT_SELECTED ? ACTION_SELECT : ACTION_CHANGE,
		.live_fingerprint = "f",
		.phase = 1,
	};
}

static void add_raw(struct before *before, struct store_file raw)
{
	before->raw[before->raw_count++] = raw;
}

static void add_builder(struct before *before, const char *name, enum node_state node)
{
	size_t index = before->live.builder_count++;

	before->nodes[index] =
		(struct live_node){.spec = {.name = "ci0", .endpoint = "unix:///var/run/docker.sock"}, .state = node};
	before->builders[index] = (struct live_builder){
		.name = name, .driver = "docker-container", .nodes = &before->nodes[index], .node_count = 1};
}

static struct before *before_new(const struct scratch *scratch)
{
	struct before *before = ARENA_NEW(scratch->arena, struct before);
	struct live *live = &before->live;

	before->store = live->store = "/s";
	live->docker_config = "/d";
	live->current_context = "default";
	live->current_context_from = "default";
	live->current_endpoint = "unix:///var/run/docker.sock";
	live->selected = "ci";
	live->selected_by = "current";
	live->builders = before->builders;
	live->contexts = before->contexts;
	before->plan.plan_id = PLAN_ID;
	before->plan.desired_digest = "digest";
	before->plan.lineage = "0123456789ab";
	before->plan.changes = before->changes;
	return before;
}

static const char *json_text(struct arena *arena, cJSON *json)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;

	json_print(json, &out);
	cJSON_Delete(json);
	return arena_strdup(arena, text_string(&out));
}

/* Records what was before, then gives what history_target() makes of that record. */
static struct state *target(const struct scratch *scratch, const struct before *before, struct strings *left)
{
	const struct record_content content = {
		.plan_id = PLAN_ID,
		.store = before->store,
		.subject = "apply",
		.plan_json = json_text(scratch->arena, plan_to_json(&before->plan)),
		.live_json = json_text(scratch->arena, live_to_json(&before->live)),
		.raw = before->raw,
		.raw_count = before->raw_count,
	};
	struct history *history = NULL;
	struct record record;
	struct state *state = NULL;
	struct error err = ERROR_INIT;

	if (history_open(scratch_at(scratch, "h"), true, &history, &err) < 0 ||
	    history_begin(history, &content, &err) < 0 ||
	    history_finish(history, PLAN_ID, "applied", NULL, "{}", NULL, &err) < 0 ||
	    history_find(history, scratch->arena, NULL, &record, &err) < 0 ||
	    history_target(history, &record, &state, left, scratch->arena, &err) < 0)
		fail_msg("%s", err.message);
	history_close(history);
	return state;
}

static void test_builders(void **state)
{
	const struct scratch *scratch = *state;
	struct before *before = before_new(scratch);
	struct strings left = {0};

	add_builder(before, "ci", NODE_RUNNING);
	add_builder(before, "idle", NODE_INACTIVE);
	add_change(before, scratch->arena, OBJECT_BUILDER, "new");
	add_change(before, scratch->arena, OBJECT_BUILDER, "idle");
	add_change(before, scratch->arena, OBJECT_BUILDER, "ci");
	add_change(before, scratch->arena, OBJECT_BUILDER, "damaged");
	add_change(before, scratch->arena, OBJECT_BUILDER, "locked");
	add_change(before, scratch->arena, OBJECT_BUILDER, "forgotten");
	add_change(before, scratch->arena, OBJECT_BUILDER, "unknown");
	before->changes[0].protect = true;
	before->changes[3].action = ACTION_REPAIR;
	before->changes[3].reason = "it is cut short";
	before->changes[6].action = ACTION_UNKNOWN;
	add_raw(before, (struct store_file){.path = "instances/new"});
	add_raw(before, (struct store_file){.path = "instances/ci", BYTES(instance), .mode = 0640});
	add_raw(before, (struct store_file){.path = "instances/idle", BYTES(instance)});
	add_raw(before, (struct store_file){.path = "instances/damaged", BYTES("{\"Name\":")});
	add_raw(before, (struct store_file){.path = "activity/damaged"});
	add_raw(before, (struct store_file){.path = "instances/locked", .exists = true});
	struct state *got = target(scratch, before, &left);

	assert_int_equal(got->builder_count, 3);
	const struct builder *ci = state_builder(got, "ci"), *idle = state_builder(got, "idle");
	assert_false(builder_absent(ci));
	assert_string_equal(ci->driver, "docker-container");
	assert_int_equal(ci->node_count, 1);
	assert_string_equal(ci->nodes[0].name, "ci0");
	assert_int_equal(ci->exact->length, strlen(instance));
	assert_memory_equal(ci->exact->data, instance, strlen(instance));
	assert_int_equal(ci->exact->mode, 0640);
	assert_int_equal(ci->bootstrap, TRI_UNSET);
	assert_int_equal(idle->bootstrap, TRI_NO);
	assert_true(builder_absent(state_builder(got, "new")));
	assert_int_equal(state_builder(got, "new")->protect, TRI_YES);
	assert_string_equal(got->builders[0].name, "ci"); /* sorted */
	assert_null(got->selected);
	/* The damaged one comes back as it was, its time of last use too. */
	assert_int_equal(got->exact_file_count, 2);
	assert_string_equal(got->exact_files[0].raw->path, "instances/damaged");
	assert_int_equal(got->exact_files[0].raw->length, 8);
	assert_string_equal(got->exact_files[0].why, "as it was before, damaged: it is cut short");
	assert_string_equal(got->exact_files[1].raw->path, "activity/damaged");
	assert_false(got->exact_files[1].raw->exists);
	assert_string_equal(got->exact_files[1].why, "it was not there before");
	assert_int_equal(left.count, 2);
	assert_non_null(strstr(left.items[0], "builder.locked (it could not be read then"));
	assert_non_null(strstr(left.items[1], "builder.forgotten (the record does not hold it)"));
	state_free(got);
}

/* A file by its bytes; one that could not be read from where the run moved it; one that is gone from there is told of.
 */
static void test_files(void **state)
{
	const struct scratch *scratch = *state;
	struct before *before = before_new(scratch);
	struct strings left = {0};

	scratch_write(scratch, "store/.reconcile-aside/cccc000000000000/instances/locked", "x");
	before->store = scratch_at(scratch, "store");
	add_change(before, scratch->arena, OBJECT_FILE, "instances/.DS_Store");
	add_change(before, scratch->arena, OBJECT_FILE, "instances/locked");
	add_change(before, scratch->arena, OBJECT_FILE, "instances/gone");
	add_raw(before, (struct store_file){.path = "instances/.DS_Store", BYTES("Bud1"), .mode = 0644});
	add_raw(before, (struct store_file){.path = "instances/locked", .exists = true});
	add_raw(before, (struct store_file){.path = "instances/gone", .exists = true});
	struct state *got = target(scratch, before, &left);

	assert_int_equal(got->builder_count, 0);
	assert_int_equal(got->exact_file_count, 2);
	assert_memory_equal(got->exact_files[0].raw->data, "Bud1", 4);
	assert_int_equal(got->exact_files[0].raw->mode, 0644);
	assert_null(got->exact_files[0].aside);
	assert_string_equal(got->exact_files[1].aside, ".reconcile-aside/cccc000000000000/instances/locked");
	assert_int_equal(left.count, 1);
	assert_non_null(strstr(left.items[0], "instances/gone (it could not be read then, and is not in "));
	state_free(got);
}

/* The command that the text names really gives the bytes. */
static void test_left_out(void **state)
{
	const struct scratch *scratch = *state;
	struct before *before = before_new(scratch);
	struct strings left = {0};
	struct spawn_result said = {0};

	before->contexts[0] = (struct live_context){.name = "torn", .damaged = true};
	before->live.context_count = 1;
	add_change(before, scratch->arena, OBJECT_CONTEXT, "torn");
	add_raw(before, (struct store_file){.path = context_meta_path(scratch->arena, "torn"),
					    .in_docker_config = true,
					    BYTES("Bud1")});
	struct state *got = target(scratch, before, &left);
	assert_int_equal(left.count, 1);
	char *command = arena_strdup(scratch->arena, strstr(left.items[0], "git --git-dir"));
	*strrchr(command, ')') = '\0';
	const char *argv[] = {"sh", "-c", command, NULL};
	assert_int_equal(spawn_run(&(struct spawn_request){.argv = argv, .timeout_ms = 30000}, &said, NULL), 0);
	assert_int_equal(said.exit_code, 0);
	assert_string_equal(said.out, "Bud1");
	spawn_result_done(&said);
	state_free(got);
}

static void test_contexts(void **state)
{
	const struct scratch *scratch = *state;
	struct before *before = before_new(scratch);
	struct strings left = {0};

	before->contexts[0] = (struct live_context){
		.name = "desktop", .endpoint = "npipe:////./pipe/x", .description = "Desktop", .skip_tls_verify = true};
	before->contexts[1] = (struct live_context){.name = "torn", .damaged = true};
	before->live.context_count = 2;
	add_change(before, scratch->arena, OBJECT_CONTEXT, "desktop");
	add_change(before, scratch->arena, OBJECT_CONTEXT, "new");
	add_change(before, scratch->arena, OBJECT_CONTEXT, "torn");
	add_raw(before, (struct store_file){.path = context_meta_path(scratch->arena, "desktop"),
					    .in_docker_config = true,
					    BYTES("{}")});
	add_raw(before,
		(struct store_file){.path = context_meta_path(scratch->arena, "new"), .in_docker_config = true});
	add_raw(before, (struct store_file){.path = context_meta_path(scratch->arena, "torn"),
					    .in_docker_config = true,
					    BYTES("{")});
	struct state *got = target(scratch, before, &left);

	assert_int_equal(got->context_count, 2);
	const struct context *desktop = state_context(got, "desktop");
	assert_string_equal(desktop->endpoint, "npipe:////./pipe/x");
	assert_string_equal(desktop->description, "Desktop");
	assert_int_equal(desktop->skip_tls_verify, TRI_YES);
	assert_int_equal(desktop->exact->length, 2);
	assert_string_equal(state_context(got, "new")->state, "absent");
	assert_int_equal(left.count, 1);
	assert_non_null(strstr(left.items[0], "context.torn (kept"));
	state_free(got);
}

/* Every file that was below the TLS folder, keys and all; of a record that does not say, nothing. */
static void test_context_tls(void **state)
{
	const struct scratch *scratch = *state;
	struct before *before = before_new(scratch);
	struct strings left = {0};
	const char *key = arena_printf(scratch->arena, "%s/key.pem", context_tls_path(scratch->arena, "safe"));
	struct store_file raw = {.path = key, .in_docker_config = true, BYTES("KEY"), .mode = 0600};
	struct store_file none = {
		.path = arena_printf(scratch->arena, "%s/ca.pem", context_tls_path(scratch->arena, "safe")),
		.in_docker_config = true};

	before->contexts[0] = (struct live_context){.name = "old", .endpoint = "tcp://h:1", .has_tls = true};
	before->contexts[1] = (struct live_context){.name = "safe",
						    .endpoint = "tcp://h:1",
						    .has_tls = true,
						    .tls_known = true,
						    .tls = &raw,
						    .tls_count = 1};
	before->live.context_count = 2;
	add_change(before, scratch->arena, OBJECT_CONTEXT, "old");
	add_change(before, scratch->arena, OBJECT_CONTEXT, "safe");
	add_raw(before, (struct store_file){.path = context_meta_path(scratch->arena, "old"),
					    .in_docker_config = true,
					    BYTES("{}")});
	add_raw(before, (struct store_file){.path = context_meta_path(scratch->arena, "safe"),
					    .in_docker_config = true,
					    BYTES("{}")});
	add_raw(before, raw);
	add_raw(before, none);
	struct state *got = target(scratch, before, &left);

	assert_false(state_context(got, "old")->exact_tls_known);
	assert_true(state_context(got, "safe")->exact_tls_known);
	assert_int_equal(state_context(got, "safe")->exact_tls_count, 1);
	assert_string_equal(state_context(got, "safe")->exact_tls[0].path, key);
	assert_memory_equal(state_context(got, "safe")->exact_tls[0].data, "KEY", 3);
	assert_int_equal(state_context(got, "safe")->exact_tls[0].mode, 0600);
	assert_int_equal(left.count, 0);
	state_free(got);

	/* Bytes that the record lost are not taken for "none". */
	before->raw_count = 2;
	got = target(scratch, before, &left);
	assert_false(state_context(got, "safe")->exact_tls_known);
	assert_int_equal(left.count, 1);
	assert_non_null(strstr(left.items[0], "TLS files of context.safe"));
	state_free(got);
}

static void test_current_context(void **state)
{
	static const struct {
		const char *configured, *wanted;
	} rows[] = {{"", "default"}, {"colima", "colima"}, {NULL, NULL}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct scratch *scratch = *state;
		struct before *before = before_new(scratch);
		struct strings left = {0};

		before->live.configured_context = rows[i].configured;
		before->live.current_context_from = "DOCKER_HOST";
		add_change(before, scratch->arena, OBJECT_CURRENT_CONTEXT, "");
		struct state *got = target(scratch, before, &left);
		if (!rows[i].wanted)
			assert_null(got->current_context);
		else
			assert_string_equal(got->current_context, rows[i].wanted);
		assert_int_equal(left.count, !rows[i].wanted);
		state_free(got);
	}
}

static void test_selection(void **state)
{
	const struct scratch *scratch = *state;
	struct before *before = before_new(scratch);
	struct strings left = {0};

	add_change(before, scratch->arena, OBJECT_SELECTED, "");
	add_raw(before, (struct store_file){.path = "current", BYTES("{\"Name\":\"ci\"}")});
	add_raw(before, (struct store_file){.path = "defaults/0123"});
	struct state *got = target(scratch, before, &left);

	assert_string_equal(got->selected, "ci");
	assert_int_equal(got->exact_current->length, strlen("{\"Name\":\"ci\"}"));
	assert_false(got->exact_defaults->exists);
	assert_int_equal(left.count, 0);
	state_free(got);
}

/* A replacement with a fallback selects on its way. */
static void test_selection_within_a_change(void **state)
{
	const struct scratch *scratch = *state;
	struct before *before = before_new(scratch);
	struct step step = {.kind = STEP_SELECT, .name = "default"};
	struct strings left = {0};

	add_change(before, scratch->arena, OBJECT_BUILDER, "ci");
	before->changes[0].steps = &step;
	before->changes[0].step_count = 1;
	add_raw(before, (struct store_file){.path = "instances/ci", BYTES(instance)});
	struct state *got = target(scratch, before, &left);

	assert_string_equal(got->selected, "ci");
	state_free(got);
}

/* What was selected could not be told: the file that did not tell comes back. */
static void test_unknown_selection(void **state)
{
	const struct scratch *scratch = *state;
	struct before *before = before_new(scratch);
	struct strings left = {0};

	before->live.selected = NULL;
	add_change(before, scratch->arena, OBJECT_FILE, "current");
	add_change(before, scratch->arena, OBJECT_SELECTED, "");
	add_raw(before, (struct store_file){.path = "current", BYTES("{\"Key\":")});
	add_raw(before, (struct store_file){.path = "defaults/0123"});
	struct state *got = target(scratch, before, &left);

	assert_null(got->selected);
	assert_int_equal(got->exact_file_count, 2);
	assert_string_equal(got->exact_files[0].raw->path, "current");
	assert_false(got->exact_files[1].raw->exists);
	assert_int_equal(left.count, 0);
	state_free(got);
}

/* The builder of a context is in no file: it was neither there nor absent. */
static void test_context_builder(void **state)
{
	const struct scratch *scratch = *state;
	struct before *before = before_new(scratch);
	struct strings left = {0};

	add_builder(before, "default", NODE_RUNNING);
	before->builders[0].driver = "docker";
	before->builders[0].context_builder = true;
	add_change(before, scratch->arena, OBJECT_BUILDER, "default");
	add_raw(before, (struct store_file){.path = "instances/default"});
	struct state *got = target(scratch, before, &left);

	assert_int_equal(got->builder_count, 0);
	assert_int_equal(left.count, 0);
	state_free(got);
}

/* An orphaned volume may have been taken over by what is now rolled back. */
static void test_volumes(void **state)
{
	const struct scratch *scratch = *state;
	struct before *before = before_new(scratch);
	struct volume volume = {.name = "buildx_buildkit_new0_state", .size = -1};
	struct engine engine = {.endpoint = "arm", .host = "unix:///e.sock", .reachable = true};
	struct strings left = {0};

	engine.volumes = &volume;
	engine.volume_count = 1;
	before->live.engines = &engine;
	before->live.engine_count = 1;
	add_change(before, scratch->arena, OBJECT_BUILDER, "new");
	add_raw(before, (struct store_file){.path = "instances/new"});
	struct state *got = target(scratch, before, &left);

	assert_string_equal(pairs_get(&got->kept_volumes, "unix:///e.sock"), "buildx_buildkit_new0_state");
	state_free(got);
}

static void test_not_a_record(void **state)
{
	const struct scratch *scratch = *state;
	const struct record missing = {.id = "0123456789012345678901234567890123456789"};
	struct history *history = NULL;
	struct state *got = NULL;
	struct strings left = {0};
	struct error err = ERROR_INIT;

	assert_int_equal(history_open(scratch_at(scratch, "h"), true, &history, &err), 0);
	assert_int_equal(history_target(history, &missing, &got, &left, scratch->arena, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_null(got);
	history_close(history);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_builders),
		TEST(test_files),
		TEST(test_contexts),
		TEST(test_context_tls),
		TEST(test_current_context),
		TEST(test_selection),
		TEST(test_selection_within_a_change),
		TEST(test_context_builder),
		TEST(test_volumes),
		TEST(test_left_out),
		TEST(test_unknown_selection),
		TEST(test_not_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
