/* Connects to a remote, holds it to its bounds, and says what went wrong. */
#include "history/peer.h"

#include "base/authorities.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/environ.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <string.h>

enum { SAID_CAP = 16 * 1024 };

int peer_may_go_on(struct peer *peer)
{
	if (*peer->err.message)
		return GIT_EUSER;
	if (interrupt_came(peer->to->interrupt))
		error_set(&peer->err, ERROR_INTERRUPTED, "interrupted");
	else if (clock_ms() > peer->deadline)
		error_set(&peer->err, ERROR_UNREACHABLE, "it took longer than %d s in all", PEER_TOTAL_MS / 1000);
	return *peer->err.message ? GIT_EUSER : 0;
}

int peer_took(struct peer *peer, size_t bytes)
{
	if (bytes <= peer->room) {
		peer->room -= bytes;
		return 0;
	}
	error_set(&peer->err, ERROR_CORRUPT, "it sends more than %d MiB", LIMIT_REMOTE_BYTES / LIMIT_MIB);
	return GIT_EUSER;
}

int peer_is_silent(struct peer *peer)
{
	error_set(&peer->err, ERROR_UNREACHABLE, "it was silent for %d s", PEER_SILENCE_MS / 1000);
	return GIT_EUSER;
}

/* Lines of the remote's own, as its hooks write them. */
static int hear(const char *text, int length, void *payload)
{
	struct peer *peer = payload;

	buffer_fill(&peer->said, text, (size_t)length);
	return 0;
}

static int hear_of_ref(const char *name, const char *status, void *payload)
{
	struct peer *peer = payload;

	if (!status || *peer->err.message)
		return 0;
	error_set(&peer->err, ERROR_REFUSED, "it does not take %s: %s", name,
		  text_printable(peer->arena, status, false));
	return 0;
}

static int make_transport(git_transport **out, git_remote *owner, void *payload)
{
	struct peer *peer = payload;
	bool https = peer->to->address.kind == ADDRESS_HTTPS;
	git_smart_subtransport_definition definition = {
		.callback = https ? peer_by_https : peer_by_command, .rpc = https, .param = peer};

	return git_transport_smart(out, owner, &definition);
}

static void set_certificates(const struct peer *peer)
{
	const char *of_git = environ_value(peer->to->environ, "GIT_SSL_CAINFO");
	struct authorities authorities;

	authorities_find(peer->to->environ, &authorities);
	if (*of_git)
		authorities.file = of_git;
	/* What is not there fails with the connection, which says so. */
	if (authorities.file || authorities.folder)
		git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, authorities.file,
				 authorities.file ? NULL : authorities.folder);
}

struct peer *peer_new(const struct remote *to)
{
	struct peer *peer = XNEW(struct peer);

	*peer = (struct peer){
		.arena = arena_new(),
		.to = to,
		.deadline = clock_ms() + PEER_TOTAL_MS,
		.room = LIMIT_REMOTE_BYTES,
		.said = BUFFER_INIT(SAID_CAP),
		.status = -1,
	};
	git_remote_init_callbacks(&peer->callbacks, GIT_REMOTE_CALLBACKS_VERSION);
	peer->callbacks.sideband_progress = hear;
	peer->callbacks.credentials = peer_credentials;
	peer->callbacks.push_update_reference = hear_of_ref;
	peer->callbacks.transport = make_transport;
	peer->callbacks.payload = peer;
	return peer;
}

void peer_free(struct peer *peer)
{
	if (!peer)
		return;
	if (peer->remote)
		git_remote_disconnect(peer->remote);
	git_remote_free(peer->remote);
	buffer_done(&peer->said);
	arena_free(peer->arena);
	free(peer);
}

int peer_connect(struct peer *peer, git_repository *repo, git_direction direction, struct error *err)
{
	git_remote_create_options remote;
	git_remote_connect_options options;
	bool https = peer->to->address.kind == ADDRESS_HTTPS;

	if (https) {
		set_certificates(peer);
		peer_bound_sockets();
	}
	git_remote_connect_options_init(&options, GIT_REMOTE_CONNECT_OPTIONS_VERSION);
	options.callbacks = peer->callbacks;
	options.follow_redirects = GIT_REMOTE_REDIRECT_NONE; /* to another host: a token would go there */
	options.proxy_opts.type = GIT_PROXY_AUTO;
	git_remote_create_options_init(&remote, GIT_REMOTE_CREATE_OPTIONS_VERSION);
	remote.repository = repo;
	/* An address is what it is; url.*.insteadOf would have it be another, which was not looked at. */
	remote.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
	int code = git_remote_create_with_opts(&peer->remote, peer->to->address.url, &remote);
	if (code == 0)
		code = git_remote_connect_ext(peer->remote, direction, &options);
	return code == 0 ? 0 : peer_fail(peer, code, "cannot reach", err);
}

int peer_refs(struct peer *peer, const git_remote_head ***ret_heads, size_t *ret_count, struct error *err)
{
	int code = git_remote_ls(ret_heads, ret_count, peer->remote);

	if (code != 0)
		return peer_fail(peer, code, "cannot reach", err);
	if (*ret_count <= LIMIT_REMOTE_REFS)
		return 0;
	error_set(&peer->err, ERROR_CORRUPT, "it has more than %d refs", LIMIT_REMOTE_REFS);
	return peer_fail(peer, 0, "cannot use", err);
}

/* libgit2's codes and words, for what only it knows. */
static const char *hint_of(const struct peer *peer, int code, const char *words)
{
	bool https = peer->to->address.kind == ADDRESS_HTTPS;

	if (code == GIT_ECERTIFICATE || strstr(words, "certificate"))
		return "SSL_CERT_FILE names the file of the authority that signed its certificate";
	if (code == GIT_EAUTH || strstr(words, "401") || strstr(words, "403"))
		return "RECONCILE_REMOTE_TOKEN has the token, or git's credential helper; it must be allowed to do "
		       "this";
	if (https && strstr(words, "404"))
		return "is the address right, and may this token see the repository? Somebody has to make it first";
	if (https && strstr(words, "30"))
		return "name the address that it leads to";
	return "is the address right, and the network there?";
}

/* git's protocol begins with four digits of a length, or "ERR " in one of them; a shell that greets does not. */
static bool says_something_else(const struct peer *peer)
{
	return *peer->first && strspn(peer->first, "0123456789abcdef") < 4;
}

static void explain_greeting(struct peer *peer)
{
	const char *line = arena_strndup(peer->arena, peer->first, strcspn(peer->first, "\r\n"));

	error_set(&peer->err, ERROR_UNREACHABLE, "in front of the answer came: %s",
		  text_printable(peer->arena, line, false));
	error_hint(&peer->err,
		   "a shell without a terminal must print nothing: `ssh HOST true` shows what does, as a line "
		   "of ~/.bashrc there");
}

static void explain(struct peer *peer, int code)
{
	const git_error *last = git_error_last();
	const char *words = last && last->message ? last->message : "it ended without a word", *next = NULL;
	const char *line = peer_words(peer->arena, buffer_text(&peer->said), &peer->to->address, &next);

	if (says_something_else(peer)) {
		explain_greeting(peer);
	} else if (line) {
		error_set(&peer->err, ERROR_UNREACHABLE, "%s", line);
		if (next)
			error_hint(&peer->err, "%s", next);
	} else {
		error_set(&peer->err, ERROR_UNREACHABLE, "%s", text_printable(peer->arena, words, false));
		error_hint(&peer->err, "%s", hint_of(peer, code, words));
	}
	git_error_clear();
}

int peer_fail(struct peer *peer, int code, const char *what, struct error *err)
{
	const char *next = NULL, *line;

	if (!*peer->err.message)
		explain(peer, code);
	else if (peer->err.kind == ERROR_REFUSED && !*peer->err.hint) {
		/* Why its hook did not like it, it says beside. */
		line = peer_words(peer->arena, buffer_text(&peer->said), &peer->to->address, &next);
		error_hint(&peer->err, "%s%sask whoever runs that remote", line ? line : "", line ? "; " : "");
	}
	error_copy(err, &peer->err);
	return error_wrap(err, "%s the remote %s", what, peer->to->address.shown);
}
