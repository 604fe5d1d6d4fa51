/* base/acting.h by the file system's ids and the groups of one thread. */
#include "base/acting.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

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

bool acting_take(uid_t user, gid_t group, struct acting *acting)
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
