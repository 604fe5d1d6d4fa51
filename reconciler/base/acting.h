/* Root acts as somebody else for a moment, in the files that are theirs.
 *
 * What is made meanwhile belongs to them, and links lead nowhere that they could not go themselves: the kernel sees to
 * it, whoever moves what while we look. It holds for this thread only, as file servers have it: on Linux for files
 * alone (setfsuid(2)); on macOS for all that the thread does (pthread_setugid_np(2)), without that user's further
 * groups, and one that is nested acts as the outer one's user. Sockets that are open are still root's. */
#ifndef RECONCILE_BASE_ACTING_H
#define RECONCILE_BASE_ACTING_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct acting {
	bool is_active;
	/* As it was before, on Linux; groups are malloc'ed. */
	uid_t user;
	gid_t group;
	gid_t *groups;
	int group_count;
};

/* May be nested. Does nothing where the user is the one who runs this, or this is not root. REFUSED where it cannot be
 * done: a container without CAP_SETUID and CAP_SETGID, a user that its name space does not know. */
int acting_begin(uid_t user, gid_t group, struct acting *ret_acting, struct error *err);
void acting_end(struct acting *acting);
/* Of this module's own: becomes that user, and notes in `acting` what to go back to, also when it fails half-way. */
bool acting_take(uid_t user, gid_t group, struct acting *acting);
#define CLEANUP_ACTING __attribute__((cleanup(acting_end)))

#endif
