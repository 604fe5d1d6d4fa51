/* One thread of apply_run(), and what all of them share. Only for apply.c and batch.c. */
#ifndef RECONCILE_APPLY_RUNNER_H
#define RECONCILE_APPLY_RUNNER_H

#include "apply/step.h"

#include <pthread.h>

struct apply_state {
	const struct plan *plan;
	const struct live *live;
	const struct apply_options *options;
	struct change_result *results;
	pthread_mutex_t mutex;	/* next, halted */
	size_t next, end;	/* the changes of this phase that nobody has taken */
	bool halted;		/* begin no further change */
	pthread_mutex_t caller; /* held while the caller's callbacks run */
	struct written *written;
};

/* One thread, and the change that it is at. */
struct runner {
	struct apply_state *run;
	struct execution steps;
	const struct change *change;
	const struct step *step;
	struct change_result *result;
	int64_t start;
};

/* Tells the caller; elapsed is since `start`. */
void runner_notify(struct runner *runner, enum apply_event_kind kind, const char *line);
/* On disk before it is shown, let alone done; `more`: with the entry that follows at once. */
int runner_journal(struct runner *runner, enum apply_event_kind kind, bool more, struct error *err);
/* Begin no further change. */
void runner_halt(struct apply_state *run);

/* Changes that are one file's removal or writing each depend on nothing, and nothing on them: taken BATCH_MAX at a
 * time, the intents of all of them are synced as one, then what they write, their folders, and their outcomes
 * (batch.c). */
enum { BATCH_MAX = 64 };
struct batch {
	const struct change *changes[BATCH_MAX];
	struct change_result *results[BATCH_MAX];
	size_t count;
};
bool is_batchable(const struct change *change);
void do_batch(struct runner *runner, const struct batch *batch);

#endif
