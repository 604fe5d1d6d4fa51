/* Carries out many changes of one small step each between the same three syncs. */
#include "apply/runner.h"

#include "apply/staging.h"
#include "apply/steps.h"
#include "apply/store_files.h"
#include "apply/unchanged.h"
#include "base/clock.h"
#include "base/file.h"

/* Below it, each write syncs for itself: the one sync for all is of the whole file system, and of what others write
 * there. */
enum { STAGED_MIN = 16 };

/* A damaged file that goes, its bytes are in the record; or a builder that is noted and not booted. */
bool is_batchable(const struct change *change)
{
	const struct step *step = change->steps;

	if (change->step_count != 1 || step->in_docker_config || step->unless_healed)
		return false;
	return step->kind == STEP_REMOVE_FILE ||
	       (step->kind == STEP_WRITE_FILE && step->path && text_starts(step->path, "instances/"));
}

static void turn_to(struct runner *runner, const struct batch *batch, size_t index)
{
	runner->change = batch->changes[index];
	runner->result = batch->results[index];
	runner->steps.result = runner->result;
	runner->step = NULL;
}

static bool goes_on(const struct change_result *result)
{
	return result->status == CHANGE_PENDING;
}

static void fail_one(struct change_result *result, const struct error *why)
{
	result->status = CHANGE_FAILED;
	error_copy(result->error, why);
}

/* All that go on fail with it: of none of them is it known. */
static void fail_all(const struct batch *batch, const struct error *why)
{
	for (size_t i = 0; i < batch->count; i++)
		if (goes_on(batch->results[i]))
			fail_one(batch->results[i], why);
}

/* The index of the last one that goes on; batch->count when none does. */
static size_t last_of(const struct batch *batch)
{
	size_t last = batch->count;

	for (size_t i = 0; i < batch->count; i++)
		if (goes_on(batch->results[i]))
			last = i;
	return last;
}

/* Everybody's intent is on disk before the first is acted on. */
static void begin_all(struct runner *runner, const struct batch *batch)
{
	struct error failure = ERROR_INIT;
	int failed = 0;

	for (size_t i = 0; i < batch->count; i++) {
		turn_to(runner, batch, i);
		if (runner_journal(runner, APPLY_CHANGE_START, true, &failure) < 0 ||
		    unchanged_check_change(&runner->steps, runner->change, &failure) < 0)
			fail_one(runner->result, &failure);
	}
	size_t last = last_of(batch);
	for (size_t i = 0; failed == 0 && i < batch->count; i++) {
		turn_to(runner, batch, i);
		runner->step = &runner->change->steps[0];
		if (goes_on(runner->result))
			failed = runner_journal(runner, APPLY_STEP_START, i != last, &failure);
	}
	if (failed < 0)
		fail_all(batch, &failure);
}

/* Beside their places, and on disk there, before the first is put in its own. */
static void stage_all(struct runner *runner, const struct batch *batch, struct staging *staging)
{
	struct error failure = ERROR_INIT;

	runner->steps.staging = staging;
	for (size_t i = 0; batch->count >= STAGED_MIN && i < batch->count; i++) {
		turn_to(runner, batch, i);
		if (goes_on(runner->result))
			execution_stage(&runner->steps, &runner->change->steps[0]);
	}
	if (staging_sync(staging, &failure) < 0)
		fail_all(batch, &failure);
}

static void act_on_all(struct runner *runner, const struct batch *batch)
{
	struct error failure = ERROR_INIT;

	for (size_t i = 0; i < batch->count; i++) {
		turn_to(runner, batch, i);
		runner_notify(runner, APPLY_CHANGE_START, NULL);
		if (!goes_on(runner->result))
			continue;
		runner->step = &runner->change->steps[0];
		runner->result->steps_begun = 1;
		runner_notify(runner, APPLY_STEP_START, NULL);
		if (execute_step(&runner->steps, runner->step, &failure) < 0)
			fail_one(runner->result, &failure);
	}
}

static void sync_folders(const struct batch *batch, const struct strings *folders)
{
	struct error failure = ERROR_INIT;

	for (size_t i = 0; i < folders->count; i++)
		if (folder_sync(folders->items[i], &failure) < 0) {
			fail_all(batch, &failure);
			return;
		}
}

static void end_all(struct runner *runner, const struct batch *batch)
{
	struct error failure = ERROR_INIT;

	for (size_t i = 0; i < batch->count; i++) {
		turn_to(runner, batch, i);
		if (!goes_on(runner->result))
			continue;
		runner->step = &runner->change->steps[0];
		if (runner_journal(runner, APPLY_STEP_DONE, true, &failure) == 0)
			runner->result->steps_done = 1;
		else
			fail_one(runner->result, &failure);
		runner_notify(runner, APPLY_STEP_DONE, NULL);
	}
	for (size_t i = 0; i < batch->count; i++) {
		turn_to(runner, batch, i);
		bool is_done = goes_on(runner->result);

		runner->result->elapsed_ms = clock_ms() - runner->start;
		if (is_done)
			runner->result->status = CHANGE_DONE;
		/* That it ended is told by the record; the journal is for runs that have none. */
		runner_journal(runner, is_done ? APPLY_CHANGE_DONE : APPLY_CHANGE_FAILED, i + 1 < batch->count, NULL);
		runner_notify(runner, is_done ? APPLY_CHANGE_DONE : APPLY_CHANGE_FAILED, NULL);
		if (!is_done && runner->run->options->stop_on_failure)
			runner_halt(runner->run);
	}
}

void do_batch(struct runner *runner, const struct batch *batch)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct strings folders = {0};
	struct staging staging = {.arena = arena, .folders = &folders};

	runner->steps.arena = arena;
	runner->steps.healed = (struct strings){0};
	runner->steps.later = &folders;
	runner->start = clock_ms();
	begin_all(runner, batch);
	stage_all(runner, batch, &staging);
	act_on_all(runner, batch);
	staging_done(&staging);
	sync_folders(batch, &folders);
	end_all(runner, batch);
	runner->steps.staging = NULL;
	runner->steps.later = NULL;
	runner->steps.arena = NULL;
	runner->steps.result = NULL;
	runner->step = NULL;
}
