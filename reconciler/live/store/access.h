/* Who but this user may write in the store or in the Docker configuration. */
#ifndef RECONCILE_LIVE_STORE_ACCESS_H
#define RECONCILE_LIVE_STORE_ACCESS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct stat;

/* "every user of this machine", "the group staff": who else may write in a folder; NULL: nobody. */
const char *folder_open_to(struct arena *arena, const struct stat *info);
/* For modes that change something: REFUSED, with the command that mends it, when one of the folders is open to others
 * or belongs to another user. Root may work in anybody's; what is missing is nobody's. */
int store_check_access(const char *store, const char *docker_config, struct error *err);

#endif
