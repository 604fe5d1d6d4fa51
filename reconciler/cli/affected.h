/* The files that a plan may touch, with their bytes as they are now: what a record needs to bring them back. */
#ifndef RECONCILE_CLI_AFFECTED_H
#define RECONCILE_CLI_AFFECTED_H

#include "model/plan.h"

struct affected {
	struct store_file *items; /* each path once; a file that is not there has exists false */
	size_t count;
};

/* Bytes come from the observation where it has them, else from the disk. What is no readable file (a folder, root's
 * own) has readable false: it is set aside by renaming and has no bytes to keep. */
void affected_collect(const struct plan *plan, const struct live *live, struct arena *arena,
		      struct affected *ret_touched);
/* The same paths as they are by then. */
void affected_again(const struct affected *before, const struct live *live, struct arena *arena,
		    struct affected *ret_now);

/* What a step would be refused for, by where its file leads, is said before the first step. */
int affected_check(const struct affected *affected, const struct live *live, struct error *err);

#endif
