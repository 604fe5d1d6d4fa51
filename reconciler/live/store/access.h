/* Who but this user may write in the store or in the Docker configuration. */
#ifndef RECONCILE_LIVE_STORE_ACCESS_H
#define RECONCILE_LIVE_STORE_ACCESS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct stat;

/* "every user of this machine", "the group staff": who else may write in a folder; NULL: nobody. */
const char *folder_open_to(struct arena *arena, const struct stat *info);
/* Why this user cannot write in a folder, or, where it is missing, cannot make it; NULL: they can. The folder that it
 * hangs on and what to do are given with it; `variable` is what names another folder. */
const char *folder_closed(struct arena *arena, const char *path, const char *variable, const char **ret_folder,
			  const char **ret_mend);
/* The same of the store and of what BuildX keeps in it. */
const char *store_closed(struct arena *arena, const char *store, const char **ret_folder, const char **ret_mend);
/* For modes that change something: REFUSED, with the command that mends it, when one of the folders is open to others
 * or belongs to another user, or when nothing can be written in the store. Root may work in anybody's; what is missing
 * is nobody's. */
int store_check_access(const char *store, const char *docker_config, struct error *err);
/* For a plan that writes in the Docker configuration: a store may be elsewhere, and that be read-only. */
int docker_config_check_access(const char *docker_config, struct error *err);

#endif
