/* Carries a plan out between its two entries in the history, verifies it, and rolls back what failed. */
#include "cli/carry_out.h"

#include "apply/verify.h"
#include "base/json.h"
#include "cli/affected.h"
#include "cli/notes.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "codec/plan.h"
#include "codec/snapshot.h"
#include "desired/desired.h"
#include "desired/print.h"

#include <signal.h>
#include <unistd.h>

enum { MS = 1000, SUBJECT_CHANGES = 3 };

/* One plan on its way: the one that was asked for, or the one that undoes it. */
struct work {
	struct session *session;
	const struct goal *goal;
	const struct plan *plan;
	const struct live *live; /* that the plan was made from */
	struct change_result *results;
	bool interrupted;
};

static const char *object_of(struct arena *arena, const struct change *change)
{
	if (change->object == OBJECT_SELECTED && change->field_count > 0 && change->fields[0].after)
		return change->fields[0].after;
	if (change->object == OBJECT_CURRENT_CONTEXT && change->field_count > 0 && change->fields[0].after)
		return arena_printf(arena, "context %s", change->fields[0].after);
	return text_empty(change->name) ? change->address : change->name;
}

/* "apply: create ci, replace arm", and how many more; "reset ci" says it all. */
static const char *subject_of(struct arena *arena, const char *verb, const struct plan *plan, bool rollback)
{
	CLEANUP_BUFFER struct buffer out = BUFFER_INIT(BUFFER_TEXT_CAP);

	if (plan->subject && !rollback)
		return text_printable(arena, plan->subject, false);
	buffer_printf(&out, "%s:", plan->subject ? plan->subject : verb);
	for (size_t i = 0; i < plan->change_count && i < SUBJECT_CHANGES; i++)
		buffer_printf(&out, "%s %s %s", i == 0 ? "" : ",", action_kind(plan->changes[i].action)->name,
			      object_of(arena, &plan->changes[i]));
	if (plan->change_count > SUBJECT_CHANGES)
		buffer_printf(&out, " and %zu more", plan->change_count - SUBJECT_CHANGES);
	return text_printable(arena, buffer_text(&out), false);
}

static void print_json_text(cJSON *json, struct buffer *out)
{
	json_print(json, out);
	cJSON_Delete(json);
}

static int record_begin(const struct work *work, const char *verb, struct error *err)
{
	struct session *session = work->session;
	const struct state *desired = work->goal->desired ? work->goal->desired : session->desired;
	CLEANUP_BUFFER struct buffer plan = BUFFER_INIT(BUFFER_TEXT_CAP), yaml = BUFFER_INIT(BUFFER_TEXT_CAP);
	CLEANUP_BUFFER struct buffer live = BUFFER_INIT(BUFFER_TEXT_CAP), report = BUFFER_INIT(BUFFER_TEXT_CAP);
	unsigned char key[HISTORY_KEY];
	struct report_options markdown = {.format = FORMAT_MARKDOWN, .verbose = true};
	struct affected affected = {0};
	struct record_content content;

	if (history_key(session->history, key, err) < 0 ||
	    history_add_secret_keys(session->history, &work->live->secret_keys, err) < 0)
		return -1;
	print_json_text(plan_to_json(work->plan), &plan);
	print_json_text(live_to_json(work->live), &live);
	state_print_yaml(desired, key, sizeof(key), &yaml);
	report_plan(work->plan, &markdown, &report);
	affected_collect(work->plan, work->live, session->arena, &affected);
	content = (struct record_content){
		.plan_id = work->plan->plan_id,
		.store = session->store,
		.subject = subject_of(session->arena, verb, work->plan, work->goal->rollback),
		.plan_json = buffer_text(&plan),
		.desired_yaml = buffer_text(&yaml),
		.live_json = buffer_text(&live),
		.report_md = buffer_text(&report),
		.desired_digest = work->plan->desired_digest,
		.raw = affected.items,
		.raw_count = affected.count,
	};
	return history_begin(session->history, &content, err);
}

static int record_finish(const struct work *work, const char *status, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(BUFFER_TEXT_CAP);

	print_json_text(report_result_json(work->plan, work->results, status), &text);
	return history_finish(work->session->history, work->plan->plan_id, status, buffer_text(&text), err);
}

/* What the callbacks of apply_run() need. */
struct run_watch {
	struct progress *progress;
	const struct session *session;
};

static bool cancelled(void *context)
{
	const struct run_watch *watch = context;

	return watch->session->signals->caught() != 0 || run_lock_is_lost(watch->session->run_lock);
}

static void show_event(void *context, const struct apply_event *event)
{
	const struct run_watch *watch = context;

	progress_event(watch->progress, event);
}

static void run(struct work *work)
{
	struct session *session = work->session;
	const struct options *options = session->options;
	struct progress_setup setup = {
		.fd = STDERR_FILENO,
		.live = terminal_live(STDERR_FILENO, session->environ),
		.color = session->err.color,
		.quiet = options->quiet,
		.verbose = options->verbose,
	};
	struct run_watch watch = {.progress = progress_new(&setup), .session = session};
	struct apply_options apply = {
		.parallel = (int)options->parallel,
		.timeout_ms = (int)options->timeout * MS,
		.boot_timeout_ms = (int)options->boot_timeout * MS,
		.drain_timeout_ms = (int)options->drain_timeout * MS,
		.force = options->force,
		.run_lock_fd = session->run_lock_fd,
		.lock_timeout_ms = (int)options->lock_timeout * MS,
		.stop_on_failure = options->on_failure == FAILURE_STOP,
		.progress = show_event,
		.context = &watch,
		.notes = notes_of(session->history),
		.cancelled = cancelled,
	};
	struct error err = ERROR_INIT;

	if (apply_run(work->plan, work->live, &apply, work->results, &err) < 0)
		work->interrupted = err.kind == ERROR_INTERRUPTED;
	progress_free(watch.progress);
}

/* Observes and plans again: what was changed must need nothing now. */
static void verify(struct work *work)
{
	const struct session *session = work->session;
	const struct state *desired = work->goal->desired ? work->goal->desired : session->desired;
	struct live *live = NULL;
	struct plan *after;
	struct error err = ERROR_INIT;

	if (session_observe(session, desired, &live) != 0) {
		for (size_t i = 0; i < work->plan->change_count; i++)
			if (work->results[i].status == CHANGE_DONE) {
				work->results[i].status = CHANGE_FAILED;
				error_set(&work->results[i].error, ERROR_OTHER, "done, but it could not be verified");
			}
		return;
	}
	after = session_plan_for(session, work->goal, live);
	apply_verify(work->plan, after, work->results);
	if (history_settle_leftovers(session->history, live, &err) < 0)
		session_fail(session, &err);
	plan_free(after);
	live_free(live);
}

/* Before it is verified: a reset that is done is wanted no more. */
static void note_resets(struct work *work)
{
	for (size_t i = 0; i < work->plan->change_count; i++) {
		const struct change *change = &work->plan->changes[i];
		struct error err = ERROR_INIT;

		if (change->object != OBJECT_CACHE || work->results[i].status != CHANGE_DONE ||
		    change->field_count == 0)
			continue;
		if (history_add_cache_reset(work->session->history, change->name, change->fields[0].after, &err) < 0)
			session_fail(work->session, &err);
	}
}

static void perform(struct work *work)
{
	run(work);
	note_resets(work);
	if (!work->interrupted)
		verify(work);
}

static size_t count_status(const struct work *work, enum change_status status)
{
	size_t count = 0;

	for (size_t i = 0; i < work->plan->change_count; i++)
		count += work->results[i].status == status;
	return count;
}

static const char *status_of(const struct work *work)
{
	size_t done = count_status(work, CHANGE_DONE);

	if (work->interrupted)
		return "interrupted";
	return done == work->plan->change_count ? "applied" : done > 0 ? "partial" : "failed";
}

static bool failed(const struct work *work, enum object_kind object, const char *name)
{
	for (size_t i = 0; i < work->plan->change_count; i++)
		if (work->plan->changes[i].object == object && work->results[i].status == CHANGE_FAILED &&
		    (!name || text_equal(work->plan->changes[i].name, name)))
			return true;
	return false;
}

/* What somebody else changed meanwhile stays as they made it: going back would undo theirs. */
static bool is_theirs(const struct work *work, enum object_kind object, const char *name)
{
	for (size_t i = 0; i < work->plan->change_count; i++)
		if (work->plan->changes[i].object == object && work->results[i].error.kind == ERROR_STALE &&
		    work->results[i].status == CHANGE_FAILED &&
		    (!name || text_equal(work->plan->changes[i].name, name)))
			return true;
	return false;
}

/* A selection that worked stays, unless what it selected failed: then it goes back too, and was not done after all. */
static void keep_selection(struct state *before, const struct work *work)
{
	if (is_theirs(work, OBJECT_SELECTED, NULL)) {
		before->selected = NULL;
		before->exact_current = before->exact_defaults = NULL;
		return;
	}
	for (size_t i = 0; i < work->plan->change_count; i++) {
		const struct change *change = &work->plan->changes[i];

		if (change->object != OBJECT_SELECTED || work->results[i].status != CHANGE_DONE)
			continue;
		if (failed(work, OBJECT_BUILDER, object_of(work->session->arena, change))) {
			work->results[i].status = CHANGE_FAILED;
			error_set(&work->results[i].error, ERROR_OTHER, "rolled back with builder.%s",
				  object_of(work->session->arena, change));
			continue;
		}
		before->selected = NULL;
		before->exact_current = before->exact_defaults = NULL;
	}
}

/* What was selected before the plan selected anything, on the context that it made current and that stays so. */
static void select_there(struct state *before, const struct planned_context *next)
{
	before->selected = arena_strdup(before->arena, next->selected);
	if (!before->selected)
		before->exact_current = before->exact_defaults = NULL;
}

/* Likewise; and a context that goes back to what it was, or away, cannot stay the current one. */
static void keep_current_context(struct state *before, const struct work *work)
{
	for (size_t i = 0; i < work->plan->change_count; i++) {
		const struct change *change = &work->plan->changes[i];

		if (change->object != OBJECT_CURRENT_CONTEXT || work->results[i].status == CHANGE_FAILED)
			continue;
		if (change->step_count > 0 && failed(work, OBJECT_CONTEXT, change->steps[0].name))
			continue;
		before->current_context = NULL;
		if (work->results[i].status == CHANGE_DONE && before->selected && work->live->planned)
			select_there(before, work->live->planned);
	}
}

/* Leaves in the state before only what failed. */
static void keep_failed(struct state *before, const struct work *work)
{
	size_t kept = 0;

	keep_selection(before, work);
	keep_current_context(before, work);
	before->exact_file_count = 0; /* what was damaged is put back when somebody asks for it, and not by itself */
	for (size_t i = 0; i < before->builder_count; i++)
		if (failed(work, OBJECT_BUILDER, before->builders[i].name) &&
		    !is_theirs(work, OBJECT_BUILDER, before->builders[i].name)) {
			before->builders[kept] = before->builders[i];
			before->builders[kept++].protect = TRI_UNSET; /* what never worked needs no protection */
		}
	before->builder_count = kept;
	kept = 0;
	for (size_t i = 0; i < before->context_count; i++)
		if (failed(work, OBJECT_CONTEXT, before->contexts[i].name) &&
		    !is_theirs(work, OBJECT_CONTEXT, before->contexts[i].name))
			before->contexts[kept++] = before->contexts[i];
	before->context_count = kept;
}

enum undone { UNDO_FAILED, UNDO_DONE, UNDO_NEEDLESS /* it failed before anything was touched */ };

static const char *const undone_notes[] = {
	[UNDO_FAILED] = "What failed could not be rolled back: see above.",
	[UNDO_DONE] = "What failed was rolled back, verified by observing again.",
	[UNDO_NEEDLESS] = "What failed is as it was before: it failed before anything was changed.",
};

/* Carries out the plan back to `before`, and verifies that. */
static enum undone undo_to(struct session *session, const struct state *before, const char *subject)
{
	char digest[65];
	struct goal goal = {.desired = before, .desired_digest = digest, .subject = subject, .rollback = true};
	struct work undo = {.session = session, .goal = &goal};
	struct live *live = NULL;
	struct plan *plan = NULL;
	struct error err = ERROR_INIT;
	enum undone undone = UNDO_FAILED;

	desired_digest(before, digest);
	if (session_observe(session, before, &live) != 0)
		return UNDO_FAILED;
	plan = session_plan_for(session, &goal, live);
	undo.live = live;
	undo.plan = plan;
	undo.results = ARENA_ARRAY(session->arena, struct change_result, plan->change_count + 1);
	if (plan_obstacle(plan) == 0 && !plan_has_changes(plan)) {
		undone = UNDO_NEEDLESS;
	} else if (plan_obstacle(plan) == 0 && record_begin(&undo, "roll back", &err) == 0) {
		perform(&undo);
		undone = count_status(&undo, CHANGE_DONE) == plan->change_count ? UNDO_DONE : UNDO_FAILED;
		record_finish(&undo, undone == UNDO_DONE ? "rolled-back" : status_of(&undo), &err);
	}
	if (*err.message)
		session_fail(session, &err);
	plan_free(plan);
	live_free(live);
	return undone;
}

static enum undone undo(const struct work *work)
{
	struct session *session = work->session;
	struct record record = {0};
	struct state *before = NULL;
	struct strings left = {0};
	struct error err = ERROR_INIT;
	enum undone undone;

	session_say(session, "Rolling back what failed…");
	if (history_find(session->history, session->arena, work->plan->plan_id, &record, &err) < 0 ||
	    history_target(session->history, &record, &before, &left, session->arena, &err) < 0) {
		error_wrap(&err, "rolling back");
		session_fail(session, &err);
		return UNDO_FAILED;
	}
	keep_failed(before, work);
	undone = undo_to(session, before, arena_printf(session->arena, "roll back %.7s", record.id));
	state_free(before);
	return undone;
}

static int print_result(const struct work *work, const char *status, const char *note)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(BUFFER_TEXT_CAP);
	struct report_options options = work->session->out;

	options.note = note;
	if (options.format == FORMAT_JSON)
		print_json_text(report_result_json(work->plan, work->results, status), &text);
	else
		report_result(work->plan, work->results, &options, &text);
	return session_print(work->session, &text);
}

/* What the history keeps in mind after a run that did all it should. */
static int settle(struct session *session, const struct act *act, struct error *err)
{
	for (size_t i = 0; i < act->hold.count; i++)
		if (history_hold(session->history, act->hold.items[i], err) < 0)
			return -1;
	if (act->hold.count > 0)
		return 0;
	return history_release(session->history, err);
}

/* Everything that failed refused to begin: builds that did not end in time, or files that somebody else changed. */
static bool only_refused(const struct work *work)
{
	for (size_t i = 0; i < work->plan->change_count; i++) {
		const struct change_result *result = &work->results[i];

		if (result->status == CHANGE_FAILED && result->error.kind != ERROR_REFUSED &&
		    (result->error.kind != ERROR_STALE || result->steps_done > 0))
			return false;
	}
	return true;
}

static int refusal_code(const struct work *work)
{
	for (size_t i = 0; i < work->plan->change_count; i++)
		if (work->results[i].status == CHANGE_FAILED && work->results[i].error.kind == ERROR_STALE)
			return EXIT_STALE;
	return EXIT_REFUSED;
}

static int after_failure(const struct work *work)
{
	bool others = count_status(work, CHANGE_DONE) > 0, refused = only_refused(work) && !others;
	enum undone undone;
	int code;

	if (work->session->options->on_failure != FAILURE_ROLLBACK || work->goal->rollback ||
	    count_status(work, CHANGE_FAILED) == 0) {
		code = print_result(work, status_of(work), NULL);
		return code ? code : refused ? refusal_code(work) : EXIT_PARTIAL;
	}
	undone = undo(work);
	code = print_result(work, undone == UNDO_FAILED ? status_of(work) : "rolled-back", undone_notes[undone]);
	if (code)
		return code;
	if (undone == UNDO_NEEDLESS && refused)
		return refusal_code(work);
	return undone != UNDO_FAILED && !others ? EXIT_ROLLED_BACK : EXIT_PARTIAL;
}

/* This machine was stopped for so long that another took it for dead and goes on in its place. */
static int lost(const struct session *session)
{
	struct error err = ERROR_INIT;

	error_set(&err, ERROR_LOCKED, "another machine took over the lock of %s while this run stood still",
		  session->store);
	error_hint(&err, "look at what it did with reconcile --history, then run this again");
	session_fail(session, &err);
	return EXIT_PARTIAL;
}

int carry_out(struct session *session, const struct act *act)
{
	struct work work = {.session = session, .goal = &act->goal, .plan = session->plan, .live = session->live};
	struct error err = ERROR_INIT;
	int code;

	work.results = ARENA_ARRAY(session->arena, struct change_result, work.plan->change_count);
	/* From here on there is a record to finish. */
	session->signals->watch();
	if (record_begin(&work, act->verb, &err) < 0)
		return session_fail(session, &err);
	perform(&work);
	if (record_finish(&work, status_of(&work), &err) < 0) {
		print_result(&work, status_of(&work), NULL);
		return session_fail(session, &err);
	}
	if (work.interrupted) {
		code = print_result(&work, status_of(&work), NULL);
		if (!code && run_lock_is_lost(session->run_lock))
			return lost(session);
		return code ? code : EXIT_SIGNAL + (session->signals->caught() ? session->signals->caught() : SIGINT);
	}
	if (count_status(&work, CHANGE_DONE) < work.plan->change_count)
		return after_failure(&work);
	if (settle(session, act, &err) < 0)
		return session_fail(session, &err);
	return print_result(&work, "applied", NULL);
}
