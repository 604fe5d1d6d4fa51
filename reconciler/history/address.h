/* Where a history is shared: an ordinary git repository of somebody's, as `git push` takes it.
 *
 *     https://git.example.com/team/builders.git
 *     ssh://git@git.example.com:2222/team/builders.git, git@git.example.com:team/builders.git
 *     /srv/builders.git, file:///srv/builders.git
 *
 * Whatever else git takes is refused: what has no encryption, what runs a helper of that name, and every https address
 * with a name or a password in it, for the process list shows them. */
#ifndef RECONCILE_HISTORY_ADDRESS_H
#define RECONCILE_HISTORY_ADDRESS_H

#include "base/arena.h"
#include "base/error.h"

enum address_kind { ADDRESS_HTTPS, ADDRESS_SSH, ADDRESS_PATH };

struct address {
	enum address_kind kind;
	const char *url;   /* https: the whole of it; else as it was given. No secret is in it */
	const char *shown; /* the same, printable */
	const char *user, *host,
		*port;	  /* of ssh; user and port NULL: as ssh's configuration says. https: host and port */
	const char *path; /* of ssh there, or here */
};

/* ERROR_USAGE with a hint. Texts in the arena. */
int address_parse(struct arena *arena, const char *text, struct address *ret_address, struct error *err);

#endif
