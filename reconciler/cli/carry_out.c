/* Carries a plan out between its two entries in the history, verifies it, and rolls back what failed. */
#include "cli/carry_out.h"

#include "apply/run_lock.h"
#include "apply/verify.h"
#include "base/clock.h"
#include "base/json.h"
#include "cli/notes.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "cli/undo.h"
#include "codec/plan.h"
#include "codec/snapshot.h"
#include "desired/print.h"
#include "history/hold.h"
#include "history/leftovers.h"
#include "history/log.h"
#include "history/record.h"
#include "history/repository.h"
#include "history/resets.h"
#include "history/secret_keys.h"
#include "history/target.h"
#include "plan/undo.h"
#include "report/plan.h"
#include "report/report.h"
#include "report/result.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

enum { MS = 1000, AGAIN_MS = 500, SUBJECT_CHANGES = 3 };

static const char *object_of(struct arena *arena, const struct change *change)
{
	if (change->object == OBJECT_SELECTED && change->to)
		return change->to;
	if (change->object == OBJECT_CURRENT_CONTEXT && change->to)
		return arena_printf(arena, "context %s", change->to);
	return text_empty(change->name) ? change->address : change->name;
}

/* "apply: create ci, replace arm", and how many more; "reset ci" says it all. */
static const char *subject_of(struct arena *arena, const char *verb, const struct plan *plan, bool rollback)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;

	if (plan->subject && !rollback)
		return text_printable(arena, plan->subject, false);
	text_printf(&out, "%s:", plan->subject ? plan->subject : verb);
	for (size_t i = 0; i < plan->change_count && i < SUBJECT_CHANGES; i++)
		text_printf(&out, "%s %s %s", i == 0 ? "" : ",", action_kind(plan->changes[i].action)->name,
			    object_of(arena, &plan->changes[i]));
	if (plan->change_count > SUBJECT_CHANGES)
		text_printf(&out, " and %zu more", plan->change_count - SUBJECT_CHANGES);
	return text_printable(arena, text_string(&out), false);
}

static void print_json_text(cJSON *json, struct text *out)
{
	json_print(json, out);
	cJSON_Delete(json);
}

int work_begin(struct work *work, const char *verb, struct error *err)
{
	struct session *session = work->session;
	const struct state *desired = work->goal->desired ? work->goal->desired : session->desired;
	CLEANUP_TEXT struct text plan = TEXT_INIT, yaml = TEXT_INIT;
	CLEANUP_TEXT struct text live = TEXT_INIT, report = TEXT_INIT;
	unsigned char key[HISTORY_KEY];
	struct report_options markdown = {.format = FORMAT_MARKDOWN, .verbose = true};
	struct record_content content;

	if (history_key(session->history, key, err) < 0 ||
	    history_add_secret_keys(session->history, &work->live->secret_keys, err) < 0)
		return -1;
	print_json_text(plan_to_json(work->plan), &plan);
	print_json_text(live_to_json(work->live), &live);
	state_print_yaml(desired, key, sizeof(key), &yaml);
	report_plan(work->plan, &markdown, &report);
	affected_collect(work->plan, work->live, session->arena, &work->affected);
	content = (struct record_content){
		.plan_id = work->plan->plan_id,
		.store = session->store,
		.subject = subject_of(session->arena, verb, work->plan, work->goal->rollback),
		.plan_json = text_string(&plan),
		.desired_yaml = text_string(&yaml),
		.live_json = text_string(&live),
		.report_md = text_string(&report),
		.desired_digest = work->plan->desired_digest,
		.raw = work->affected.items,
		.raw_count = work->affected.count,
	};
	return history_begin(session->history, &content, err);
}

int work_finish(const struct work *work, const char *status, struct error *err)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	print_json_text(report_result_json(work->plan, work->results, status), &text);
	return history_finish(work->session->history, work->plan->plan_id, status, text_string(&text), err);
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

void work_run(struct work *work)
{
	struct session *session = work->session;
	const struct options *options = session->options;
	struct progress_setup setup = {
		.fd = STDERR_FILENO,
		.live = terminal_live(STDERR_FILENO, session->environ),
		.color = session->err.color,
		.quiet = options->quiet,
		.verbose = options->verbose,
		.back = work->goal->rollback,
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

static int look_again(const struct work *work, struct live **ret_live, struct plan **ret_after)
{
	const struct session *session = work->session;
	int code =
		session_observe(session, work->goal->desired ? work->goal->desired : session->desired, NULL, ret_live);

	if (code == 0)
		*ret_after = session_plan_for(session, work->goal, *ret_live);
	return code;
}

/* What does not answer at once is given as long as a boot: a slow daemon is no failed one. */
static int look_until_sure(const struct work *work, struct live **ret_live, struct plan **ret_after)
{
	struct session *session = work->session;
	int64_t deadline = clock_ms() + session->options->boot_timeout * MS;
	int code;

	session->patience = session->options->timeout;
	while ((code = look_again(work, ret_live, ret_after)) == 0 && !session->signals->caught() &&
	       clock_ms() < deadline && apply_unsure(work->plan, *ret_after, *ret_live, work->results)) {
		if (session->patience == session->options->timeout)
			session_say(session, "Waiting for what does not answer yet, up to %ld s…",
				    session->options->boot_timeout);
		if (session->patience <= session->options->boot_timeout / 2)
			session->patience *= 2;
		plan_free(*ret_after);
		live_free(*ret_live);
		poll(NULL, 0, AGAIN_MS);
	}
	session->patience = 0;
	return code;
}

/* Observes and plans again: what was changed must need nothing now. */
static void verify(struct work *work)
{
	struct session *session = work->session;
	struct live *live = NULL;
	struct plan *after = NULL;
	struct error err = ERROR_INIT;

	if (look_until_sure(work, &live, &after) != 0) {
		for (size_t i = 0; i < work->plan->change_count; i++)
			if (work->results[i].status == CHANGE_DONE) {
				work->results[i].status = CHANGE_FAILED;
				error_set(&work->results[i].error, ERROR_OTHER, "done, but it could not be verified");
			}
		return;
	}
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

		if (change->object != OBJECT_CACHE || work->results[i].status != CHANGE_DONE || !change->to)
			continue;
		if (history_add_cache_reset(work->session->history, change->name, change->to, &err) < 0)
			session_fail(work->session, &err);
	}
}

static void perform(struct work *work)
{
	work_run(work);
	note_resets(work);
	if (!work->interrupted)
		verify(work);
}

size_t work_count(const struct work *work, enum change_status status)
{
	size_t count = 0;

	for (size_t i = 0; i < work->plan->change_count; i++)
		count += work->results[i].status == status;
	return count;
}

const char *work_status(const struct work *work)
{
	size_t done = work_count(work, CHANGE_DONE);

	if (work->interrupted)
		return "interrupted";
	return done == work->plan->change_count ? "applied" : done > 0 ? "partial" : "failed";
}

static int print_result(const struct work *work, const char *status, const char *note)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	struct report_options options = work->session->out;

	options.note = note;
	if (options.format == FORMAT_JSON) {
		cJSON *json = report_result_json(work->plan, work->results, status);

		if (note)
			json_add_string(json, "note", note);
		print_json_text(json, &text);
	} else {
		report_result(work->plan, work->results, &options, &text);
	}
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

/* The failure's own: what somebody else changed meanwhile is told first, for planning again is all that it takes. */
static int failure_code(const struct work *work)
{
	int code = EXIT_OTHER;

	for (size_t i = work->plan->change_count; i > 0; i--) {
		const struct change_result *result = &work->results[i - 1];

		if (result->status == CHANGE_FAILED && result->error.kind == ERROR_STALE)
			return EXIT_STALE;
		if (result->status == CHANGE_FAILED)
			code = exit_code(result->error.kind);
	}
	return code;
}

static int signal_code(const struct session *session)
{
	return EXIT_SIGNAL + (session->signals->caught() ? session->signals->caught() : SIGINT);
}

/* Nothing is undone: it was not asked for, or this is a rollback itself. */
static int leave(const struct work *work)
{
	bool unchanged = work_count(work, CHANGE_DONE) == 0 && !undo_is_needed(work->plan, work->results);
	int code = print_result(work, work_status(work), unchanged ? "Nothing was changed." : NULL);

	return code ? code : unchanged ? failure_code(work) : EXIT_PARTIAL;
}

static int after_failure(const struct work *work)
{
	struct session *session = work->session;
	bool others = work_count(work, CHANGE_DONE) > 0;
	const char *note = NULL, *record = NULL;
	enum undone undone;
	int code;

	if (session->options->on_failure != FAILURE_ROLLBACK || work->goal->rollback ||
	    work_count(work, CHANGE_FAILED) == 0)
		return leave(work);
	undone = undo_failed(work, &note, &record);
	if (undone == UNDO_INTERRUPTED && record)
		session->out.command = arena_printf(session->arena, "reconcile --rollback %.7s", record);
	code = print_result(work, undone == UNDO_WHOLE ? "rolled-back" : work_status(work), note);
	if (code)
		return code;
	if (undone == UNDO_INTERRUPTED)
		return signal_code(session);
	if (undone == UNDO_NEEDLESS && !others)
		return failure_code(work);
	return undone == UNDO_WHOLE && !others ? EXIT_ROLLED_BACK : EXIT_PARTIAL;
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
	if (work_begin(&work, act->verb, &err) < 0)
		return session_fail(session, &err);
	perform(&work);
	if (work_finish(&work, work_status(&work), &err) < 0) {
		print_result(&work, work_status(&work), NULL);
		return session_fail(session, &err);
	}
	if (work.interrupted) {
		code = print_result(&work, work_status(&work), NULL);
		if (!code && run_lock_is_lost(session->run_lock))
			return lost(session);
		return code ? code : signal_code(session);
	}
	if (work_count(&work, CHANGE_DONE) < work.plan->change_count)
		return after_failure(&work);
	if (settle(session, act, &err) < 0)
		return session_fail(session, &err);
	return print_result(&work, "applied", NULL);
}
