/* Observes, undoes what was begun, observes again and compares. */
#include "cli/undo.h"

#include "base/count.h"
#include "cli/outputs.h"
#include "cli/page.h"
#include "desired/desired.h"
#include "history/leftovers.h"
#include "history/log.h"
#include "history/repository.h"
#include "plan/undo.h"

/* The undo of one run, on its way. */
struct undoing {
	const struct work *failed;
	struct session *session;
	struct undo_request request;
	struct undo_outcome outcome;
	const char *record;
	bool interrupted;
};

static int look(struct undoing *undoing, struct live **ret_live)
{
	const struct work *failed = undoing->failed;
	struct affected now;

	if (session_observe(undoing->session, work_places(failed), failed->live, ret_live) != 0)
		return -1;
	outputs_see(undoing->session, *ret_live);
	affected_again(&failed->affected, *ret_live, undoing->session->arena, &now);
	undoing->request.now = *ret_live;
	undoing->request.files_now = (struct undo_files){now.items, now.count};
	return 0;
}

/* Why it is not as before: what did not work out, or was left alone, as a node that somebody builds on. */
static void add_failures(struct undoing *undoing, const struct work *work)
{
	struct arena *arena = undoing->session->arena;
	bool differs = undoing->outcome.differ.count > 0;

	for (size_t i = 0; i < work->plan->change_count; i++) {
		const struct change_result *result = &work->results[i];
		const char *why = result->status == CHANGE_FAILED ? result->error->message : result->note;

		if (result->status == CHANGE_FAILED || (differs && *why))
			strings_add(arena, &undoing->outcome.differ,
				    arena_printf(arena, "%s: %s", work->plan->changes[i].address, why));
	}
}

/* The comparison says what came of it; what did not work out is said besides. */
static void compare(struct undoing *undoing)
{
	struct session *session = undoing->session;
	struct live *live = NULL;
	struct error err = ERROR_INIT;

	if (look(undoing, &live) < 0) {
		undoing->interrupted = undoing->interrupted || interrupt_came(&session->interrupt);
		strings_add(session->arena, &undoing->outcome.differ, "what lives here could not be observed");
		return;
	}
	undo_compare(&undoing->request, session->arena, &undoing->outcome);
	if (history_settle_leftovers(session->history, live, &err) < 0)
		session_fail(session, &err);
	page_keep(session, live);
}

static void carry_out_undo(struct undoing *undoing, const struct plan *plan, const struct live *live)
{
	struct session *session = undoing->session;
	struct state *nothing = state_new();
	struct goal goal = {.desired = nothing, .subject = plan->subject, .rollback = true};
	CLEANUP_HEARD struct heard *heard = heard_new();
	struct work work = {.session = session, .goal = &goal, .plan = plan, .live = live, .heard = heard};
	struct error err = ERROR_INIT;

	nothing->version = 1;
	work.results = results_new(session->arena, plan->change_count);
	session_say(session, "Undoing what was begun…");
	if (work_begin(&work, "roll back", &err) == 0) {
		work_run(&work);
		undoing->interrupted = work.interrupted;
		compare(undoing);
		add_failures(undoing, &work);
		work_finish(&work,
			    work.interrupted			 ? "interrupted"
			    : undoing->outcome.differ.count == 0 ? "rolled-back"
			    : work_count(&work, CHANGE_DONE) > 0 ? "partial"
								 : "failed",
			    &err);
	} else {
		compare(undoing);
	}
	if (*err.message)
		session_fail(session, &err);
	state_free(nothing);
}

static const char *note_of(struct undoing *undoing, enum undone undone)
{
	const struct undo_outcome *outcome = &undoing->outcome;
	const struct strings *lists[] = {&outcome->differ, &outcome->remade};
	struct arena *arena = undoing->session->arena;
	CLEANUP_TEXT struct text out = TEXT_INIT;

	if (undone == UNDO_WHOLE)
		text_printf(&out, "What failed was rolled back, verified by observing again (as before: %s).",
			    strings_join(arena, &outcome->compared, ", "));
	else if (undone == UNDO_INTERRUPTED)
		text_puts(&out, "Rolling back what failed was interrupted. Not as before:");
	else
		text_puts(&out, "What failed could not be rolled back whole. Not as before:");
	for (size_t i = 0; i < COUNT(lists); i++)
		for (size_t k = 0; k < lists[i]->count; k++)
			text_printf(&out, "\n  %s", text_printable(arena, lists[i]->items[k], false));
	return arena_strdup(arena, text_string(&out));
}

static enum undone outcome_of(const struct undoing *undoing)
{
	return undoing->interrupted ? UNDO_INTERRUPTED : undoing->outcome.differ.count > 0 ? UNDO_PARTLY : UNDO_WHOLE;
}

static enum undone undo_begun(struct undoing *undoing)
{
	struct live *live = NULL;
	struct plan *plan;
	enum undone undone;

	if (look(undoing, &live) < 0) {
		strings_add(undoing->session->arena, &undoing->outcome.differ,
			    "what lives here could not be observed, so nothing was undone");
		return interrupt_came(&undoing->session->interrupt) ? UNDO_INTERRUPTED : UNDO_PARTLY;
	}
	plan = undo_plan(&undoing->request);
	if (plan) {
		carry_out_undo(undoing, plan, live);
		undone = outcome_of(undoing);
	} else {
		undo_compare(&undoing->request, undoing->session->arena, &undoing->outcome);
		undone = undoing->outcome.differ.count > 0 ? UNDO_PARTLY : UNDO_NEEDLESS;
	}
	plan_free(plan);
	live_free(live);
	return undone;
}

enum undone undo_failed(const struct work *failed, const char **ret_note, const char **ret_record)
{
	struct session *session = failed->session;
	struct record record = {0};
	struct undoing undoing = {.failed = failed, .session = session};
	bool found = history_find(session->history, session->arena, failed->plan->plan_id, &record, NULL) == 0;

	*ret_record = found ? record.id : NULL;
	undoing.request = (struct undo_request){
		.plan = failed->plan,
		.results = failed->results,
		.before = failed->live,
		.files_before = {failed->affected.items, failed->affected.count},
		.subject = arena_printf(session->arena, "roll back %.7s", found ? record.id : failed->plan->plan_id),
		.serial = history_serial(session->history),
	};
	enum undone undone = undo_is_needed(failed->plan, failed->results) ? undo_begun(&undoing) : UNDO_NEEDLESS;
	if (undone != UNDO_NEEDLESS)
		*ret_note = note_of(&undoing, undone);
	else
		*ret_note =
			work_count(failed, CHANGE_DONE) > 0 ? "What failed changed nothing." : "Nothing was changed.";
	return undone;
}
