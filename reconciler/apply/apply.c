/* The executor: phases in order, the changes of a phase side by side on threads, a change's steps in order. */
#include "apply/apply.h"

#include "apply/clusters.h"
#include "apply/engines.h"
#include "apply/heal.h"
#include "apply/rights.h"
#include "apply/runner.h"
#include "apply/step.h"
#include "apply/steps.h"
#include "apply/store_files.h"
#include "apply/unchanged.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "model/redact.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { PARALLEL_MAX = 256 };

static struct apply_event event_of(const struct runner *runner, enum apply_event_kind kind, const char *line)
{
	return (struct apply_event){
		.kind = kind,
		.change = runner->change,
		.step = runner->step,
		.number = runner->step ? (size_t)(runner->step - runner->change->steps) + 1 : 0,
		.line = line,
		.error = kind == APPLY_CHANGE_FAILED ? runner->result->error : NULL,
		.elapsed_ms = clock_ms() - runner->start,
	};
}

void runner_notify(struct runner *runner, enum apply_event_kind kind, const char *line)
{
	const struct apply_options *options = runner->run->options;
	struct apply_event event = event_of(runner, kind, line);

	if (!options->progress)
		return;
	pthread_mutex_lock(&runner->run->caller);
	options->progress(options->context, &event);
	pthread_mutex_unlock(&runner->run->caller);
}

int runner_journal(struct runner *runner, enum apply_event_kind kind, bool more, struct error *err)
{
	const struct apply_notes *notes = &runner->run->options->notes;
	struct apply_event event = event_of(runner, kind, NULL);
	int result;

	event.more = more;
	if (!notes->journal)
		return 0;
	pthread_mutex_lock(&runner->run->caller);
	result = notes->journal(notes->context, &event, err);
	pthread_mutex_unlock(&runner->run->caller);
	return result;
}

static int note_leftover(void *context, const struct leftover *leftover, struct error *err)
{
	const struct runner *runner = context;
	const struct apply_notes *notes = &runner->run->options->notes;
	int result;

	if (!notes->leftover)
		return 0;
	pthread_mutex_lock(&runner->run->caller);
	result = notes->leftover(notes->context, leftover, err);
	pthread_mutex_unlock(&runner->run->caller);
	return result;
}

static int note_diversion(void *context, const struct diversion *diversion, struct error *err)
{
	const struct runner *runner = context;
	const struct apply_notes *notes = &runner->run->options->notes;
	int result;

	if (!notes->diversion)
		return 0;
	pthread_mutex_lock(&runner->run->caller);
	result = notes->diversion(notes->context, diversion, err);
	pthread_mutex_unlock(&runner->run->caller);
	return result;
}

static void say(void *context, const char *line)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	runner_notify(context, APPLY_LINE, text_printable(arena, line, false));
}

static void pass_output(void *context, const char *line)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	runner_notify(context, APPLY_OUTPUT, text_printable(arena, text_without_password(arena, line), false));
}

/* The step that sent builds elsewhere, when the one that sends them back was not done yet; NULL. */
static const struct step *open_diversion(const struct runner *runner)
{
	const struct change *change = runner->change;
	const struct step *diverted = NULL;

	for (size_t i = 0; i < runner->result->steps_begun; i++)
		if (change->steps[i].kind == STEP_DIVERT)
			diverted = &change->steps[i];
		else if (i < runner->result->steps_done && change->steps[i].kind == STEP_SELECT)
			diverted = NULL;
	return diverted;
}

/* A builder whose builds would not end stays as it was, and so does the selection that was diverted from it; nobody
 * goes on from an interrupted run by himself, so it is put back then, too. After another failure the builder is away,
 * until the failure is undone or somebody goes on: until then the fallback is where builds go, and that is said. */
static void end_diversion(struct runner *runner, size_t failed, struct error *err)
{
	const struct step *diverted = open_diversion(runner);
	struct error undoing = ERROR_INIT;

	if (!diverted)
		return;
	if (runner->change->steps[failed].kind != STEP_DRAIN && err->kind != ERROR_INTERRUPTED)
		return;
	if (execution_undivert(&runner->steps, &undoing) == 0)
		snprintf(runner->result->note, RESULT_NOTE, "%s is selected again", diverted->node);
	else
		snprintf(runner->result->note, RESULT_NOTE,
			 "%s stays selected in place of %s, and going on selects it again: %.256s", diverted->name,
			 diverted->node, undoing.message);
}

static int do_step(struct runner *runner, struct error *err)
{
	if (runner_journal(runner, APPLY_STEP_START, false, err) < 0)
		return -1;
	runner->result->steps_begun = (size_t)(runner->step - runner->change->steps) + 1;
	runner_notify(runner, APPLY_STEP_START, NULL);
	if (execute_step(&runner->steps, runner->step, err) < 0 ||
	    runner_journal(runner, APPLY_STEP_DONE, false, err) < 0)
		return -1;
	runner_notify(runner, APPLY_STEP_DONE, NULL);
	return 0;
}

static int do_steps(struct runner *runner, struct error *err)
{
	const struct change *change = runner->change;

	if (unchanged_check_change(&runner->steps, change, err) < 0 ||
	    rights_check_change(&runner->steps, change, err) < 0)
		return -1;
	for (size_t i = 0; i < change->step_count; i++) {
		int done = 0;

		if (i > 0 && interrupt_came(runner->run->options->interrupt))
			done = error_set(err, ERROR_INTERRUPTED, "interrupted after %zu of %zu steps", i,
					 change->step_count);
		runner->step = &change->steps[i];
		if (done == 0 && !(runner->step->unless_healed && steps_healed(change, &runner->steps.healed)))
			done = do_step(runner, err);
		/* What fails once the run was told to end fails by that, whatever it says. */
		if (done < 0 && interrupt_came(runner->run->options->interrupt))
			err->kind = ERROR_INTERRUPTED;
		if (done < 0) {
			end_diversion(runner, i, err);
			return -1;
		}
		runner->result->steps_done = i + 1;
	}
	return 0;
}

void runner_halt(struct apply_state *run)
{
	pthread_mutex_lock(&run->mutex);
	run->halted = true;
	pthread_mutex_unlock(&run->mutex);
}

static void do_change(struct runner *runner)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	int failed;

	runner->steps.arena = arena;
	runner->steps.healed = (struct strings){0};
	runner->steps.result = runner->result;
	runner->start = clock_ms();
	runner->step = NULL;
	failed = runner_journal(runner, APPLY_CHANGE_START, false, runner->result->error);
	runner_notify(runner, APPLY_CHANGE_START, NULL);
	if (failed == 0)
		failed = do_steps(runner, runner->result->error);
	runner->step = NULL;
	runner->result->elapsed_ms = clock_ms() - runner->start;
	runner->result->status = failed < 0 ? CHANGE_FAILED : CHANGE_DONE;
	if (failed < 0 && (runner->run->options->stop_on_failure || runner->result->error->kind == ERROR_INTERRUPTED))
		runner_halt(runner->run);
	/* That it ended is told by the record; the journal is for runs that have none. */
	runner_journal(runner, failed < 0 ? APPLY_CHANGE_FAILED : APPLY_CHANGE_DONE, false, NULL);
	runner_notify(runner, failed < 0 ? APPLY_CHANGE_FAILED : APPLY_CHANGE_DONE, NULL);
	runner->steps.arena = NULL;
	runner->steps.result = NULL;
}

static bool has_failed(const struct apply_state *run, const char *builder)
{
	for (size_t i = 0; i < run->plan->change_count; i++)
		if (run->plan->changes[i].object == OBJECT_BUILDER && run->results[i].status == CHANGE_FAILED &&
		    text_equal(run->plan->changes[i].name, builder))
			return true;
	return false;
}

/* A selection that falls back to the context's own builder because the selected one goes, which then did not. */
static bool leaves_failed(const struct apply_state *run, const struct change *change, const struct step *step)
{
	for (size_t i = 0; step->of_context && i < run->plan->change_count; i++)
		if (run->plan->changes[i].action == ACTION_REMOVE && run->results[i].status == CHANGE_FAILED &&
		    run->plan->changes[i].object == OBJECT_BUILDER &&
		    text_equal(run->plan->changes[i].name, change->from))
			return true;
	return false;
}

/* The current context, unless the plan leaves it alone. */
static const struct change *current_change(const struct apply_state *run, enum change_status *ret_status)
{
	for (size_t i = 0; i < run->plan->change_count; i++)
		if (run->plan->changes[i].object == OBJECT_CURRENT_CONTEXT) {
			*ret_status = run->results[i].status;
			return &run->plan->changes[i];
		}
	return NULL;
}

/* A context that could not be written does not become current, one that still is current does not go, and on another
 * context than was planned for nothing is selected. */
static bool context_failed(const struct apply_state *run, const struct change *change)
{
	enum change_status status = CHANGE_DONE;
	const struct change *current = current_change(run, &status);
	bool stays = current && status != CHANGE_DONE;

	if (change->object == OBJECT_SELECTED)
		return stays;
	if (change->object == OBJECT_CONTEXT)
		return stays && change->action == ACTION_REMOVE && text_equal(current->from, change->name);
	for (size_t i = 0; change->object == OBJECT_CURRENT_CONTEXT && i < run->plan->change_count; i++)
		if (run->plan->changes[i].object == OBJECT_CONTEXT && run->results[i].status == CHANGE_FAILED &&
		    text_equal(run->plan->changes[i].name, change->to))
			return true;
	return false;
}

/* A builder that could not be made is not selected, nor its cache emptied. Its change is in an earlier phase, so its
 * result is known. */
static bool needs_failed(const struct apply_state *run, const struct change *change)
{
	if (context_failed(run, change))
		return true;
	if (change->object == OBJECT_CACHE)
		return has_failed(run, change->name);
	for (size_t i = 0; change->object == OBJECT_SELECTED && i < change->step_count; i++)
		if (change->steps[i].kind == STEP_SELECT &&
		    (has_failed(run, change->steps[i].name) || leaves_failed(run, change, &change->steps[i])))
			return true;
	return false;
}

static bool is_runnable(struct apply_state *run, size_t index)
{
	const struct change *change = &run->plan->changes[index];
	struct change_result *result = &run->results[index];

	if (change->blocked || change->action == ACTION_UNKNOWN || needs_failed(run, change))
		result->status = CHANGE_SKIPPED;
	else if (change->action == ACTION_NONE)
		result->status = CHANGE_DONE;
	return result->status == CHANGE_PENDING;
}

static bool take_next(struct apply_state *run, struct batch *batch)
{
	size_t index = run->next++;

	if (!is_runnable(run, index))
		return false;
	batch->changes[batch->count] = &run->plan->changes[index];
	batch->results[batch->count++] = &run->results[index];
	return true;
}

/* Those of a batch are begun together: none of them can be kept from it by the failure of another. */
static bool may_batch(const struct apply_state *run, const struct change *change)
{
	return !run->options->stop_on_failure && is_batchable(change);
}

/* The next one, with those behind it when they and it can be one batch. */
static bool take_changes(struct apply_state *run, struct batch *batch)
{
	bool told = interrupt_came(run->options->interrupt);

	batch->count = 0;
	pthread_mutex_lock(&run->mutex);
	run->halted = run->halted || told;
	while (!run->halted && batch->count == 0 && run->next < run->end)
		take_next(run, batch);
	while (batch->count > 0 && may_batch(run, batch->changes[0]) && batch->count < BATCH_MAX &&
	       run->next < run->end && may_batch(run, &run->plan->changes[run->next]))
		take_next(run, batch);
	pthread_mutex_unlock(&run->mutex);
	return batch->count > 0;
}

static void *run_changes(void *context)
{
	struct runner runner = {.run = context};
	struct batch batch;

	runner.steps = (struct execution){
		.live = runner.run->live,
		.options = runner.run->options,
		.plan_id = runner.run->plan->plan_id,
		.written = runner.run->written,
		.say = say,
		.interrupt = runner.run->options->interrupt,
		.output = pass_output,
		.note_leftover = note_leftover,
		.note_diversion = note_diversion,
		.context = &runner,
	};
	while (take_changes(runner.run, &batch))
		if (batch.count > 1) {
			do_batch(&runner, &batch);
		} else {
			runner.change = batch.changes[0];
			runner.result = batch.results[0];
			do_change(&runner);
		}
	engine_pool_done(&runner.steps.engines);
	cluster_pool_done(&runner.steps.clusters);
	return NULL;
}

/* This thread works too, so that it goes on, slower, when no other can be started. */
static void run_phase(struct apply_state *run)
{
	pthread_t threads[PARALLEL_MAX];
	size_t changes = run->end - run->next, wanted, started = 0;

	wanted = run->options->parallel < 1 ? 1 : (size_t)run->options->parallel;
	if (wanted > PARALLEL_MAX)
		wanted = PARALLEL_MAX;
	if (wanted > changes)
		wanted = changes;
	while (started + 1 < wanted && pthread_create(&threads[started], NULL, run_changes, run) == 0)
		started++;
	run_changes(run);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

static int first_failure(const struct apply_state *run, struct error *err)
{
	size_t undone = 0, failed = 0;

	for (size_t i = 0; i < run->plan->change_count; i++) {
		const struct change_result *result = &run->results[i];

		undone += result->status != CHANGE_DONE;
		if (result->status != CHANGE_FAILED || (failed++ > 0 && result->error->kind != ERROR_INTERRUPTED))
			continue;
		error_copy(err, result->error);
		error_wrap(err, "%s", run->plan->changes[i].address);
	}
	return failed > 0 ? -1 : undone > 0 ? 1 : 0;
}

static int not_done(const struct apply_state *run, struct error *err)
{
	for (size_t i = 0; i < run->plan->change_count; i++) {
		const struct change *change = &run->plan->changes[i];

		if (run->results[i].status != CHANGE_SKIPPED)
			continue;
		return error_set(err, change->blocked ? change->blocked_kind : ERROR_UNREACHABLE, "%s was left out: %s",
				 change->address,
				 change->blocked  ? change->blocked
				 : change->reason ? change->reason
						  : "it could not be observed");
	}
	return error_set(err, ERROR_INTERRUPTED, "interrupted before every change was begun");
}

int apply_run(const struct plan *plan, const struct live *live, const struct apply_options *options,
	      struct change_result *results, struct error *err)
{
	struct apply_state run = {
		.plan = plan, .live = live, .options = options, .results = results, .written = written_new()};
	int outcome;

	if (pthread_mutex_init(&run.mutex, NULL) != 0 || pthread_mutex_init(&run.caller, NULL) != 0)
		out_of_memory();
	for (size_t at = 0; at < plan->change_count; at = run.end) {
		run.next = run.end = at;
		while (run.end < plan->change_count && plan->changes[run.end].phase == plan->changes[at].phase)
			run.end++;
		run_phase(&run);
	}
	pthread_mutex_destroy(&run.mutex);
	pthread_mutex_destroy(&run.caller);
	written_free(run.written);
	outcome = first_failure(&run, err);
	return outcome > 0 ? not_done(&run, err) : outcome;
}
