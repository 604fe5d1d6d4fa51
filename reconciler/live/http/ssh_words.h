/* What ssh, the shell and docker at its other end say, and what is to be done about it. Pure. */
#ifndef RECONCILE_LIVE_HTTP_SSH_WORDS_H
#define RECONCILE_LIVE_HTTP_SSH_WORDS_H

#include "base/error.h"

enum { SSH_UNENDED = -1, SSH_ITSELF = 255 };

struct ssh_words {
	const char *said;		/* on stderr, by all of them */
	int status;			/* the remote command's; SSH_ITSELF: ssh's own failure; SSH_UNENDED */
	const char *user, *host, *port; /* user and port NULL: as ssh's configuration says */
	const char *program;		/* that runs there: "docker" */
};

/* err says how the request failed. The reason takes its place, as ERROR_UNREACHABLE, where the words tell one; a
 * deadline (FAILURE_LATE) stays one unless ssh says that it failed. */
void ssh_words_explain(const struct ssh_words *words, struct error *err);

#endif
