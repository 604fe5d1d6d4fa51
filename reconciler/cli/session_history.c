/* The history of a run: opened for what looks and for what changes, told of when it is damaged, and begun anew. */
#include "cli/session.h"

#include "base/environ.h"
#include "history/examine.h"
#include "history/repository.h"
#include "history/resets.h"
#include "live/store/locate.h"

#include <string.h>

enum { COMMAND_MAX = 200 }; /* a longer one would not fit into a hint */

const char *session_history_folder(const struct session *session)
{
	const char *given = session->options->history_dir;

	return given ? given : history_path(session->arena, session->environ, session->store_id);
}

static int open_history(struct session *session, const char *store, bool create, struct error *err)
{
	const char *path = session_history_folder(session);

	if (session->history)
		return 0;
	if (!path)
		return error_set(err, ERROR_OTHER, "no folder for the history: neither HOME nor XDG_STATE_HOME is set");
	return history_open_of(store, path, create, &session->history, err);
}

void session_peek_history(struct session *session)
{
	enum history_depth depth = session->options->mode == MODE_DOCTOR ? EXAMINE_ALL : EXAMINE_TOUCHED;
	const char *store = NULL, *docker_config = NULL;
	struct error err = ERROR_INIT;

	if (session->history || session->options->live.count > 0 ||
	    store_locate(session->arena, session->environ, &store, &docker_config, NULL) < 0)
		return;
	store_id(store, session->store_id);
	if (open_history(session, store, false, &err) == 0)
		history_examine(session->history, depth, session->arena, &session->history_damages);
	else if (err.kind == ERROR_CORRUPT)
		strings_add(session->arena, &session->history_damages, err.message);
}

void session_add_damages(struct session *session)
{
	struct live *live = session->live;

	for (size_t i = 0; i < session->history_damages.count; i++)
		faults_add(live->arena, &live->faults, FAULT_HISTORY_DAMAGED, "history",
			   session_history_folder(session), NULL, "%s", session->history_damages.items[i]);
}

int session_history(struct session *session, bool create)
{
	struct error err = ERROR_INIT;

	if (open_history(session, session->store, create, &err) == 0)
		return 0;
	if (err.kind != ERROR_CORRUPT && !*err.hint)
		error_hint(&err, "name another folder with --history-dir DIR or RECONCILE_HISTORY");
	return session_fail_history(session, &err);
}

/* The command that begins a new one: this one, where it can. */
static const char *renewing_command(const struct session *session)
{
	enum mode_id mode = session->options->mode;
	const char *command = session->options->command;

	if ((mode != MODE_APPLY && mode != MODE_RESET) || session->options->new_history || !command ||
	    strlen(command) > COMMAND_MAX)
		return "reconcile --apply";
	return command;
}

int session_fail_history(const struct session *session, struct error *err)
{
	const char *path = session_history_folder(session);

	if (err->kind == ERROR_CORRUPT && path && !*err->hint)
		error_hint(err,
			   "`%s --new-history` moves it aside, as it is, and begins a new one; or put back what "
			   "`git -C %s fsck` names, from a copy of it",
			   renewing_command(session), path);
	return session_fail(session, err);
}

/* Nothing is emptied for want of a note. */
static int count_as_reset(const struct session *session, struct error *err)
{
	const struct state *desired = session->desired;

	for (size_t i = 0; i < desired->builder_count; i++)
		if (desired->builders[i].cache.reset &&
		    history_add_cache_reset(session->history, desired->builders[i].name,
					    desired->builders[i].cache.reset, err) < 0)
			return -1;
	return 0;
}

static int renew(struct session *session, const char *path)
{
	struct renewal renewal;
	struct error err = ERROR_INIT;

	history_close(session->history);
	session->history = NULL;
	if (history_renew(session->store, path, session->arena, &renewal, &session->history, &err) < 0)
		return session_fail(session, &err);
	session_say(session, "reconcile: the damaged history is in %s, as it was; a new one begins in %s",
		    renewal.aside, path);
	for (size_t i = 0; i < renewal.lost.count; i++)
		session_say(session, "reconcile: lost with it: %s", renewal.lost.items[i]);
	if (renewal.resets_lost && count_as_reset(session, &err) < 0)
		return session_fail(session, &err);
	return 0;
}

int session_sound_history(struct session *session)
{
	bool renewing = session->options->new_history;
	const char *path = session_history_folder(session);
	struct strings damages = {0};
	struct error err = ERROR_INIT;

	if (open_history(session, session->store, false, &err) < 0 && err.kind != ERROR_CORRUPT)
		return session_history(session, false);
	history_examine(session->history, renewing ? EXAMINE_ALL : EXAMINE_TOUCHED, session->arena, &damages);
	if (damages.count > 0)
		error_set(&err, ERROR_CORRUPT, "the history %s is damaged: %s", path,
			  strings_join(session->arena, &damages, "; "));
	if (*err.message && !renewing)
		return session_fail_history(session, &err);
	if (*err.message)
		return renew(session, path);
	if (renewing && session->history)
		session_say(session, "reconcile: the history %s is not damaged, and stays", path);
	return 0;
}
