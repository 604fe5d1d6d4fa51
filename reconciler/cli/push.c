/* Sends the history to a remote, with what the mode that ran has found. */
#include "cli/push.h"

#include "history/remote.h"
#include "history/revision.h"

#include <time.h>

/* What would tell others of this host is of this host, and all of it. */
int push_check_options(struct arena *arena, const struct options *options, struct error *err)
{
	bool is_fleet = options->mode == MODE_FLEET;
	const char *remote = is_fleet && options->operands.count > 0 ? options->operands.items[0] : options->push;
	struct address address;

	if (is_fleet && !remote) {
		error_set(err, ERROR_USAGE, "--fleet wants the git remote that the hosts push to");
		return error_hint(err, "reconcile --fleet git@git.example.com:team/builders.git");
	}
	if (remote && address_parse(arena, remote, &address, err) < 0)
		return -1;
	if (options->push && options->mode == MODE_CHECK &&
	    (options->live.count > 0 || options->against || options->only.count > 0 || options->untrusted))
		return error_set(err, ERROR_USAGE,
				 "--push tells where this host stands, and --%s looks at something else",
				 options->live.count > 0   ? "live"
				 : options->against	   ? "against"
				 : options->only.count > 0 ? "only"
							   : "untrusted");
	return 0;
}

struct remote remote_of(const struct session *session, const char *address)
{
	struct remote remote = {.environ = session->environ, .interrupt = &session->interrupt};

	/* It was read before, when the command line was. */
	address_parse(session->arena, address, &remote.address, NULL);
	return remote;
}

static const char *state_commit(const struct session *session)
{
	const struct state *state = session->desired;

	return state && state->files.count > 0 ? revision_head(session->arena, state->files.items[0]) : NULL;
}

static int64_t changes_of(const struct plan *plan)
{
	int64_t count = 0;

	for (size_t i = 0; plan && i < plan->change_count; i++)
		count += plan->changes[i].action != ACTION_NONE && plan->changes[i].action != ACTION_UNKNOWN;
	return count;
}

static const char *why_unknown(const struct session *session, int code)
{
	const struct plan *plan = session->plan;

	if (code == EXIT_INVALID)
		return "its state file is invalid";
	if (plan && plan->unknown.count > 0)
		return plan->unknown.items[0];
	return "it could not be compared: see reconcile --check there";
}

/* Whether this mode has compared the host with its state files, whole. */
static bool has_compared(const struct session *session, int code)
{
	const struct options *options = session->options;

	if (options->only.count > 0 || options->operands.count > 0 || session->standing)
		return false;
	return options->mode == MODE_CHECK || (options->mode == MODE_APPLY && code == EXIT_DONE);
}

static int note(struct session *session, int code, struct error *err)
{
	struct check check = {.when = time(NULL), .drift = DRIFT_UNKNOWN, .state_commit = state_commit(session)};

	if (!has_compared(session, code))
		return 0;
	if (code == EXIT_DONE)
		check.drift = DRIFT_NONE;
	else if (code == EXIT_DIFFERENCES)
		check.drift = DRIFT_SOME;
	else
		check.why = why_unknown(session, code);
	if (check.drift == DRIFT_SOME)
		check.changes = changes_of(session->plan);
	return history_note_check(session->history, &check, err);
}

static void tell(const struct session *session, const struct remote *remote, const struct pushed *pushed)
{
	session_say(session, "Pushed to %s, as %s: %s", remote->address.shown, pushed->name,
		    pushed->moved	  ? "new records, and where this host stands"
		    : pushed->has_records ? "where this host stands; the records were there"
					  : "where this host stands; there is no record yet");
}

static int fail(const struct session *session, const struct error *err)
{
	struct error told = *err;

	error_set(&told, err->kind, "%s; the history here is as it was", err->message);
	if (*err->hint)
		error_hint(&told, "%s", err->hint);
	return session_fail(session, &told);
}

int push_after(struct session *session, int code)
{
	const char *to = session->options->push;
	struct error err = ERROR_INIT;
	struct pushed pushed;
	int failed;

	if (!to || code >= EXIT_SIGNAL || code == EXIT_USAGE)
		return code;
	if ((!session->store && (failed = session_store(session))) || (failed = session_history(session, true)))
		return code ? code : failed;
	struct remote remote = remote_of(session, to);
	failed = 0;
	if (note(session, code, &err) < 0)
		failed = session_fail_history(session, &err);
	else if (history_push(session->history, session->arena, &remote, &pushed, &err) < 0)
		failed = fail(session, &err);
	else
		tell(session, &remote, &pushed);
	/* What differs is no failure, and a push that failed is one. */
	return failed && (code == EXIT_DONE || code == EXIT_DIFFERENCES) ? failed : code;
}
