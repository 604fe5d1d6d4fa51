/* base/acting.h by an identity of one thread (pthread_setugid_np(2)). */
#include "base/acting.h"

#include <sys/kauth.h>
#include <unistd.h>

/* It is discouraged because who forgets to go back stays that user; ours goes back when a scope ends. There is no other
 * call that has the kernel judge as somebody else in one thread. */
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

/* The call may succeed and change nothing: what is so afterwards is asked. */
bool acting_take(uid_t user, gid_t group, struct acting *acting)
{
	uid_t is_user;
	gid_t is_group;

	if (pthread_setugid_np(user, group) != 0)
		return false;
	acting->is_active = true;
	return pthread_getugid_np(&is_user, &is_group) == 0 && is_user == user && is_group == group;
}

void acting_end(struct acting *acting)
{
	if (acting->is_active)
		pthread_setugid_np(KAUTH_UID_NONE, KAUTH_GID_NONE);
	*acting = (struct acting){0};
}
