/* The files of a batch, written beside their places and synced as one before the first of them is put there.
 *
 *	struct staging staging = {.arena = arena};
 *
 *	staging_add(&staging, &target, data, length, 0600);	each of them
 *	staging_sync(&staging, err);				without it none may be put
 *	staging_put(&staging, &target, &put, err);		in place of target_write()
 *	staging_done(&staging);					drops those that were not put
 *
 * A file that cannot be staged is none of it: whoever writes it then fails, and says why. Killed in between, it leaves
 * temporary files, which the next run's sweep removes. */
#ifndef RECONCILE_APPLY_STAGING_H
#define RECONCILE_APPLY_STAGING_H

#include "apply/target_file.h"
#include "base/lookup.h"

struct staged;
struct staging {
	struct arena *arena;
	struct lookup by_path;
	struct staged **files;
	size_t count;
	struct strings staged_in; /* folders */
	struct strings *folders;  /* that files were put in: the caller's to sync */
};

void staging_add(struct staging *staging, const struct target *target, const void *data, size_t length, mode_t mode);
int staging_sync(const struct staging *staging, struct error *err);
/* *ret_put: whether it was staged, and is where it belongs now. */
int staging_put(struct staging *staging, const struct target *target, bool *ret_put, struct error *err);
void staging_done(struct staging *staging);

#endif
