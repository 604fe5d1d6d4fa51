/* Acting as another user: whether, and what is said when it cannot be. */
#include "base/acting.h"

#include <unistd.h>

int acting_begin(uid_t user, gid_t group, struct acting *ret_acting, struct error *err)
{
	struct acting acting = {0};

	*ret_acting = acting;
	if (geteuid() != 0 || user == 0)
		return 0;
	if (acting_take(user, group, &acting)) {
		*ret_acting = acting;
		return 0;
	}
	acting_end(&acting);
	return error_set(err, ERROR_REFUSED, "root cannot act as user %u here", (unsigned)user);
}
