/* Carries a plan out, verifies it, and undoes what failed. */
#include "cli/carry_out.h"

#include "apply/run_lock.h"
#include "apply/verify.h"
#include "base/clock.h"
#include "base/json.h"
#include "cli/outputs.h"
#include "cli/page.h"
#include "cli/publish.h"
#include "cli/undo.h"
#include "history/hold.h"
#include "history/leftovers.h"
#include "history/log.h"
#include "history/resets.h"
#include "plan/undo.h"
#include "report/result.h"

#include <signal.h>

enum { MS = 1000, AGAIN_MS = 500 };

static int look_again(const struct work *work, struct live **ret_live, struct plan **ret_after)
{
	const struct session *session = work->session;
	int code = session_observe(session, work_places(work), NULL, ret_live);

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
	while ((code = look_again(work, ret_live, ret_after)) == 0 && !interrupt_came(&session->interrupt) &&
	       clock_ms() < deadline && apply_unsure(work->plan, *ret_after, *ret_live, work->results)) {
		if (session->patience == session->options->timeout)
			session_say(session, "Waiting for what does not answer yet, up to %ld s…",
				    session->options->boot_timeout);
		if (session->patience <= session->options->boot_timeout / 2)
			session->patience *= 2;
		plan_free(*ret_after);
		live_free(*ret_live);
		interrupt_pause(&session->interrupt, AGAIN_MS);
	}
	session->patience = 0;
	return code;
}

static void mark_unverified(struct work *work)
{
	work->interrupted = interrupt_came(&work->session->interrupt);
	for (size_t i = 0; i < work->plan->change_count; i++) {
		struct change_result *result = &work->results[i];

		if (result->status != CHANGE_DONE)
			continue;
		result->status = work->interrupted ? CHANGE_FAILED : CHANGE_UNVERIFIED;
		if (work->interrupted)
			error_set(result->error, ERROR_INTERRUPTED, "done, but verifying it was interrupted");
		else
			error_set(result->error, ERROR_UNREACHABLE, "what lives here could not be observed");
	}
}

/* Observes and plans again: what was changed must need nothing now. */
static void verify(struct work *work)
{
	struct session *session = work->session;
	struct live *live = NULL;
	struct plan *after = NULL;
	struct error err = ERROR_INIT;

	if (look_until_sure(work, &live, &after) != 0) {
		mark_unverified(work);
		return;
	}
	/* What has not answered when the run is told to end did not fail by that. */
	if (apply_verify(work->plan, after, live, work->results) > 0)
		work->interrupted = interrupt_came(&session->interrupt);
	if (history_settle_leftovers(session->history, live, &err) < 0)
		session_fail(session, &err);
	outputs_see(session, live);
	plan_free(after);
	page_keep(session, live);
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

struct outcome {
	const struct work *work;
	const char *status, *note;
};

static void write_outcome(const void *what, const struct report_options *options, struct text *out)
{
	const struct outcome *outcome = what;
	struct report_options noted = *options;

	noted.note = outcome->note;
	if (options->format != FORMAT_JSON) {
		report_result(outcome->work->plan, outcome->work->results, &noted, out);
		return;
	}
	CLEANUP_JSON cJSON *json = report_result_json(outcome->work->plan, outcome->work->results, outcome->status);
	if (outcome->note)
		json_add_string(json, "note", outcome->note);
	json_print(json, out);
}

static int print_result(const struct work *work, const char *status, const char *note)
{
	const struct session *session = work->session;
	CLEANUP_TEXT struct text words = TEXT_INIT, rest = TEXT_INIT;

	result_headline(work->plan, work->results, &words, &rest);
	session->published->results = work->results;
	session->published->note = note;
	session->published->summary = arena_printf(session->arena, "%s%s", text_string(&words), text_string(&rest));
	return publish(session, write_outcome, &(struct outcome){work, status, note});
}

/* What the history keeps in mind after a run that did all it should. */
static int settle(struct session *session, const struct act *act, struct error *err)
{
	for (size_t i = 0; i < act->hold.count; i++)
		if (history_hold(session->history, act->hold.items[i], err) < 0)
			return -1;
	if (act->hold.count > 0 || session->standing)
		return 0;
	return history_release(session->history, err);
}

/* The failure's own: what somebody else changed meanwhile is told first, for planning again is all that it takes. */
static int failure_code(const struct work *work)
{
	int code = EXIT_OTHER;

	for (size_t i = work->plan->change_count; i > 0; i--) {
		const struct change_result *result = &work->results[i - 1];

		if (result->status == CHANGE_FAILED && result->error->kind == ERROR_STALE)
			return EXIT_STALE;
		if (result->status == CHANGE_FAILED)
			code = exit_code(result->error->kind);
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
	bool unchanged = work_count(work, CHANGE_DONE) + work_count(work, CHANGE_UNVERIFIED) == 0 &&
			 !undo_is_needed(work->plan, work->results);
	int code = print_result(work, work_status(work), unchanged ? "Nothing was changed." : NULL);

	return code ? code : unchanged ? failure_code(work) : EXIT_PARTIAL;
}

/* Ten lines of it were shown. */
static void say_where_output_is(const struct work *work)
{
	struct session *session = work->session;
	struct record record = {0};

	if (!*heard_all(work->heard) || session->options->verbose || session->out.format == FORMAT_JSON ||
	    history_find(session->history, session->arena, work->plan->plan_id, &record, NULL) < 0)
		return;
	session_say(session, "All that BuildX and the Engine said: reconcile --show %.7s --log", record.id);
}

static int after_failure(const struct work *work)
{
	struct session *session = work->session;
	bool others = work_count(work, CHANGE_DONE) + work_count(work, CHANGE_UNVERIFIED) > 0;
	const char *note = NULL, *record = NULL;
	enum undone undone;
	int code;

	if (session->options->on_failure != FAILURE_ROLLBACK || work->goal->rollback ||
	    work_count(work, CHANGE_FAILED) == 0)
		return leave(work);
	undone = undo_failed(work, &note, &record);
	if (undone == UNDO_INTERRUPTED && record)
		session->out.command = arena_printf(session->arena, "reconcile --rollback %.7s", record);
	say_where_output_is(work);
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
	CLEANUP_HEARD struct heard *heard = heard_new();
	struct work work = {
		.session = session,
		.goal = &act->goal,
		.plan = session->plan,
		.live = session->live,
		.heard = heard,
	};
	struct error err = ERROR_INIT;
	int code;

	work.results = results_new(session->arena, work.plan->change_count);
	/* From here on there is a record to finish. */
	session_watch(session);
	if ((code = session_protect(session, &act->goal)))
		return code;
	if (work_begin(&work, act->verb, &err) < 0)
		return session_fail(session, &err);
	perform(&work);
	if (work_finish(&work, work_status(&work), &err) < 0) {
		print_result(&work, work_status(&work), NULL);
		return session_fail(session, &err);
	}
	if (work.interrupted) {
		bool unchanged = work_count(&work, CHANGE_DONE) == 0 && !undo_is_needed(work.plan, work.results);

		code = print_result(&work, work_status(&work), unchanged ? "Nothing was changed." : NULL);
		if (!code && run_lock_is_lost(session->run_lock))
			return lost(session);
		return code ? code : signal_code(session);
	}
	bool unverified = work_count(&work, CHANGE_UNVERIFIED) > 0;
	if (work_count(&work, CHANGE_DONE) + work_count(&work, CHANGE_UNVERIFIED) < work.plan->change_count)
		return after_failure(&work);
	if (settle(session, act, &err) < 0)
		return session_fail(session, &err);
	if ((code = session_unprotect(session, &act->goal)))
		return code;
	code = print_result(&work, work_status(&work), NULL);
	return code || !unverified ? code : EXIT_UNREACHABLE;
}
