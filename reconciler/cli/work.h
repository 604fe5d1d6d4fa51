/* One plan on its way, between its two entries in the history: the one that was asked for, or the one that undoes it.
 * Only for the files of this room. */
#ifndef RECONCILE_CLI_WORK_H
#define RECONCILE_CLI_WORK_H

#include "cli/affected.h"
#include "cli/heard.h"
#include "cli/locked.h"
#include "model/result.h"

struct work {
	struct session *session;
	const struct goal *goal;
	const struct plan *plan;
	const struct live *live;  /* that the plan was made from */
	struct affected affected; /* the files that it may touch, as they were before */
	struct change_result *results;
	struct heard *heard; /* the caller's */
	bool interrupted;
};

/* Before anything is touched; fills `affected`. */
int work_begin(struct work *work, const char *verb, struct error *err);
void work_run(struct work *work);
int work_finish(const struct work *work, const char *status, struct error *err);
/* The state whose places are looked at: --gc looks where state files lead, though it wants nothing of what they say. */
const struct state *work_places(const struct work *work);
size_t work_count(const struct work *work, enum change_status status);
const char *work_status(const struct work *work);

#endif
