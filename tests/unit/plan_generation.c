/* plan_make() for resets, healing, retention and leftovers: the steps, their order, and what is left alone. */
#include "plan_world.h"

#include "base/count.h"

enum { DAY = 24 * 3600, MOST = 16 };

/* "boot-beside ci" and the like, in order. */
static void check_steps(const struct change *change, const char *const *want)
{
	size_t count = 0;

	assert_non_null(change);
	while (want[count])
		count++;
	for (size_t i = 0; i < change->step_count; i++) {
		const struct step *step = &change->steps[i];
		char got[256];
		const char *object = step->path ? step->path : step->node ? step->node : step->name;

		snprintf(got, sizeof(got), "%s %s%s", step_kind_name(step->kind), object ? object : "",
			 step->unless_healed ? "?" : "");
		if (i >= count || strcmp(got, want[i]) != 0)
			fail_msg("step %zu is \"%s\", not \"%s\"", i + 1, got, i < count ? want[i] : "(none)");
	}
	assert_int_equal(change->step_count, count);
}

static void reset(struct world *w)
{
	w->reset = "ci";
}
static void reset_second(struct world *w)
{
	reset(w);
	w->have_node.spec.name = "ci0.g7";
	w->container.name = "buildx_buildkit_ci0.g7";
	w->container.state_volume = w->volume.name = "buildx_buildkit_ci0.g7_state";
}
static void reset_past_a_leftover(struct world *w)
{
	reset(w);
	w->leftover.node = "ci0.g4";
	w->live.leftovers.count = 1;
}
static void reset_never_booted(struct world *w)
{
	reset(w);
	w->engine.container_count = w->engine.volume_count = 0;
	w->have_node.container = NULL;
	w->have_node.volume = NULL;
	w->have_node.state = NODE_INACTIVE;
}
static void reset_not_to_boot(struct world *w)
{
	reset(w);
	w->want.bootstrap = TRI_NO;
}
static void paused(struct world *w)
{
	w->container.status = "paused";
}
static void looping(struct world *w)
{
	w->container.status = "restarting";
	w->container.exit_code = 1;
}
static void stopped_by_hand(struct world *w)
{
	w->container.status = "exited";
	w->container.exit_code = 1;
}
static void crashed(struct world *w)
{
	stopped_by_hand(w);
	w->container.restart_policy = "no";
	w->memory = w->policy;
	w->have_memory = w->policy;
	w->container.memory = w->container.memory_swap = 0;
}
static void sick(struct world *w)
{
	w->have_node.state = NODE_UNHEALTHY;
	w->have_node.reason = "panic: invalid freelist page";
}
static void sick_without_retention(struct world *w)
{
	sick(w);
	w->keep_s = 0;
}
static void sick_and_changed(struct world *w)
{
	looping(w);
	w->memory.value = "1g";
}
static void file_lost(struct world *w)
{
	reset_second(w);
	w->reset = NULL;
	w->live.builders = &w->have[1];
	w->live.builder_count = 1;
}
static void back_to_the_first(struct world *w)
{
	static const struct store_file exact = {
		.exists = true, .readable = true, .data = (const unsigned char *)"{}", .length = 2};

	w->rollback = true;
	w->want.exact = &exact;
	w->have_node.spec.name = "ci0.g2";
	w->container.name = "buildx_buildkit_ci0.g2";
	w->volume.name = "buildx_buildkit_ci0.g2_state";
}

#define PULL "pull-image moby/buildkit:buildx-stable-1"
#define SWITCH "write-file instances/ci"
static const struct {
	const char *name;
	void (*change)(struct world *);
	enum action action;
	enum cache_effect cache;
	const char *steps[MOST];
} rows[] = {
	{"reset",
	 reset,
	 ACTION_RESET,
	 CACHE_RETAINED,
	 {PULL, "note-leftover ci0.g2", "note-leftover ci0", "boot-beside ci", SWITCH, "retire ci0"}},
	{"reset of the seventh",
	 reset_second,
	 ACTION_RESET,
	 CACHE_RETAINED,
	 {PULL, "note-leftover ci0.g8", "note-leftover ci0.g7", "boot-beside ci", SWITCH, "retire ci0.g7"}},
	{"a generation that was noted is not used again",
	 reset_past_a_leftover,
	 ACTION_RESET,
	 CACHE_RETAINED,
	 {PULL, "note-leftover ci0.g5", "note-leftover ci0", "boot-beside ci", SWITCH, "retire ci0"}},
	{"reset of what never was booted", reset_never_booted, ACTION_RESET, CACHE_NONE, {"boot ci"}},
	{"reset of what is not to be booted",
	 reset_not_to_boot,
	 ACTION_RESET,
	 CACHE_RETAINED,
	 {PULL, "note-leftover ci0.g2", "note-leftover ci0", SWITCH, "retire ci0"}},
	{"paused", paused, ACTION_REPAIR, CACHE_KEPT, {"heal ci0?"}},
	{"ends right after each start",
	 looping,
	 ACTION_REPAIR,
	 CACHE_RETAINED,
	 {"heal ci0?", PULL "?", "note-leftover ci0.g2?", "note-leftover ci0?", "boot-beside ci?", SWITCH "?",
	  "retire ci0?"}},
	{"unhealthy",
	 sick,
	 ACTION_REPAIR,
	 CACHE_RETAINED,
	 {"heal ci0?", "heal ci0?", PULL "?", "note-leftover ci0.g2?", "note-leftover ci0?", "boot-beside ci?",
	  SWITCH "?", "retire ci0?"}},
	{"crashed, and not started again",
	 crashed,
	 ACTION_REPAIR,
	 CACHE_RETAINED,
	 {"heal ci0?", PULL "?", "note-leftover ci0.g2?", "note-leftover ci0?", "boot-beside ci?", SWITCH "?",
	  "retire ci0?"}},
	{"sick, and nothing may be retained: its volume is not given up",
	 sick_without_retention,
	 ACTION_REPAIR,
	 CACHE_KEPT,
	 {"heal ci0?", "heal ci0?"}},
	{"stopped from outside is not sick", stopped_by_hand, ACTION_CHANGE, CACHE_KEPT, {"boot ci"}},
	{"sick, and changed otherwise",
	 sick_and_changed,
	 ACTION_REPLACE,
	 CACHE_KEPT,
	 {PULL, "remove-container buildx_buildkit_ci0", SWITCH, "boot ci"}},
	{"file lost: what is there is taken over", file_lost, ACTION_CREATE, CACHE_NONE, {SWITCH}},
	{"back to the first generation",
	 back_to_the_first,
	 ACTION_REPLACE,
	 CACHE_RETAINED,
	 {PULL, "note-leftover ci0", "note-leftover ci0.g2", "boot-beside ci", SWITCH, "retire ci0.g2"}},
};

static void prepare(struct world *w)
{
	make_world(w);
	w->keep_s = DAY;
	w->leftover = (struct leftover){.endpoint = endpoint, .host = endpoint, .node = "ci0", .builder = "ci"};
	w->live.leftovers.items = &w->leftover;
}

static void steps_of_each(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;

		prepare(&w);
		rows[i].change(&w);
		print_message("%s\n", rows[i].name);
		struct plan *made = plan(&w);
		const struct change *change = find(made, "builder.ci");
		check_steps(change, rows[i].steps);
		assert_int_equal(change->action, rows[i].action);
		assert_int_equal(change->cache, rows[i].cache);
		assert_null(change->blocked);
		plan_free(made);
		arena_free(w.arena);
	}
}

/* What a repair does is said without -v. */
static void words_of_repairs(void **state)
{
	static const struct {
		void (*change)(struct world *w);
		const char *detail;
	} told[] = {
		{paused, "unpause node ci0, and see whether it builds"},
		{looping, "restart node ci0, and see whether it builds; where it does not, a fresh BuildKit takes its "
			  "place, with an empty cache"},
		{stopped_by_hand, "BuildX boots it, and nothing else changes"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(told); i++) {
		struct world w;

		prepare(&w);
		told[i].change(&w);
		struct plan *made = plan(&w);
		assert_string_equal(find(made, "builder.ci")->detail, told[i].detail);
		plan_free(made);
		arena_free(w.arena);
	}
}

/* What of a leftover is planned, as "container", "volume" or "". */
static const char *end_of(struct world *w)
{
	struct plan *made = plan(w);
	const char *end = find(made, "volume.buildx_buildkit_ci0_state") ? "volume"
			  : find(made, "container.buildx_buildkit_ci0")	 ? "container"
									 : "";

	for (size_t i = 0; i < made->change_count; i++)
		if (made->changes[i].object == OBJECT_CONTAINER || made->changes[i].object == OBJECT_VOLUME) {
			assert_int_equal(made->changes[i].step_count, 1);
			assert_int_equal(made->changes[i].steps[0].keep_s == 0, *end == 'v');
		}
	plan_free(made);
	return end;
}

static void leftovers_end(void **state)
{
	struct world w;

	(void)state;
	prepare(&w);
	/* A builder of another name is all there is, so that nobody names ci0. */
	w.live.leftovers.count = 1;
	w.want.name = "other";
	w.want_node.name = "other0";
	w.have[0].damaged = false;
	assert_string_equal(end_of(&w), ""); /* the store names it */
	w.live.builders = &w.have[1];
	w.live.builder_count = 1;
	assert_string_equal(end_of(&w), "volume"); /* it was never finished */
	w.leftover.until = 1000;
	assert_string_equal(end_of(&w), "container"); /* the volume is kept */
	w.gc = true;
	w.now = 999;
	assert_string_equal(end_of(&w), "container");
	w.now = 1000;
	assert_string_equal(end_of(&w), "volume");
	w.volume.created = "2026-01-02T00:00:00Z";
	w.leftover.volume_created = "2026-01-01T00:00:00Z";
	assert_string_equal(end_of(&w), "container"); /* somebody made that volume later */
	w.engine.container_count = 0;
	assert_string_equal(end_of(&w), "");
	w.engine.container_count = 1;
	w.engine.reachable = false;
	assert_string_equal(end_of(&w), ""); /* nothing is known of it */
	w.engine.reachable = true;
	w.live.builders = w.have;
	w.live.builder_count = 2;
	w.have[0] = (struct live_builder){.name = "ci", .damaged = true};
	assert_string_equal(end_of(&w), ""); /* the damaged file may name it */
	arena_free(w.arena);
}

static void what_is_taken_over_is_no_leftover(void **state)
{
	struct world w;

	(void)state;
	prepare(&w);
	w.live.leftovers.count = 1;
	w.live.builders = &w.have[1];
	w.live.builder_count = 1;
	w.leftover.until = 1000;
	assert_string_equal(end_of(&w), "");
	arena_free(w.arena);
}

static void a_run_that_died_diverted(void **state)
{
	struct world w;

	(void)state;
	prepare(&w);
	w.desired.selected = NULL;
	w.live.selected = "default";
	w.live.leftovers.diversion = (struct diversion){"ci", "default"};
	struct plan *made = plan(&w);
	check_steps(find(made, "selected"), (const char *const[]){"select ci", NULL});
	plan_free(made);
	w.live.selected = "another"; /* somebody chose it since */
	made = plan(&w);
	assert_null(find(made, "selected"));
	plan_free(made);
	arena_free(w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_of_each),
		cmocka_unit_test(words_of_repairs),
		cmocka_unit_test(leftovers_end),
		cmocka_unit_test(what_is_taken_over_is_no_leftover),
		cmocka_unit_test(a_run_that_died_diverted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
