/* A git remote that teams share their histories through.
 *
 * Each history of each store is a host of its own there, NAME-ID: the machine's name, and what tells this history from
 * every other, made of its key. It has two refs:
 *
 *     refs/heads/hosts/NAME-ID       the records: main as it is here, moved forward only
 *     refs/reconcile/hosts/NAME-ID   one commit without parents and files, whose trailers sum up where the host stands;
 *                                    replaced each time
 *
 * Nothing else is sent: private and pending refs are not, and what lies beside the records (key, holds, leftovers,
 * journals) is in no object of git's. */
#ifndef RECONCILE_HISTORY_REMOTE_H
#define RECONCILE_HISTORY_REMOTE_H

#include "base/interrupt.h"
#include "history/address.h"
#include "model/fleet.h"

struct history;

#define REMOTE_RECORDS "refs/heads/hosts/"
#define REMOTE_SUMMARIES "refs/reconcile/hosts/"

struct remote {
	struct address address;
	const char *const *environ; /* for the token, the cache folder and the certificates */
	const struct interrupt *interrupt;
};

struct pushed {
	const char *name;	 /* "build1-0123456789ab", in the arena */
	bool has_records, moved; /* records were sent that were not there */
};

/* Sends the records of the history, with a summary. Nothing changes here but that the history has its key. On failure
 * the remote has both as they were, or one of them anew, and the next push completes it. */
int history_push(struct history *history, struct arena *arena, const struct remote *to, struct pushed *ret_pushed,
		 struct error *err);

/* What was found when this store was compared last, for the summary; kept beside the records. Which record was the
 * last one then is added. */
int history_note_check(struct history *history, const struct check *check, struct error *err);

/* Asks a remote for the hosts that it has. Those that cannot be read are among them, with why. Texts in the arena. */
int fleet_read(struct arena *arena, const struct remote *from, struct fleet *ret_fleet, struct error *err);

#endif
