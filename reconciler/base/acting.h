/* Root acts as somebody else for a moment, in the files that are theirs.
 *
 * What is made meanwhile belongs to them, and links lead nowhere that they could not go themselves: the kernel sees to
 * it, whoever moves what while we look. It holds for files only and for this thread only (setfsuid(2), as file servers
 * use it): sockets that are open, signals and children are still root's. Linux; elsewhere it is refused. */
#ifndef RECONCILE_BASE_ACTING_H
#define RECONCILE_BASE_ACTING_H

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

struct acting {
	bool is_active;
	/* As it was before; groups are malloc'ed. */
	uid_t user;
	gid_t group;
	gid_t *groups;
	int group_count;
};

/* May be nested. Does nothing where the user is the one who runs this, or this is not root. REFUSED where it cannot be
 * done: a container without CAP_SETUID and CAP_SETGID, a user that its name space does not know. */
int acting_begin(uid_t user, gid_t group, struct acting *ret_acting, struct error *err);
void acting_end(struct acting *acting);
#define CLEANUP_ACTING __attribute__((cleanup(acting_end)))

#endif
