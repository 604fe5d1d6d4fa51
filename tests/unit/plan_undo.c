/* Undoing what a failed plan began: which steps that takes, in which order, and what is said not to be as before. */
#include "plan/undo.h"

#include "base/count.h"
#include "plan_world.h"
#include "result_texts.h"

enum { FILES = 4, MOST = 10 };
#define REPLACED                                                                                                       \
	"{\"Name\":\"ci\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"ci0\",\"Endpoint\":\"unix:///"        \
	"e.sock\"}]}"

/* What is there when the failure is looked at: all as before, but for what a row changes. */
struct after {
	struct live live;
	struct engine engine;
	struct container container, other;
	struct container both[2];
	struct volume volume, volumes[2];
	struct store_file files[FILES];
};

static const struct store_file before_files[FILES] = {
	{.path = "instances/ci",
	 .exists = true,
	 .readable = true,
	 .data = (const unsigned char *)"old",
	 .length = 3,
	 .mode = 0600},
	{.path = "activity/ci",
	 .exists = true,
	 .readable = true,
	 .data = (const unsigned char *)"then",
	 .length = 4,
	 .mode = 0600},
	{.path = "current",
	 .exists = true,
	 .readable = true,
	 .data = (const unsigned char *)"ci",
	 .length = 2,
	 .mode = 0600},
	{.path = "defaults/e"},
};

static void rewrite(struct after *after, size_t file, const char *text)
{
	after->files[file].exists = after->files[file].readable = true;
	after->files[file].mode = 0600;
	after->files[file].data = (const unsigned char *)text;
	after->files[file].length = strlen(text);
}

static void nothing(struct after *after)
{
	(void)after;
}
static void removed(struct after *after)
{
	after->engine.container_count = 0;
}
static void removed_from_podman(struct after *after)
{
	removed(after);
	after->engine.maker = MAKER_PODMAN;
	after->engine.version = "4.3.1";
}
static void written(struct after *after)
{
	removed(after);
	rewrite(after, 0, "new");
	rewrite(after, 1, "now");
}
static void booted(struct after *after)
{
	written(after);
	after->engine.container_count = 1;
	after->container.id = "4567";
	after->container.memory = 1 << 30;
}
static void diverted(struct after *after)
{
	rewrite(after, 2, "default");
	after->live.selected = "default";
}
static void selected_by_somebody(struct after *after)
{
	rewrite(after, 2, "theirs");
	after->live.selected = "theirs";
}
static void unreachable(struct after *after)
{
	booted(after);
	after->engine.reachable = false;
}
static void volume_lost(struct after *after)
{
	removed(after);
	after->engine.volume_count = 0;
}
static void created(struct after *after)
{
	rewrite(after, 0, "cut sho");
	rewrite(after, 1, "now");
}

static struct step steps[] = {
	{.kind = STEP_DIVERT, .name = "default", .of_context = true, .node = "ci"},
	{.kind = STEP_PULL_IMAGE, .endpoint = endpoint, .name = "image"},
	{.kind = STEP_DRAIN, .name = "ci", .node = "ci0", .endpoint = endpoint},
	{.kind = STEP_REMOVE_CONTAINER, .endpoint = endpoint, .name = "buildx_buildkit_ci0"},
	{.kind = STEP_REMOVE_VOLUME, .endpoint = endpoint, .name = "buildx_buildkit_ci0_state"},
	{.kind = STEP_WRITE_FILE,
	 .path = "instances/ci",
	 .data = (const unsigned char *)REPLACED,
	 .length = sizeof(REPLACED) - 1},
	{.kind = STEP_BOOT, .name = "ci"},
	{.kind = STEP_SELECT, .name = "ci"},
};

#define LIMITS "update-container buildx_buildkit_ci0"
static const struct {
	const char *name;
	size_t begun;
	bool is_new, was_stopped; /* the builder was not there; its container did not run */
	void (*change)(struct after *after);
	const char *steps[MOST];
	const char *differ; /* in what is told of the world as the row leaves it; NULL: all is as before */
} rows[] = {
	{"nothing but the selection was begun", 3, false, false, nothing, {NULL}, NULL},
	{"the selection is diverted",
	 4,
	 false,
	 false,
	 diverted,
	 {"restore-file current"},
	 "selected was ci and is default"},
	{"somebody selected meanwhile", 4, false, false, selected_by_somebody, {NULL}, "selected was ci and is theirs"},
	{"the container is gone", 4, false, false, removed, {"boot ci", LIMITS}, "could not be made again"},
	{"the same on an Engine that cannot change a container",
	 4,
	 false,
	 false,
	 removed_from_podman,
	 {"boot ci"},
	 "could not be made again"},
	{"a stopped container is gone", 4, false, true, removed, {NULL}, "it was exited, and is made again when"},
	{"the volume is gone with it", 5, false, false, volume_lost, {"boot ci", LIMITS}, "and its cache with it"},
	{"the instance file is written",
	 6,
	 false,
	 false,
	 written,
	 {"restore-file instances/ci", "restore-file activity/ci", "boot ci", LIMITS},
	 "instances/ci holds other bytes"},
	{"another container is there",
	 7,
	 false,
	 false,
	 booted,
	 {"drain ci0", "remove-container buildx_buildkit_ci0", "restore-file instances/ci", "restore-file activity/ci",
	  "boot ci", LIMITS},
	 "memory was 536870912 and is 1073741824"},
	{"the Engine does not answer any more",
	 7,
	 false,
	 false,
	 unreachable,
	 {"restore-file instances/ci", "restore-file activity/ci"},
	 "could not be asked"},
	{"a new builder's file is damaged meanwhile",
	 6,
	 true,
	 false,
	 created,
	 {"remove-file instances/ci", "remove-file activity/ci"},
	 "instances/ci is there, and was not"},
};

static void make_after(const struct world *w, size_t row, struct after *after)
{
	after->live = w->live;
	after->engine = w->engine;
	after->container = w->container;
	after->volume = w->volume;
	memcpy(after->files, before_files, sizeof(before_files));
	after->engine.containers = &after->container;
	after->engine.volumes = &after->volume;
	after->live.engines = &after->engine;
	if (rows[row].is_new) {
		after->live.builder_count = 0;
		after->engine.container_count = after->engine.volume_count = 0;
		after->files[0].exists = after->files[1].exists = false;
	}
	rows[row].change(after);
}

static void make_before(struct world *w, size_t row, struct store_file *files)
{
	make_world(w);
	memcpy(files, before_files, sizeof(before_files));
	if (rows[row].was_stopped)
		w->container.status = "exited";
	if (!rows[row].is_new)
		return;
	w->live.builder_count = 0;
	w->engine.container_count = w->engine.volume_count = 0;
	files[0].exists = files[1].exists = false;
}

static const char *text_of(const struct step *step)
{
	static char text[256];
	const char *object = step->path ? step->path : step->node ? step->node : step->name;

	snprintf(text, sizeof(text), "%s %s", step_kind_name(step->kind), object ? object : "");
	return text;
}

static void check_steps(size_t row, const struct plan *undo)
{
	size_t at = 0;

	for (size_t i = 0; undo && i < undo->change_count; i++)
		for (size_t k = 0; k < undo->changes[i].step_count; k++, at++) {
			const char *got = text_of(&undo->changes[i].steps[k]);

			if (at >= MOST || !rows[row].steps[at] || strcmp(got, rows[row].steps[at]) != 0)
				fail_msg("%s: step %zu is \"%s\", not \"%s\"", rows[row].name, at + 1, got,
					 at < MOST && rows[row].steps[at] ? rows[row].steps[at] : "(none)");
		}
	if (at < MOST && rows[row].steps[at])
		fail_msg("%s: step %zu, \"%s\", is missing", rows[row].name, at + 1, rows[row].steps[at]);
}

static void check_row(size_t row)
{
	struct change change = {.object = OBJECT_BUILDER,
				.name = "ci",
				.address = "builder.ci",
				.action = ACTION_REPLACE,
				.steps = steps,
				.step_count = COUNT(steps)};
	struct plan failed = {.plan_id = "0123456789abcdef", .changes = &change, .change_count = 1};
	struct change_result result = {RESULT_TEXTS, .status = CHANGE_FAILED, .steps_begun = rows[row].begun};
	struct store_file files[FILES];
	struct undo_outcome outcome;
	struct world w;
	struct after after = {0};

	make_before(&w, row, files);
	make_after(&w, row, &after);
	struct undo_request request = {
		.plan = &failed,
		.results = &result,
		.before = &w.live,
		.now = &after.live,
		.files_before = {files, FILES},
		.files_now = {after.files, FILES},
	};
	struct plan *undo = undo_plan(&request);
	check_steps(row, undo);
	undo_compare(&request, w.arena, &outcome);
	const char *told = strings_join(w.arena, &outcome.differ, "; ");
	if (rows[row].differ ? !strstr(told, rows[row].differ) : outcome.differ.count > 0)
		fail_msg("%s: told is \"%s\", not \"%s\"", rows[row].name, told,
			 rows[row].differ ? rows[row].differ : "nothing");
	plan_free(undo);
	arena_free(w.arena);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(i);
}

/* What changes nothing has nothing to undo, and nothing is observed for it. */
static void test_needed(void **state)
{
	static const enum step_kind harmless[] = {STEP_PULL_IMAGE, STEP_DRAIN, STEP_VERIFY_BUILD, STEP_NOTE_LEFTOVER};

	(void)state;
	for (enum step_kind kind = 0; kind < STEP_KIND_COUNT; kind++) {
		struct step step = {.kind = kind};
		struct change change = {.steps = &step, .step_count = 1};
		const struct plan plan = {.changes = &change, .change_count = 1};
		bool is_harmless = false;

		for (size_t i = 0; i < COUNT(harmless); i++)
			is_harmless = is_harmless || harmless[i] == kind;
		const struct change_result begun = {.status = CHANGE_FAILED,
						    .steps_begun = 1,
						    .error = &(struct error){.kind = ERROR_UNREACHABLE}},
					   refused = {RESULT_TEXTS, .status = CHANGE_FAILED, .steps_begun = 1},
					   not_begun = {RESULT_TEXTS, .status = CHANGE_FAILED},
					   done = {RESULT_TEXTS, .status = CHANGE_DONE, .steps_begun = 1,
						   .steps_done = 1},
					   theirs = {.status = CHANGE_FAILED,
						     .steps_begun = 1,
						     .error = &(struct error){.kind = ERROR_STALE}};
		if (undo_is_needed(&plan, &begun) == is_harmless)
			fail_msg("%s: undo_is_needed() is wrong", step_kind_name(kind));
		/* An image that says why it did not register has registered nothing; a deadline says nothing. */
		if (undo_is_needed(&plan, &refused) == (is_harmless || kind == STEP_INSTALL_EMULATION))
			fail_msg("%s: undo_is_needed() is wrong of one that said why", step_kind_name(kind));
		assert_false(undo_is_needed(&plan, &not_begun));
		assert_false(undo_is_needed(&plan, &done));
		assert_false(undo_is_needed(&plan, &theirs));
	}
}

/* Another id, and the name that an Engine makes of it, is no difference, but is told. */
static void test_made_anew(void **state)
{
	struct change change = {.object = OBJECT_BUILDER, .name = "ci", .steps = steps, .step_count = 7};
	struct plan failed = {.plan_id = "0123456789abcdef", .changes = &change, .change_count = 1};
	struct change_result result = {RESULT_TEXTS, .status = CHANGE_FAILED, .steps_begun = 7};
	struct undo_outcome outcome;
	struct world w;
	struct after after = {0};

	(void)state;
	make_world(&w);
	make_after(&w, 0, &after);
	after.container.id = "4567";
	/* Podman's own variable, another one in each container. */
	after.engine.maker = MAKER_PODMAN;
	strings_add(w.arena, &w.container.env, "HOSTNAME=0123");
	after.container.env = (struct strings){0};
	strings_add(w.arena, &after.container.env, "PATH=/bin");
	strings_add(w.arena, &after.container.env, "HOSTNAME=4567");
	struct undo_request request = {.plan = &failed, .results = &result, .before = &w.live, .now = &after.live};
	undo_compare(&request, w.arena, &outcome);
	assert_int_equal(outcome.differ.count, 0);
	assert_int_equal(outcome.remade.count, 1);
	assert_non_null(strstr(outcome.remade.items[0], "buildx_buildkit_ci0 was made anew (4567, before 0123)"));
	arena_free(w.arena);
}

/* A context that is done stays though a builder that lives in it failed; one that failed goes with its folders. */
static void test_contexts(void **state)
{
	static struct step write = {
		.kind = STEP_WRITE_FILE, .path = "contexts/meta/x/meta.json", .in_docker_config = true};

	(void)state;
	for (int failed = 0; failed < 2; failed++) {
		struct change change = {.object = OBJECT_CONTEXT,
					.name = "far",
					.address = "context.far",
					.action = ACTION_CREATE,
					.steps = &write,
					.step_count = 1};
		struct plan plan = {.plan_id = "0123456789abcdef", .changes = &change, .change_count = 1};
		const struct change_result result = {RESULT_TEXTS, .status = failed ? CHANGE_FAILED : CHANGE_DONE,
						     .steps_begun = 1, .steps_done = 1};
		struct world w;

		make_world(&w);
		struct plan *undo = undo_plan(
			&(struct undo_request){.plan = &plan, .results = &result, .before = &w.live, .now = &w.live});
		assert_int_equal(undo ? undo->changes[0].step_count : 0, failed ? 2 : 0);
		plan_free(undo);
		arena_free(w.arena);
	}
}

/* What the cluster refused to undo is said of each object, a claim's mark and a ConfigMap that nothing mounts too. */
static void test_objects_are_told(void **state)
{
	static const char requests[] =
		"[{\"method\":\"PATCH\",\"resource\":\"persistentvolumeclaims\",\"name\":\"buildkitd-n-0\"},"
		"{\"method\":\"POST\",\"resource\":\"configmaps\",\"name\":\"n-config\"},"
		"{\"method\":\"POST\",\"resource\":\"statefulsets\",\"name\":\"n\"}]";
	struct step step = {.kind = STEP_CHANGE_OBJECTS,
			    .name = "ci",
			    .endpoint = "k",
			    .data = (const unsigned char *)requests,
			    .length = strlen(requests)};
	struct change change = {.object = OBJECT_BUILDER, .name = "ci", .steps = &step, .step_count = 1};
	struct plan failed = {.plan_id = "0123456789abcdef", .changes = &change, .change_count = 1};
	struct change_result result = {RESULT_TEXTS, .status = CHANGE_FAILED, .steps_begun = 1};
	struct volume_claim claim = {.name = "buildkitd-n-0", .uid = "1", .workload = "n"}, marked = claim;
	struct config_map config = {.name = "n-config"};
	struct cluster then = {.key = "k", .reachable = true, .claims = &claim, .claim_count = 1}, now = then;
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct live before = {.arena = arena, .clusters = &then, .cluster_count = 1}, after = before;
	struct undo_request request = {.plan = &failed, .results = &result, .before = &before, .now = &after};
	struct undo_outcome outcome;

	(void)state;
	after.clusters = &now;
	undo_compare(&request, arena, &outcome);
	assert_int_equal(outcome.differ.count, 0);
	marked.mark.expires = "2026-01-31T12:00:00Z";
	now.claims = &marked;
	now.stray_configs = &config;
	now.stray_config_count = 1;
	undo_compare(&request, arena, &outcome);
	assert_string_equal(strings_join(arena, &outcome.differ, "; "),
			    "claim buildkitd-n-0 is kept until 2026-01-31T12:00:00Z, and no longer; configmaps "
			    "n-config is there, and was not");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_needed),
		cmocka_unit_test(test_objects_are_told),
		cmocka_unit_test(test_contexts),
		cmocka_unit_test(test_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
