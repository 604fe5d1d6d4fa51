/* Who we are to an https remote: a token of the environment, else what git's credential helpers know. Nobody is asked,
 * and nothing of it is in an argument of a program. */
#include "history/peer.h"

#include "base/environ.h"
#include "base/spawn.h"

#include <string.h>

enum { HELPER_MS = 20 * 1000, ANSWER_CAP = 64 * 1024 };

/* What GitHub takes with a token; GitLab takes any name. */
static const char usual_user[] = "x-access-token";

/* The value of "KEY=…" in what `git credential fill` answers (git-credential(1)), in the arena. */
static const char *member(struct arena *arena, const char *answer, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = answer; *line;) {
		size_t end = strcspn(line, "\n");

		if (end > length && !strncmp(line, key, length) && line[length] == '=')
			return arena_strndup(arena, line + length + 1, end - length - 1);
		line += end + (line[end] == '\n');
	}
	return NULL;
}

static bool ask_helper(struct peer *peer, const char **ret_user, const char **ret_password)
{
	const struct address *address = &peer->to->address;
	struct spawn_request request = {
		.argv = (const char *const[]){"git", "credential", "fill", NULL},
		/* It must not ask whoever sits there: not on the terminal, and not in a window. */
		.env = (const char *const[]){"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", NULL},
		.input = arena_printf(peer->arena, "protocol=https\nhost=%s%s%s\npath=%s\n\n", address->host,
				      address->port ? ":" : "", address->port ? address->port : "", address->path + 1),
		.timeout_ms = HELPER_MS,
		.output_cap = ANSWER_CAP,
		.interrupt = peer->to->interrupt,
	};
	struct spawn_result result;

	if (spawn_run(&request, &result, NULL) < 0)
		return false;
	*ret_user = result.exit_code == 0 ? member(peer->arena, result.out, "username") : NULL;
	*ret_password = result.exit_code == 0 ? member(peer->arena, result.out, "password") : NULL;
	spawn_result_done(&result);
	return *ret_user && *ret_password;
}

int peer_credentials(git_credential **out, const char *url, const char *user, unsigned allowed, void *payload)
{
	struct peer *peer = payload;
	const char *token = environ_value(peer->to->environ, "RECONCILE_REMOTE_TOKEN");
	const char *name = environ_value(peer->to->environ, "RECONCILE_REMOTE_USER");
	static const char hint[] =
		"RECONCILE_REMOTE_TOKEN has a token that may push and fetch there, or git's credential "
		"helper: git credential approve";

	(void)url;
	(void)user;
	if (!(allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT)) {
		error_set(&peer->err, ERROR_UNREACHABLE, "it wants to know who we are in a way that is not known here");
		return GIT_EUSER;
	}
	if (peer->asked++ > 0) {
		error_set(&peer->err, ERROR_UNREACHABLE, "it does not take the %s",
			  *token ? "token of RECONCILE_REMOTE_TOKEN" : "password that git's credential helper gave");
		error_hint(&peer->err, "%s", hint);
		return GIT_EUSER;
	}
	if (!*name)
		name = usual_user;
	if (!*token && !ask_helper(peer, &name, &token)) {
		error_set(&peer->err, ERROR_UNREACHABLE, "it wants to know who we are, and nothing here says so");
		error_hint(&peer->err, "%s", hint);
		return GIT_EUSER;
	}
	return git_credential_userpass_plaintext_new(out, name, token);
}
