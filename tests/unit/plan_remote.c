/* plan_make() for somebody else's daemons: a farm of two as it should be, then one thing changed at a time. */
#include "apply/verify.h"
#include "base/count.h"
#include "model/live.h"
#include "plan/plan.h"
#include "result_texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Builder farm: node a on amd64 over TLS, node b on arm64; the engine is for when it was, or shall be, another driver.
 */
struct world {
	struct arena *arena;
	struct state desired;
	struct live live;
	struct builder want;
	struct node want_nodes[2];
	struct live_builder have[2];
	struct live_node have_nodes[2];
	struct pair want_tls[2], have_tls[3];
	struct engine engine;
	struct container container;
	struct volume volume;
	struct fault fault;
	bool rollback, reset;
};

static const char socket[] = "unix:///e.sock";

static void make_nodes(struct world *w)
{
	w->want_tls[0] = w->have_tls[0] = (struct pair){.key = "cacert", .value = "/ca.pem"};
	w->want_tls[1] = w->have_tls[1] = (struct pair){.key = "servername", .value = "farm"};
	w->have_tls[2] = (struct pair){.key = "default-load", .value = "0"};
	w->want_nodes[0] = (struct node){.name = "a", .endpoint = "tcp://a:1", .driver_opts = {w->want_tls, 2}};
	w->want_nodes[1] = (struct node){.name = "b", .endpoint = "tcp://b:1"};
	strings_add(w->arena, &w->want_nodes[0].platforms, "linux/amd64");
	strings_add(w->arena, &w->want_nodes[1].platforms, "linux/arm64");
	for (size_t i = 0; i < 2; i++)
		w->have_nodes[i] = (struct live_node){.spec = w->want_nodes[i], .state = NODE_RUNNING};
	w->have_nodes[0].spec.driver_opts = (struct pairs){w->have_tls, 2};
	w->have_nodes[0].spec.platforms = w->have_nodes[1].spec.platforms = (struct strings){0};
	strings_add(w->arena, &w->have_nodes[0].spec.platforms, "linux/amd64");
	strings_add(w->arena, &w->have_nodes[1].spec.platforms, "linux/arm64");
}

static void make_world(struct world *w)
{
	*w = (struct world){.arena = arena_new()};
	make_nodes(w);
	w->want = (struct builder){.name = "farm", .driver = "remote", .nodes = w->want_nodes, .node_count = 2};
	w->have[0] = (struct live_builder){.name = "default", .driver = "docker", .context_builder = true};
	w->have[1] = (struct live_builder){.name = "farm", .driver = "remote", .nodes = w->have_nodes, .node_count = 2};
	w->container = (struct container){.id = "0123", .name = "buildx_buildkit_a", .status = "running"};
	w->volume = (struct volume){.name = "buildx_buildkit_a_state", .size = -1};
	w->engine = (struct engine){.endpoint = socket, .host = socket, .reachable = true};
	w->desired = (struct state){.arena = w->arena, .version = 1, .builders = &w->want, .builder_count = 1};
	w->live = (struct live){
		.arena = w->arena,
		.store = "/store",
		.docker_config = "/docker",
		.current_context = "default",
		.current_endpoint = socket,
		.selected = "default",
		.selected_by = "context",
		.builders = w->have,
		.builder_count = 2,
		.engines = &w->engine,
		.engine_count = 1,
	};
}

static struct plan *plan(const struct world *w)
{
	struct plan_request request = {
		.desired = &w->desired,
		.live = &w->live,
		.desired_digest = "d",
		.lineage = "l",
		.max_remove = -1,
		.rollback = w->rollback,
		.reset_all = w->reset,
	};

	return plan_make(&request);
}

static void same(struct world *w)
{
	(void)w;
}
static void not_there(struct world *w)
{
	w->live.builder_count = 1;
}
static void endpoint(struct world *w)
{
	w->want_nodes[1].endpoint = "tcp://other:1";
}
static void platform(struct world *w)
{
	w->want_nodes[1].platforms.items[0] = "linux/riscv64";
}
static void certificate(struct world *w)
{
	w->want_tls[0].value = "/other.pem";
}
static void no_load_spelled_out(struct world *w)
{
	w->have_nodes[0].spec.driver_opts.count = 3;
}
static void load(struct world *w)
{
	no_load_spelled_out(w);
	w->have_tls[2].value = "1";
}
static void one_node_less(struct world *w)
{
	w->want.node_count = 1;
}
static void one_node_more(struct world *w)
{
	w->have[1].node_count = 1;
}
static void foreign_flags(struct world *w)
{
	strings_add(w->arena, &w->have_nodes[0].spec.flags, "--debug");
}
static void unwanted(struct world *w)
{
	w->want.state = "absent";
	w->want.node_count = 0;
}
static void silent(struct world *w)
{
	w->have_nodes[1].state = NODE_UNKNOWN;
	w->have_nodes[1].reason = "connection refused";
}
static void silent_and_unwanted(struct world *w)
{
	silent(w);
	unwanted(w);
}
static void silent_and_dropped(struct world *w)
{
	silent(w);
	one_node_less(w);
}
static void silent_and_moved(struct world *w)
{
	silent(w);
	endpoint(w);
}
static void silent_and_platform(struct world *w)
{
	silent(w);
	platform(w);
}
static void silent_platform_nobody_waits(struct world *w)
{
	silent_and_platform(w);
	w->want.bootstrap = TRI_NO;
}
static void silent_platform_on_the_way_back(struct world *w)
{
	silent_and_platform(w);
	w->rollback = true;
}
static void not_asked_and_platform(struct world *w)
{
	platform(w);
	w->have_nodes[1].state = NODE_UNKNOWN;
	w->have_nodes[1].reason = "its daemon was not asked";
}
static void file_missing(struct world *w)
{
	w->fault = (struct fault){.kind = fault_kind(FAULT_REMOTE_TLS_MISSING),
				  .subject = "builder.farm",
				  .path = "/other.pem",
				  .message = "node a: cacert /other.pem: No such file or directory"};
	w->live.faults = (struct faults){&w->fault, 1};
}
static void certificate_missing(struct world *w)
{
	certificate(w);
	file_missing(w);
}
static void former_certificate_missing(struct world *w)
{
	file_missing(w);
	w->have_tls[0].value = "/other.pem";
}
static void damaged(struct world *w)
{
	w->have[1] = (struct live_builder){.name = "farm", .damaged = true, .file = {.exists = true, .readable = true}};
}
static void reset(struct world *w)
{
	w->reset = true;
}

/* Node a was a container node. */
static void was_container(struct world *w)
{
	w->have[1].driver = "docker-container";
	w->have[1].node_count = 1;
	w->have_nodes[0] = (struct live_node){
		.spec = {.name = "a", .endpoint = socket},
		.state = NODE_RUNNING,
		.engine = &w->engine,
		.container = &w->container,
		.volume = &w->volume,
	};
	w->engine.containers = &w->container;
	w->engine.volumes = &w->volume;
	w->engine.container_count = w->engine.volume_count = 1;
}
static void was_container_of_a_silent_engine(struct world *w)
{
	was_container(w);
	w->engine.reachable = false;
	w->engine.reason = "connection refused";
	w->have_nodes[0].container = NULL;
	w->have_nodes[0].volume = NULL;
}
static void was_container_of_a_lost_context(struct world *w)
{
	was_container_of_a_silent_engine(w);
	w->engine.host = NULL;
}
static void becomes_container(struct world *w)
{
	w->want.driver = "docker-container";
	w->want.node_count = 1;
	w->want_nodes[0] = (struct node){.name = "a"};
}

struct row {
	const char *name;
	void (*change)(struct world *);
	enum action action; /* NONE: not in the plan */
	const char *path;   /* of a field that must be there */
	const char *note;   /* in the cache note */
	const char *blocked;
	size_t unknown;
	const char *steps; /* an initial per step: Write, Forget, remove Container, Volume, Boot, Drain, Note */
};
static const struct row rows[] = {
	{"as it should be", same, ACTION_NONE, NULL, NULL, NULL, 0, ""},
	{"not there", not_there, ACTION_CREATE, "nodes.b.endpoint", NULL, NULL, 0, "W"},
	{"another endpoint", endpoint, ACTION_CHANGE, "nodes.b.endpoint", "the daemon at tcp://b:1 is left alone", NULL,
	 0, "W"},
	{"another platform", platform, ACTION_CHANGE, "nodes.b.platforms", NULL, NULL, 0, "W"},
	{"another certificate", certificate, ACTION_CHANGE, "nodes.a.driver-opts.cacert", NULL, NULL, 0, "W"},
	{"default-load spelled out", no_load_spelled_out, ACTION_NONE, NULL, NULL, NULL, 0, ""},
	{"default-load not wanted", load, ACTION_CHANGE, "nodes.a.driver-opts.default-load", NULL, NULL, 0, "W"},
	{"a node less", one_node_less, ACTION_CHANGE, "nodes.b", "the daemon at tcp://b:1 is left alone", NULL, 0, "W"},
	{"a node more", one_node_more, ACTION_CHANGE, "nodes.b.endpoint", NULL, NULL, 0, "W"},
	{"flags, which BuildX refuses", foreign_flags, ACTION_CHANGE, "nodes.a.buildkitd-flags", NULL, NULL, 0, "W"},
	{"not wanted", unwanted, ACTION_REMOVE, NULL, "the daemons at tcp://a:1, tcp://b:1 are left alone", NULL, 0,
	 "F"},
	{"silent", silent, ACTION_NONE, NULL, NULL, NULL, 1, ""},
	{"silent, not wanted", silent_and_unwanted, ACTION_REMOVE, NULL, "left alone", NULL, 0, "F"},
	{"silent node dropped", silent_and_dropped, ACTION_CHANGE, "nodes.b", "left alone", NULL, 0, "W"},
	{"silent node elsewhere", silent_and_moved, ACTION_CHANGE, "nodes.b.endpoint", "left alone", NULL, 0, "W"},
	{"silent, another platform", silent_and_platform, ACTION_CHANGE, "nodes.b.platforms", NULL,
	 "node b does not answer", 1, "W"},
	{"the same without bootstrap", silent_platform_nobody_waits, ACTION_CHANGE, "nodes.b.platforms", NULL, NULL, 1,
	 "W"},
	{"the same on the way back", silent_platform_on_the_way_back, ACTION_CHANGE, "nodes.b.platforms", NULL, NULL, 1,
	 "W"},
	{"not asked, another platform", not_asked_and_platform, ACTION_CHANGE, "nodes.b.platforms", NULL, NULL, 0, "W"},
	{"certificate missing", certificate_missing, ACTION_CHANGE, "nodes.a.driver-opts.cacert", NULL,
	 "cacert /other.pem", 0, "W"},
	{"former certificate missing", former_certificate_missing, ACTION_CHANGE, "nodes.a.driver-opts.cacert", NULL,
	 NULL, 0, "W"},
	{"damaged file", damaged, ACTION_REPAIR, "nodes.a.endpoint", NULL, NULL, 0, "W"},
	{"reset", reset, ACTION_RESET, NULL, "the daemons at tcp://a:1, tcp://b:1 are left alone", NULL, 0, "W"},
	{"was docker-container", was_container, ACTION_REPLACE, "driver", "volume buildx_buildkit_a_state is removed",
	 NULL, 0, "DNCWV"},
	{"was docker-container, engine silent", was_container_of_a_silent_engine, ACTION_UNKNOWN, "driver", NULL,
	 "connection refused", 1, ""},
	{"was docker-container, context gone", was_container_of_a_lost_context, ACTION_REPLACE, "driver", NULL, NULL, 1,
	 "W"},
	{"becomes docker-container", becomes_container, ACTION_REPLACE, "driver",
	 "the daemons at tcp://a:1, tcp://b:1 are left alone", NULL, 0, "WB"},
};

static const struct change *find(const struct plan *made)
{
	for (size_t i = 0; i < made->change_count; i++)
		if (strcmp(made->changes[i].address, "builder.farm") == 0)
			return &made->changes[i];
	return NULL;
}

static bool has_field(const struct change *change, const char *path)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (strcmp(change->fields[i].path, path) == 0)
			return true;
	return false;
}

static void check_steps(const struct change *change, const char *steps)
{
	static const char initials[STEP_KIND_COUNT] = {
		[STEP_WRITE_FILE] = 'W',    [STEP_FORGET_BUILDER] = 'F', [STEP_REMOVE_CONTAINER] = 'C',
		[STEP_REMOVE_VOLUME] = 'V', [STEP_BOOT] = 'B',		 [STEP_DRAIN] = 'D',
		[STEP_NOTE_LEFTOVER] = 'N',
	};

	assert_int_equal(change->step_count, strlen(steps));
	for (size_t i = 0; i < change->step_count; i++)
		assert_int_equal(initials[change->steps[i].kind], steps[i]);
}

static void check_change(const struct row *row, const struct change *change)
{
	assert_non_null(change);
	assert_int_equal(change->action, row->action);
	assert_non_null(change->reason);
	assert_true(!row->path || has_field(change, row->path));
	check_steps(change, row->steps);
	if (row->note) {
		assert_non_null(change->cache_note);
		assert_non_null(strstr(change->cache_note, row->note));
	} else {
		assert_null(change->cache_note);
	}
	if (row->blocked) {
		assert_non_null(change->blocked);
		assert_non_null(strstr(change->blocked, row->blocked));
	} else {
		assert_null(change->blocked);
	}
	for (size_t i = 0; row->action == ACTION_CHANGE && i < change->field_count; i++)
		assert_false(change->fields[i].forces_replacement);
}

static void each_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;

		make_world(&w);
		rows[i].change(&w);
		struct plan *made = plan(&w);
		print_message("%s\n", rows[i].name);
		if (rows[i].action == ACTION_NONE)
			assert_null(find(made));
		else
			check_change(&rows[i], find(made));
		assert_int_equal(made->unknown.count, rows[i].unknown);
		assert_int_equal(made->complete, !rows[i].blocked || rows[i].change == certificate_missing);
		plan_free(made);
		arena_free(w.arena);
	}
}

/* A daemon comes and goes: a saved plan that does not touch it stays what it was. */
static void health_is_no_part_of_the_promise(void **state)
{
	struct world w;

	(void)state;
	make_world(&w);
	silent_and_moved(&w);
	struct plan *one = plan(&w);
	w.have_nodes[1].state = NODE_RUNNING;
	w.have_nodes[1].reason = NULL;
	struct plan *two = plan(&w);
	assert_string_equal(find(one)->live_fingerprint, find(two)->live_fingerprint);
	assert_string_equal(one->plan_id, two->plan_id);
	plan_free(one);
	plan_free(two);
	arena_free(w.arena);
}

static enum change_status verified(void (*before)(struct world *), void (*after)(struct world *), const char *message)
{
	struct world w, then;
	struct change_result result = {RESULT_TEXTS, .status = CHANGE_DONE};

	make_world(&w);
	make_world(&then);
	before(&w);
	after(&then);
	struct plan *made = plan(&w), *made_after = plan(&then);
	assert_int_equal(made->change_count, 1);
	apply_verify(made, made_after, NULL, &result);
	if (message) {
		assert_int_equal(result.error->kind, ERROR_UNREACHABLE);
		assert_non_null(strstr(result.error->message, message));
	}
	plan_free(made);
	plan_free(made_after);
	arena_free(w.arena);
	arena_free(then.arena);
	return result.status;
}

static void selected_too(struct world *w)
{
	not_there(w);
	w->desired.selected = "farm";
}
static void silent_and_selected(struct world *w)
{
	silent(w);
	w->desired.selected = w->live.selected = "farm";
}

static void the_selection_of_a_silent_builder_fails_with_it(void **state)
{
	struct world w, then;
	struct change_result results[2] = {{RESULT_TEXTS, .status = CHANGE_DONE},
					   {RESULT_TEXTS, .status = CHANGE_DONE}};

	(void)state;
	make_world(&w);
	make_world(&then);
	selected_too(&w);
	silent_and_selected(&then);
	struct plan *made = plan(&w), *made_after = plan(&then);
	assert_int_equal(made->change_count, 2);
	assert_int_equal(apply_verify(made, made_after, NULL, results), 2);
	assert_int_equal(results[1].status, CHANGE_FAILED);
	plan_free(made);
	plan_free(made_after);
	arena_free(w.arena);
	arena_free(then.arena);
}

static void silent_nobody_waits(struct world *w)
{
	silent(w);
	w->want.bootstrap = TRI_NO;
}
static void silent_and_gone(struct world *w)
{
	unwanted(w);
	not_there(w);
}

static void a_written_builder_must_answer(void **state)
{
	(void)state;
	assert_int_equal(verified(not_there, same, NULL), CHANGE_DONE);
	assert_int_equal(verified(not_there, silent, "node b does not answer: connection refused"), CHANGE_FAILED);
	assert_int_equal(verified(not_there, silent_nobody_waits, NULL), CHANGE_DONE);
	assert_int_equal(verified(silent_and_unwanted, silent_and_gone, NULL), CHANGE_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change),
		cmocka_unit_test(health_is_no_part_of_the_promise),
		cmocka_unit_test(a_written_builder_must_answer),
		cmocka_unit_test(the_selection_of_a_silent_builder_fails_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
