/* plan_make() over contexts: their TLS files, the current one, and what is selected on it. */
#include "base/count.h"
#include "base/digest.h"
#include "base/json.h"
#include "codec/context.h"
#include "codec/plan.h"
#include "live/store/store.h"
#include "model/live.h"
#include "plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) .data = (const unsigned char *)(text), .length = sizeof(text) - 1

enum { CA, CERT, KEY, EXTRA, K8S, FILES };
static const char *const names[FILES] = {"docker/ca.pem", "docker/cert.pem", "docker/key.pem", "docker/x",
					 "k8s/ca.pem"};

/* The context "arm" as the state says, with TLS files that it says too, and the ones of another endpoint. */
struct world {
	struct arena *arena;
	struct state desired;
	struct context want[2];
	struct config_file want_files[3];
	struct live live;
	struct live_context have[2];
	struct store_file have_files[FILES];
	struct live_builder own;
	bool rollback;
};

static void make_files(struct world *w)
{
	const char *docker = context_tls_path(w->arena, "arm");

	w->want_files[CA] = (struct config_file){.name = "ca.pem", BYTES("CA")};
	w->want_files[CERT] = (struct config_file){.name = "cert.pem", BYTES("CERT")};
	w->want_files[KEY] = (struct config_file){.name = "key.pem", BYTES("hunter2"), .secret = true};
	for (int i = 0; i < FILES; i++)
		w->have_files[i] = (struct store_file){.path = arena_printf(w->arena, "%.*s%s",
									    (int)(strlen(docker) - strlen("docker")),
									    docker, names[i]),
						       .in_docker_config = true,
						       .exists = true,
						       .readable = true,
						       .mode = 0600,
						       BYTES("OTHER")};
	for (int i = CA; i <= KEY; i++) {
		w->have_files[i].data = w->want_files[i].data;
		w->have_files[i].length = w->want_files[i].length;
	}
}

static void make_world(struct world *w)
{
	*w = (struct world){.arena = arena_new()};
	make_files(w);
	w->want[0] = (struct context){.name = "arm", .endpoint = "tcp://arm:2376", .tls = {w->want_files, 3}};
	w->want[1] = (struct context){.name = "new", .endpoint = "tcp://new:1"};
	w->desired = (struct state){.arena = w->arena, .version = 1, .contexts = w->want, .context_count = 1};
	w->have[0] = (struct live_context){.name = "arm",
					   .endpoint = "tcp://arm:2376",
					   .has_tls = true,
					   .tls_folder = true,
					   .tls_known = true,
					   .tls = w->have_files,
					   .tls_count = 3,
					   .file = {.path = context_meta_path(w->arena, "arm"),
						    .in_docker_config = true,
						    .exists = true,
						    .readable = true,
						    BYTES("{}")}};
	w->have[1] = (struct live_context){.name = "default", .endpoint = "unix:///s", .implicit = true};
	w->own = (struct live_builder){.name = "default", .driver = "docker", .context_builder = true};
	w->live = (struct live){.arena = w->arena,
				.store = "/store",
				.docker_config = "/docker",
				.current_context = "default",
				.current_context_from = "default",
				.configured_context = "",
				.current_endpoint = "unix:///s",
				.selected = "default",
				.selected_by = "context",
				.builders = &w->own,
				.builder_count = 1,
				.contexts = w->have,
				.context_count = 2};
}

/* In the world's arena, which the test ends with. */
static struct plan *plan(struct world *w)
{
	struct plan_request request = {.desired = &w->desired,
				       .live = &w->live,
				       .desired_digest = "d",
				       .lineage = "l",
				       .max_remove = -1,
				       .rollback = w->rollback};

	return plan_make(&request);
}

static const struct change *find(const struct plan *plan, const char *address)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (strcmp(plan->changes[i].address, address) == 0)
			return &plan->changes[i];
	return NULL;
}

static const struct field_change *field(const struct change *change, const char *path)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (strcmp(change->fields[i].path, path) == 0)
			return &change->fields[i];
	return NULL;
}

/* "+ca.pem +meta.json -x": what the steps write and remove, by the last part of the path. */
static const char *steps(struct world *w, const struct change *change)
{
	const char *text = "";

	for (size_t i = 0; i < change->step_count; i++) {
		const struct step *step = &change->steps[i];
		const char *name = step->kind == STEP_USE_CONTEXT ? step->name : strrchr(step->path, '/') + 1;

		if (step->kind == STEP_REMOVE_FILE && strlen(name) == 64)
			name = strstr(step->path, "/tls/") ? "TLS" : "META";
		text = arena_printf(w->arena, "%s%s%s%s", text, i ? " " : "",
				    step->kind == STEP_WRITE_FILE    ? "+"
				    : step->kind == STEP_REMOVE_FILE ? "-"
								     : "=",
				    name ? name : "");
	}
	return text;
}

static void as_it_is(struct world *w)
{
	(void)w;
}
static void made(struct world *w)
{
	w->live.contexts = &w->have[1];
	w->live.context_count = 1;
}
static void made_over_a_stray(struct world *w)
{
	made(w);
	strings_add(w->arena, &w->live.stray_folders,
		    arena_printf(w->arena, "%.*s", (int)strlen("contexts/tls/") + 64, w->have_files[CA].path));
}
static void made_after_a_kill(struct world *w)
{
	made(w);
	strings_add(w->arena, &w->live.stray_folders,
		    arena_printf(w->arena, "%.*s", (int)strlen("contexts/meta/") + 64, w->have[0].file.path));
}
static void renewed(struct world *w)
{
	w->want_files[CA] = (struct config_file){.name = "ca.pem", BYTES("CA 2")};
	w->want_files[KEY] = (struct config_file){.name = "key.pem", BYTES("hunter3"), .secret = true};
}
static void renewed_and_moved(struct world *w)
{
	renewed(w);
	w->want[0].endpoint = "tcp://other:2376";
}
static void more_than_wanted(struct world *w)
{
	w->have[0].tls_count = FILES;
}
static void only_the_authority(struct world *w)
{
	w->want[0].tls.count = 1;
}
static void nothing_said(struct world *w)
{
	w->want[0].tls.count = 0;
	w->have[0].tls_count = FILES;
}
static void from_a_snapshot(struct world *w)
{
	for (int i = CA; i <= KEY; i++) {
		char hex[DIGEST_HEX];

		digest_hex(w->have_files[i].data, w->have_files[i].length, hex);
		w->have_files[i].digest = arena_strdup(w->arena, hex);
		w->have_files[i].data = NULL;
	}
}
static void gone(struct world *w)
{
	w->want[0] = (struct context){.name = "arm", .state = "absent"};
	w->have[0].tls_count = FILES;
}
static void gone_without_tls(struct world *w)
{
	gone(w);
	w->have[0].tls_count = 0;
	w->have[0].has_tls = w->have[0].tls_folder = false;
}
static void gone_but_for_its_keys(struct world *w)
{
	gone(w);
	made_over_a_stray(w);
}
static void verified_no_more(struct world *w)
{
	w->want[0].skip_tls_verify = TRI_YES;
}
/* A rollback: the TLS files that there were are these, and none of the others. */
static void rolled_back(struct world *w, int count)
{
	static struct store_file exact_meta;

	exact_meta = w->have[0].file;
	w->rollback = true;
	w->want[0].exact = &exact_meta;
	w->want[0].exact_tls_known = true;
	w->want[0].exact_tls = arena_copy(w->arena, w->have_files, sizeof(w->have_files));
	w->want[0].exact_tls_count = (size_t)count;
}
static void rolled_back_to_more(struct world *w)
{
	rolled_back(w, FILES);
	w->want[0].exact_tls[EXTRA].mode = 0640;
}
static void rolled_back_to_less(struct world *w)
{
	rolled_back(w, CERT);
}
static void rolled_back_to_none(struct world *w)
{
	rolled_back(w, 0);
}
static void rolled_back_unknown(struct world *w)
{
	rolled_back(w, 0);
	w->want[0].exact_tls_known = false;
}
static void rolled_back_to_other_bytes(struct world *w)
{
	static struct store_file meta;

	rolled_back(w, 3);
	meta = (struct store_file){.exists = true, .readable = true, .mode = 0600, BYTES("{ }")};
	w->want[0].exact = &meta;
}

static void test_steps(void **state)
{
	static const struct {
		void (*change)(struct world *w);
		enum action action;
		const char *steps, *reason;
	} rows[] = {
		{as_it_is, ACTION_NONE, NULL, NULL},
		{from_a_snapshot, ACTION_NONE, NULL, NULL},
		{made, ACTION_CREATE, "+ca.pem +cert.pem +key.pem +meta.json", "there is no such context"},
		{made_over_a_stray, ACTION_CREATE, "-TLS +ca.pem +cert.pem +key.pem +meta.json",
		 "there is no such context"},
		{made_after_a_kill, ACTION_CREATE, "+ca.pem +cert.pem +key.pem -META +meta.json",
		 "there is no such context"},
		{renewed, ACTION_CHANGE, "+ca.pem +key.pem", "ca and 1 more changed"},
		{renewed_and_moved, ACTION_CHANGE, "+ca.pem +key.pem +meta.json", "endpoint and 2 more changed"},
		{more_than_wanted, ACTION_CHANGE, "-x", "tls/docker/x changed"},
		{only_the_authority, ACTION_CHANGE, "-cert.pem -key.pem", "cert and 1 more changed"},
		{nothing_said, ACTION_NONE, NULL, NULL},
		{gone, ACTION_REMOVE, "-TLS -META", "state: absent"},
		{gone_without_tls, ACTION_REMOVE, "-META", "state: absent"},
		{gone_but_for_its_keys, ACTION_REMOVE, "-TLS", "it is gone, and some of its files were left behind"},
		{verified_no_more, ACTION_CHANGE, "+meta.json", "skip-tls-verify changed"},
		{rolled_back_to_more, ACTION_CHANGE, "+x +ca.pem", "tls/docker/x and 1 more changed"},
		{rolled_back_to_less, ACTION_CHANGE, "-cert.pem -key.pem", "cert and 1 more changed"},
		{rolled_back_to_none, ACTION_CHANGE, "-TLS", "ca and 2 more changed"},
		{rolled_back_unknown, ACTION_NONE, NULL, NULL},
		{rolled_back_to_other_bytes, ACTION_CHANGE, "+meta.json", "metadata changed"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;

		make_world(&w);
		rows[i].change(&w);
		struct plan *made_plan = plan(&w);
		const struct change *change = find(made_plan, "context.arm");
		if (rows[i].action == ACTION_NONE) {
			assert_null(change);
		} else {
			assert_non_null(change);
			assert_int_equal(change->action, rows[i].action);
			assert_string_equal(steps(&w, change), rows[i].steps);
			assert_string_equal(change->reason, rows[i].reason);
			assert_null(change->blocked);
			/* What goes, goes when nothing needs it any more. */
			assert_int_equal(change->phase, rows[i].action == ACTION_REMOVE ? PHASE_CLEAR : PHASE_MEND);
		}
		plan_free(made_plan);
		arena_free(w.arena);
	}
}

static void test_modes(void **state)
{
	struct world w;

	(void)state;
	make_world(&w);
	made(&w);
	struct plan *one = plan(&w);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(find(one, "context.arm")->steps[i].mode, 0600);
	assert_int_equal(find(one, "context.arm")->steps[3].mode, 0644);
	plan_free(one);
	make_files(&w);
	rolled_back_to_more(&w);
	w.live.contexts = w.have;
	w.live.context_count = 2;
	one = plan(&w);
	assert_int_equal(find(one, "context.arm")->steps[0].mode, 0640);
	plan_free(one);
	arena_free(w.arena);
}

/* Nothing of a key leaves: neither its bytes nor a digest, which could be compared. */
static void test_keys_are_not_shown(void **state)
{
	struct world w;
	CLEANUP_TEXT struct text text = TEXT_INIT;

	(void)state;
	make_world(&w);
	renewed(&w);
	more_than_wanted(&w);
	struct plan *one = plan(&w);
	const struct change *change = find(one, "context.arm");
	assert_string_equal(field(change, "ca")->after, "4 bytes, sha256:4bd5ea475717");
	assert_false(field(change, "ca")->sensitive);
	assert_string_equal(field(change, "key")->before, "(sensitive)");
	assert_string_equal(field(change, "key")->after, "(sensitive)");
	assert_true(field(change, "key")->sensitive);
	assert_true(field(change, "tls/docker/x")->sensitive);
	cJSON *json = plan_to_json(one);
	json_print(json, &text);
	cJSON_Delete(json);
	assert_null(strstr(text_string(&text), "hunter"));
	/* Another key is not told by the fingerprint either, another certificate is. */
	const char *fingerprint = arena_strdup(w.arena, change->live_fingerprint);
	plan_free(one);
	w.have_files[KEY].data = (const unsigned char *)"hunter1";
	one = plan(&w);
	assert_string_equal(find(one, "context.arm")->live_fingerprint, fingerprint);
	plan_free(one);
	w.have_files[CERT].data = (const unsigned char *)"CERF";
	one = plan(&w);
	assert_string_not_equal(find(one, "context.arm")->live_fingerprint, fingerprint);
	plan_free(one);
	arena_free(w.arena);
}

static void unreadable_key(struct world *w)
{
	renewed(w);
	w->have_files[KEY].readable = false;
	w->have_files[KEY].data = NULL;
}
static void unreadable_key_gone(struct world *w)
{
	unreadable_key(w);
	gone(w);
}
static void unlisted_gone(struct world *w)
{
	gone(w);
	w->have[0].tls_count = 0;
	w->have[0].tls_known = false;
}
static void unlisted_renewed(struct world *w)
{
	renewed(w);
	w->have[0].tls_known = false;
}

/* What the record could not hold is neither replaced nor removed. */
static void test_nothing_is_lost(void **state)
{
	static void (*const changes[])(struct world * w) = {unreadable_key, unreadable_key_gone, unlisted_gone,
							    unlisted_renewed};

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct world w;

		make_world(&w);
		changes[i](&w);
		struct plan *one = plan(&w);
		assert_non_null(strstr(find(one, "context.arm")->blocked, "could not be brought back"));
		assert_false(one->applyable);
		plan_free(one);
		arena_free(w.arena);
	}
}

static void use(struct world *w, const char *configured, const char *wanted)
{
	w->live.configured_context = configured;
	w->desired.current_context = wanted;
	if (*configured != '\0') {
		w->live.current_context = w->live.current_endpoint = configured;
		w->live.current_context_from = "config.json";
	}
}
static void use_arm(struct world *w)
{
	use(w, "", "arm");
}
static void use_it_already(struct world *w)
{
	use(w, "arm", "arm");
}
static void use_new(struct world *w)
{
	use(w, "arm", "new");
	w->desired.context_count = 2;
}
static void use_none(struct world *w)
{
	use(w, "arm", "default");
}
static void use_nowhere(struct world *w)
{
	use(w, "", "nowhere");
}
static void use_damaged(struct world *w)
{
	use(w, "", "arm");
	w->have[0].damaged = true;
	w->desired.context_count = 0;
}
static void use_under_host(struct world *w)
{
	use(w, "", "arm");
	w->live.current_context_from = "DOCKER_HOST";
}
static void use_under_context(struct world *w)
{
	use(w, "", "arm");
	w->live.current_context = "two";
	w->live.current_context_from = "DOCKER_CONTEXT";
}
static void use_what_the_variable_says(struct world *w)
{
	use_under_context(w);
	w->live.current_context = "arm";
}
static void use_under_host_rolled_back(struct world *w)
{
	use_under_host(w);
	w->rollback = true;
}
static void use_of_a_bad_file(struct world *w)
{
	use(w, "", "arm");
	w->live.configured_context = NULL;
}
static void current_one_gone(struct world *w)
{
	use(w, "arm", NULL);
	gone(w);
}
static void current_one_gone_for_another(struct world *w)
{
	use(w, "arm", "new");
	gone(w);
	w->desired.context_count = 2;
}

static void test_current(void **state)
{
	static const struct {
		void (*change)(struct world *w);
		const char *step, *reason, *blocked; /* step NULL: no change */
	} rows[] = {
		{as_it_is, NULL, NULL, NULL},
		{use_arm, "=arm", "\"default\" is current", NULL},
		{use_it_already, NULL, NULL, NULL},
		{use_new, "=new", "\"arm\" is current", NULL},
		{use_none, "=", "\"arm\" is current", NULL},
		{use_nowhere, "=nowhere", "\"default\" is current", "there is no context \"nowhere\""},
		{use_damaged, "=arm", "\"default\" is current", "cannot be read: write it below `contexts`"},
		{use_under_host, "=arm", "\"default\" is current", "DOCKER_HOST=unix:///s overrides"},
		{use_under_context, "=arm", "\"default\" is current", "DOCKER_CONTEXT=two overrides"},
		{use_what_the_variable_says, "=arm", "\"default\" is current", NULL},
		{use_under_host_rolled_back, "=arm", "\"default\" is current", NULL},
		{use_of_a_bad_file, "", "what config.json names is unknown", "correct it, or move it away"},
		{current_one_gone, "=", "\"arm\", which is current, is removed", NULL},
		{current_one_gone_for_another, "=new", "\"arm\" is current", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;

		make_world(&w);
		rows[i].change(&w);
		struct plan *one = plan(&w);
		const struct change *change = find(one, "current-context");
		if (!rows[i].step) {
			assert_null(change);
		} else {
			assert_string_equal(steps(&w, change), rows[i].step);
			assert_string_equal(change->reason, rows[i].reason);
			if (!rows[i].blocked)
				assert_null(change->blocked);
			else if (!change->blocked || !strstr(change->blocked, rows[i].blocked))
				fail_msg("\"%s\" does not say \"%s\"", change->blocked, rows[i].blocked);
		}
		plan_free(one);
		arena_free(w.arena);
	}
}

/* The new one is made, becomes current, things are selected on it, and only then the old one goes. */
static void test_order(void **state)
{
	struct world w;
	struct planned_context next = {
		.context = "new", .endpoint = "new", .selected = "other", .selected_by = "defaults"};

	(void)state;
	make_world(&w);
	current_one_gone_for_another(&w);
	w.desired.selected = "new";
	w.live.planned = &next;
	struct plan *one = plan(&w);
	static const char *const order[] = {"context.new", "current-context", "selected", "context.arm"};
	assert_int_equal(one->change_count, COUNT(order));
	for (size_t i = 0; i < COUNT(order); i++)
		assert_string_equal(one->changes[i].address, order[i]);
	/* A context's own builder, of a context that is not there yet. */
	assert_true(one->changes[2].steps[0].of_context);
	assert_string_equal(one->changes[2].from, "other");
	assert_null(one->changes[2].blocked);
	plan_free(one);
	/* It is selected there by itself. */
	next.selected = "new";
	one = plan(&w);
	assert_null(find(one, "selected"));
	plan_free(one);
	/* A snapshot tells only what is selected on the context that is current now. */
	w.live.planned = NULL;
	w.live.from_snapshot = true;
	w.live.selected = "new";
	one = plan(&w);
	assert_string_equal(find(one, "selected")->reason, "the current context changes");
	plan_free(one);
	arena_free(w.arena);
}

/* `current` and the default of the endpoint come back though the same builder would be used anyway. */
static void test_selection_is_restored_exactly(void **state)
{
	struct world w;
	struct store_file current = {.path = "current"}, defaults = {.path = "defaults/a"};

	(void)state;
	make_world(&w);
	w.rollback = true;
	w.desired.context_count = 0;
	w.desired.selected = "default";
	w.desired.exact_current = &current;
	w.desired.exact_defaults = &defaults;
	w.live.current_file = current;
	w.live.defaults_file = defaults;
	struct plan *one = plan(&w);
	assert_int_equal(one->change_count, 0);
	plan_free(one);
	w.live.defaults_file = (struct store_file){.path = "defaults/a", .exists = true, .readable = true, BYTES("ci")};
	one = plan(&w);
	assert_int_equal(find(one, "selected")->step_count, 2);
	assert_string_equal(find(one, "selected")->steps[1].path, "defaults/a");
	plan_free(one);
	arena_free(w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_keys_are_not_shown),
		cmocka_unit_test(test_nothing_is_lost),
		cmocka_unit_test(test_current),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_selection_is_restored_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
