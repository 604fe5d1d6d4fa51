/* Acting as another user: the file system's ids and the groups of one thread. */
#include "base/acting.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/fsuid.h>
#include <sys/syscall.h>

/* glibc's setgroups() is for all threads. */
static int set_groups(int count, const gid_t *groups)
{
	return (int)syscall(SYS_setgroups, (long)count, groups);
}

/* setfsuid() tells of no failure: what is so afterwards is asked by an id that cannot be. */
static bool take(uid_t user, gid_t group)
{
	setfsgid(group);
	setfsuid(user);
	return setfsuid((uid_t)-1) == (int)user && setfsgid((gid_t)-1) == (int)group;
}

static bool begin(uid_t user, gid_t group, struct acting *acting)
{
	acting->group_count = getgroups(0, NULL);
	if (acting->group_count < 0)
		return false;
	acting->groups = xcalloc((size_t)acting->group_count + 1, sizeof(*acting->groups));
	acting->group_count = getgroups(acting->group_count, acting->groups);
	if (acting->group_count < 0 || set_groups(0, NULL) < 0)
		return false;
	acting->is_active = true;
	acting->user = (uid_t)setfsuid((uid_t)-1);
	acting->group = (gid_t)setfsgid((gid_t)-1);
	return take(user, group);
}

void acting_end(struct acting *acting)
{
	if (acting->is_active) {
		take(acting->user, acting->group);
		set_groups(acting->group_count, acting->groups);
	}
	free(acting->groups);
	*acting = (struct acting){0};
}
#else
static bool begin(uid_t user, gid_t group, struct acting *acting)
{
	(void)user;
	(void)group;
	(void)acting;
	return false;
}

void acting_end(struct acting *acting)
{
	*acting = (struct acting){0};
}
#endif

int acting_begin(uid_t user, gid_t group, struct acting *ret_acting, struct error *err)
{
	struct acting acting = {0};

	*ret_acting = acting;
	if (geteuid() != 0 || user == 0)
		return 0;
	if (begin(user, group, &acting)) {
		*ret_acting = acting;
		return 0;
	}
	acting_end(&acting);
	return error_set(err, ERROR_REFUSED, "root cannot act as user %u here", (unsigned)user);
}
