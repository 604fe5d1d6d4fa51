/* The table of evidence, row by row: what a plan makes of a node that was seen so. */
#include "model/evidence.h"

#include "model/fault.h"
#include "plan_world.h"

#define NOT_BLOCKED ERROR_OTHER

static const struct row {
	enum seen seen;
	enum evidence proves;
	const char *status; /* of its container; NULL: it has none */
	/* What is planned when nothing else is to be done there, and when its memory is to be another. */
	enum action idle, busy;
	enum error_kind idle_blocked, busy_blocked;
	bool reported; /* among what could not be observed */
	const char *remedies;
	bool renews;
} rows[] = {
	{SEEN_ENGINE_SILENT, EVIDENCE_UNKNOWN, NULL, ACTION_UNKNOWN, ACTION_UNKNOWN, ERROR_UNREACHABLE,
	 ERROR_UNREACHABLE, true, "", false},
	{SEEN_UNTOLD, EVIDENCE_UNKNOWN, NULL, ACTION_UNKNOWN, ACTION_UNKNOWN, ERROR_UNREACHABLE, ERROR_UNREACHABLE,
	 false, "", false},
	{SEEN_NO_CONTAINER, EVIDENCE_ABSENT, NULL, ACTION_CHANGE, ACTION_CHANGE, NOT_BLOCKED, NOT_BLOCKED, false, "",
	 false},
	{SEEN_CREATED, EVIDENCE_ABSENT, "created", ACTION_CHANGE, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false, "",
	 false},
	{SEEN_ENDED, EVIDENCE_ABSENT, "exited", ACTION_CHANGE, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false, "",
	 false},
	{SEEN_FAILED, EVIDENCE_SICK, "exited", ACTION_REPAIR, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false,
	 "restart ", true},
	{SEEN_PAUSED, EVIDENCE_SICK, "paused", ACTION_REPAIR, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false,
	 "unpause ", false},
	{SEEN_RESTARTING, EVIDENCE_SICK, "restarting", ACTION_REPAIR, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false,
	 "restart ", true},
	{SEEN_REMOVING, EVIDENCE_SICK, "removing", ACTION_REPLACE, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false, "",
	 false},
	{SEEN_DEAD, EVIDENCE_SICK, "dead", ACTION_REPLACE, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false, "", false},
	{SEEN_ANSWER, EVIDENCE_WELL, "running", ACTION_NONE, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false, "",
	 false},
	{SEEN_PART, EVIDENCE_WELL, "running", ACTION_NONE, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false, "", false},
	{SEEN_STARTING, EVIDENCE_UNKNOWN, "running", ACTION_NONE, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false, "",
	 false},
	{SEEN_NOT_UP, EVIDENCE_UNKNOWN, "running", ACTION_NONE, ACTION_REPLACE, NOT_BLOCKED, ERROR_UNREACHABLE, true,
	 "", false},
	{SEEN_LATE, EVIDENCE_UNKNOWN, "running", ACTION_NONE, ACTION_REPLACE, NOT_BLOCKED, ERROR_UNREACHABLE, true, "",
	 false},
	{SEEN_REFUSED, EVIDENCE_UNKNOWN, "running", ACTION_NONE, ACTION_REPLACE, NOT_BLOCKED, ERROR_UNREACHABLE, true,
	 "", false},
	{SEEN_STRANGE, EVIDENCE_UNKNOWN, "running", ACTION_NONE, ACTION_REPLACE, NOT_BLOCKED, ERROR_UNREACHABLE, true,
	 "", false},
	{SEEN_ERROR, EVIDENCE_SICK, "running", ACTION_REPAIR, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false,
	 "look again at restart ", true},
	{SEEN_DAMAGED, EVIDENCE_SICK, "restarting", ACTION_REPAIR, ACTION_REPLACE, NOT_BLOCKED, NOT_BLOCKED, false,
	 "restart ", true},
	{SEEN_FULL, EVIDENCE_SICK, "restarting", ACTION_REPAIR, ACTION_REPLACE, ERROR_REFUSED, ERROR_REFUSED, false, "",
	 false},
	{SEEN_HELD, EVIDENCE_HELD, NULL, ACTION_REPAIR, ACTION_REPAIR, ERROR_REFUSED, ERROR_REFUSED, false, "", false},
};

static void see(struct world *w, const struct row *row)
{
	const struct seen_kind *kind = seen_kind(row->seen);

	w->keep_s = 3600;
	w->have_node.seen = row->seen;
	w->have_node.state = kind->state;
	w->have_node.reason = kind->proves == EVIDENCE_WELL || row->seen == SEEN_STARTING ? NULL : "words";
	w->container.status = row->status ? row->status : "running";
	w->container.exit_code = 1;
	if (!row->status) {
		w->have_node.container = NULL;
		w->engine.container_count = 0;
	}
	if (row->proves == EVIDENCE_UNKNOWN && !row->status) {
		w->engine.reachable = false;
		w->engine.reason = "words";
	}
}

static void check_steps(const struct row *row, const struct change *change)
{
	char remedies[100] = "";
	bool renews = false;

	for (size_t i = 0; i < change->step_count; i++) {
		const struct step *step = &change->steps[i];

		assert_int_not_equal(step->kind, STEP_PRUNE_CACHE);
		assert_int_not_equal(step->kind, STEP_REMOVE_VOLUME);
		if (step->kind == STEP_HEAL)
			snprintf(remedies + strlen(remedies), sizeof(remedies) - strlen(remedies), "%s ", step->detail);
		if (step->kind == STEP_RETIRE) {
			renews = true;
			assert_true(step->keep_s > 0);
		}
	}
	assert_string_equal(remedies, row->remedies);
	assert_int_equal(renews, row->renews);
	assert_int_not_equal(change->cache, CACHE_LOST);
}

static void check_plan(const struct row *row, bool busy)
{
	struct world w;

	make_world(&w);
	see(&w, row);
	if (busy)
		w.memory.value = "1g";
	struct plan *made = plan(&w);
	const struct change *change = find(made, "builder.ci");
	enum action action = busy ? row->busy : row->idle;
	enum error_kind blocked = busy ? row->busy_blocked : row->idle_blocked;

	assert_int_equal(change ? change->action : ACTION_NONE, action);
	if (change) {
		assert_int_equal(change->blocked ? change->blocked_kind : NOT_BLOCKED, blocked);
		if (!busy)
			check_steps(row, change);
	}
	if (row->reported)
		assert_true(made->unknown.count > 0);
	plan_free(made);
	arena_free(w.arena);
}

static void every_row(void **state)
{
	bool tested[SEEN_COUNT] = {[SEEN_NOTHING] = true};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *row = &rows[i];

		print_message("%s\n", seen_kind(row->seen)->name);
		assert_int_equal(seen_kind(row->seen)->proves, row->proves);
		tested[row->seen] = true;
		check_plan(row, false);
		check_plan(row, true);
	}
	/* Of nodes in pods, which this world has none of: tests/unit/live_pods.c. */
	for (enum seen seen = SEEN_CLUSTER_SILENT; seen <= SEEN_PODS_NOT_READY; seen++)
		tested[seen] = true;
	for (enum seen seen = SEEN_NOTHING; seen < SEEN_COUNT; seen++)
		if (!tested[seen])
			fail_msg("%s has no row", seen_kind(seen)->name);
}

/* What is not proved, or not ours, is never a reason to act; a name and a fault are what they say they are. */
static void the_table_itself(void **state)
{
	(void)state;
	for (enum seen seen = SEEN_NOTHING; seen < SEEN_COUNT; seen++) {
		const struct seen_kind *kind = seen_kind(seen);

		assert_int_equal(seen_named(kind->name), seen);
		if (kind->proves != EVIDENCE_SICK && kind->proves != EVIDENCE_ABSENT)
			assert_int_equal(kind->may, 0);
		if (kind->state == NODE_UNHEALTHY)
			assert_true(kind->proves == EVIDENCE_SICK || kind->proves == EVIDENCE_HELD);
		if (kind->fault != FAULT_NONE)
			assert_non_null(fault_kind(kind->fault));
	}
	assert_int_equal(seen_named("nonsense"), SEEN_COUNT);
}

static void words_of_engines(void **state)
{
	static const struct {
		const char *status, *policy;
		int64_t exit_code;
		enum seen seen;
	} words[] = {
		{"running", "no", 0, SEEN_ANSWER},
		{"exited", "unless-stopped", 1, SEEN_ENDED},
		{"exited", "no", 1, SEEN_FAILED},
		{"exited", "no", 137, SEEN_ENDED},
		{"exited", "no", 0, SEEN_ENDED},
		{"paused", "no", 0, SEEN_PAUSED},
		{"restarting", "no", 1, SEEN_RESTARTING},
		{"removing", "no", 0, SEEN_REMOVING},
		{"dead", "no", 0, SEEN_DEAD},
		{"created", "no", 0, SEEN_CREATED},
		{"dreaming", "no", 0, SEEN_UNTOLD},
		{NULL, "no", 0, SEEN_UNTOLD},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const struct container container = {
			.status = words[i].status, .restart_policy = words[i].policy, .exit_code = words[i].exit_code};
		assert_int_equal(seen_in_container(&container), words[i].seen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row),
		cmocka_unit_test(the_table_itself),
		cmocka_unit_test(words_of_engines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
