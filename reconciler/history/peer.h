/* The other end of a connection: a git remote that is spoken to through libgit2, by transports of ours, within bounds.
 *
 * Nothing that it sends is believed: how many bytes, how long it may be silent and how long it takes in all have limits
 * (base/limits.h), and an interrupt ends it. What libgit2 says of a failure gives way to what we know better: ssh's or
 * git's own words, a limit, what the remote itself tells. Only for this room.
 *
 *     CLEANUP_PEER struct peer *peer = peer_new(to);
 *     if (peer_connect(peer, repo, GIT_DIRECTION_PUSH, err) < 0 || peer_refs(peer, &heads, &count, err) < 0)
 *             return -1;
 *     … git_remote_upload(peer->remote, …) …
 *             return peer_fail(peer, code, "cannot push to", err); */
#ifndef RECONCILE_HISTORY_PEER_H
#define RECONCILE_HISTORY_PEER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/interrupt.h"
#include "history/git.h"
#include "history/remote.h"

struct peer {
	struct arena *arena;
	const struct remote *to;
	git_remote *remote;
	git_remote_callbacks callbacks; /* for the options of whatever is done through it */
	int64_t deadline;		/* of the whole, clock_ms() */
	uint64_t room;			/* bytes that it may still send */
	int asked;			/* how often libgit2 wanted to know who we are */
	struct buffer said;		/* by the remote, and by ssh or git in front of it */
	char first[80];			/* what came first of a program; "" when nothing did */
	int status;			/* of that program; -1: it has not ended, or there is none */
	struct error err;		/* what ended it; message "": libgit2 knows */
};

struct peer *peer_new(const struct remote *to);
void peer_free(struct peer *peer);
static inline void peer_cleanup(struct peer **peer)
{
	peer_free(*peer);
}
#define CLEANUP_PEER __attribute__((cleanup(peer_cleanup)))

int peer_connect(struct peer *peer, git_repository *repo, git_direction direction, struct error *err);
/* What refs it has; they live as long as the connection. ERROR_CORRUPT: too many. */
int peer_refs(struct peer *peer, const git_remote_head ***ret_heads, size_t *ret_count, struct error *err);
/* "WHAT the remote ADDRESS: why", with what to do. Returns -1. */
int peer_fail(struct peer *peer, int code, const char *what, struct error *err);

/* For the transports: whether it may go on, else peer->err says why not; GIT_EUSER for libgit2 then. */
int peer_may_go_on(struct peer *peer);
/* So many bytes came. */
int peer_took(struct peer *peer, size_t bytes);
/* What is said when a peer was silent for too long. */
int peer_is_silent(struct peer *peer);
enum { PEER_SILENCE_MS = 30 * 1000, PEER_TOTAL_MS = 300 * 1000 };

/* git_smart_subtransport_cb, with the peer for param: git or ssh as a child process, and https. */
int peer_by_command(git_smart_subtransport **out, git_transport *owner, void *param);
int peer_by_https(git_smart_subtransport **out, git_transport *owner, void *param);
/* Streams that do not wait longer than a peer may be silent; once, before anybody is spoken to. */
void peer_bound_sockets(void);

/* git_credential_acquire_cb, with the peer for payload. */
int peer_credentials(git_credential **out, const char *url, const char *user, unsigned allowed, void *payload);
/* What the words of ssh or git mean for whoever reads them; NULL: nothing is known. The line that decides, printable,
 * in the arena. */
const char *peer_words(struct arena *arena, const char *said, const struct address *address, const char **ret_hint);

#endif
