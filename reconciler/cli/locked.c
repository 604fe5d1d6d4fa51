/* What the modes that change something do alike, up to the moment when something is touched. */
#include "cli/locked.h"

#include "apply/private_store.h"
#include "apply/run_lock.h"
#include "apply/sweep.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/carry_out.h"
#include "cli/format.h"
#include "cli/publish.h"
#include "cli/terminal.h"
#include "history/leftovers.h"
#include "history/record.h"
#include "live/store/access.h"
#include "live/store/lock.h"
#include "model/normal.h"
#include "report/plan.h"
#include "report/result.h"

#include <limits.h>
#include <unistd.h>

enum { MS = 1000, QUIET_SECONDS = 1, LONGEST_SECONDS = INT_MAX / MS };

static int recover(struct session *session)
{
	struct error err = ERROR_INIT;
	struct strings stories;

	if (!session->history)
		return 0;
	if (history_recover(session->history, session->arena, &stories, &err) < 0)
		return session_fail_history(session, &err);
	for (size_t i = 0; i < stories.count; i++)
		session_say(session, "reconcile: an earlier run did not end: %s", stories.items[i]);
	if (stories.count > 0)
		session_say(session, "reconcile: it is in the history as interrupted, and this run goes on from what "
				     "lives here");
	return 0;
}

/* Others who may write there decide what we would make, and a rollback would bring it back. */
static int check_access(const struct session *session)
{
	struct error err = ERROR_INIT;

	if (store_check_access(session->store, session->docker_config, &err) < 0)
		return session_fail(session, &err);
	return 0;
}

/* What cannot be cleared is in nobody's way. */
static void clear_unfinished(const struct session *session)
{
	struct error err = ERROR_INIT;

	if (sweep_unfinished(session->store, session->docker_config, &err) < 0)
		session_say(session, "reconcile: a file that an earlier run did not finish stays: %s", err.message);
}

/* Another run may have its first boot and its drain before it; one that is waited for is named. */
static int take_lock(const struct session *session, const char *verb, struct run_lock *ret_lock, struct error *err)
{
	const struct options *options = session->options;
	long given = options->lock_timeout,
	     seconds = given < 0 ? options->boot_timeout + options->drain_timeout : given;
	long quiet = seconds < QUIET_SECONDS ? seconds : QUIET_SECONDS;

	if (seconds > LONGEST_SECONDS)
		seconds = LONGEST_SECONDS;
	if (run_lock_take(session->store, verb, (int)quiet * MS, ret_lock, err) == 0)
		return 0;
	if (err->kind != ERROR_LOCKED || quiet == seconds)
		return -1;
	session_say(session, "reconcile: waiting, up to %s: %s", seconds_text(session->arena, seconds), err->message);
	*err = (struct error)ERROR_INIT;
	if (run_lock_take(session->store, verb, (int)(seconds - quiet) * MS, ret_lock, err) == 0)
		return 0;
	if (text_starts(err->hint, "waited "))
		error_hint(err, "waited %ld s: let it end, or wait longer with --lock-timeout", seconds);
	return -1;
}

/* Each step on the store takes BuildX's lock: one that cannot be had at all is told of before the first. */
static int check_store_lock(const struct session *session)
{
	struct error err = ERROR_INIT;
	int fd = -1;

	if (store_try_lock(session->store, 0, NULL, &fd, &err) < 0 && err.kind != ERROR_LOCKED)
		return session_fail(session, &err);
	file_unlock(&fd);
	return 0;
}

/* Whoever waits for somebody after that asks the session whether it is lost. */
static void give_back(struct session *session, struct run_lock *lock)
{
	session->run_lock = NULL;
	session->run_lock_fd = 0;
	run_lock_release(lock);
}

static int lock_run(struct session *session, const char *verb, struct run_lock *ret_lock)
{
	struct error err = ERROR_INIT;
	int code = session_store(session);

	if (code || (code = check_access(session)))
		return code;
	if (take_lock(session, verb, ret_lock, &err) < 0)
		return session_fail(session, &err);
	session->run_lock_fd = ret_lock->fd;
	session->run_lock = ret_lock;
	if (*ret_lock->took_over)
		session_say(session, "reconcile: took over the lock of a run that died: %s", ret_lock->took_over);
	if (private_stores_clear(session->store, &err) < 0)
		code = session_fail(session, &err);
	clear_unfinished(session);
	if (code || (code = check_store_lock(session)) || (code = session_sound_history(session)) ||
	    (code = recover(session)))
		give_back(session, ret_lock);
	return code;
}

int act_locked(struct session *session, const char *verb, int (*body)(struct session *session, void *context),
	       void *context)
{
	struct run_lock lock = {.fd = -1};
	int code = lock_run(session, verb, &lock);

	if (code)
		return code;
	code = body(session, context);
	give_back(session, &lock);
	return code;
}

int act_plan(struct session *session, const struct act *act)
{
	int code = session_live(session);

	if (code == 0)
		session->plan = session_plan_for(session, &act->goal, session->live);
	return code;
}

static void say_obstacles(const struct session *session, const struct plan *plan)
{
	for (size_t i = 0; i < plan->change_count; i++) {
		const struct change *change = &plan->changes[i];
		struct error err = ERROR_INIT;

		if (!change->blocked && change->action != ACTION_UNKNOWN)
			continue;
		/* The plan's annotations have said so. */
		if (session->out.format == FORMAT_GITHUB && change->blocked)
			continue;
		error_set(&err, change->blocked ? change->blocked_kind : ERROR_UNREACHABLE, "%s: %s", change->address,
			  change->blocked  ? change->blocked
			  : change->reason ? change->reason
					   : "could not be observed");
		session_fail(session, &err);
	}
	session_say(session, "Nothing was changed.");
}

static void write_unchanged(const void *what, const struct report_options *options, struct text *out)
{
	const struct plan *plan = what;
	CLEANUP_ARENA struct arena *arena = arena_new();

	if (options->format != FORMAT_JSON) {
		report_plan(plan, options, out);
		return;
	}
	CLEANUP_JSON cJSON *json = report_result_json(plan, results_new(arena, plan->change_count + 1), "unchanged");
	json_print(json, out);
}

static const char *question(const struct session *session)
{
	size_t resets = plan_count(session->plan, ACTION_RESET);

	if (resets == 0)
		return "Apply these changes?";
	return arena_printf(session->arena, "Reset %zu builder%s? %s empty.", resets, resets == 1 ? "" : "s",
			    resets == 1 ? "Its cache starts" : "Their caches start");
}

static int ask(const struct session *session)
{
	struct error err = ERROR_INIT;
	const char *mode = mode_get(session->options->mode)->name;

	if (session->options->yes)
		return 0;
	if (format_is_document(session->out.format) || !terminal_asks()) {
		error_set(&err, ERROR_USAGE, "--%s asks before it changes anything, and there is no terminal to ask on",
			  mode);
		if (format_is_document(session->out.format))
			error_hint(&err, "give --yes; the plan alone is shown without --format %s",
				   format_name(session->out.format));
		else
			error_hint(&err, session->options->mode == MODE_APPLY
						 ? "give --yes, or look first with reconcile --plan"
						 : "give --yes to carry out the plan that stands above");
		return session_fail(session, &err);
	}
	if (terminal_confirm(question(session)))
		return 0;
	error_set(&err, ERROR_OTHER, "not confirmed; nothing was changed");
	return session_fail(session, &err);
}

static bool writes_docker_config(const struct plan *plan)
{
	for (size_t i = 0; i < plan->change_count; i++)
		for (size_t k = 0; k < plan->changes[i].step_count; k++) {
			const struct step *step = &plan->changes[i].steps[k];

			if (step->in_docker_config || step->kind == STEP_USE_CONTEXT)
				return true;
		}
	return false;
}

static int check_docker_config(const struct session *session)
{
	struct error err = ERROR_INIT;

	if (writes_docker_config(session->plan) && docker_config_check_access(session->docker_config, &err) < 0)
		return session_fail(session, &err);
	return 0;
}

int act_run(struct session *session, const struct act *act)
{
	const struct plan *plan = session->plan;
	int obstacle = plan_obstacle(plan), code;

	if (!obstacle && !plan_has_changes(plan)) {
		struct error err = ERROR_INIT;

		if ((code = session_protect(session, &act->goal)) || (code = session_unprotect(session, &act->goal)))
			return code;
		if (session->history && history_settle_leftovers(session->history, session->live, &err) < 0)
			return session_fail(session, &err);
		return publish(session, write_unchanged, plan);
	}
	if (obstacle) {
		if ((code = publish_plan(session, plan)))
			return code;
		say_obstacles(session, plan);
		return obstacle;
	}
	if ((code = publish_plan_first(session, plan)) || (code = check_docker_config(session)) ||
	    (code = ask(session)) || (code = session_history(session, true)))
		return code;
	return carry_out(session, act);
}
