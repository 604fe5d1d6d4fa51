/* One plan with its outcome, as the history keeps it: a commit. Texts live in the arena that history_list() or
 * history_find() was given. */
#ifndef RECONCILE_MODEL_RECORD_H
#define RECONCILE_MODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct record {
	const char *id; /* 40 hex digits */
	const char *subject, *plan_id, *status, *store, *host, *user, *desired_digest;
	const char *state_commit; /* of the repository that held the state files; NULL */
	time_t began, when;
	bool of_other_store; /* of this history; `store` says which */
};
struct records {
	struct record *items; /* newest first */
	size_t count;
};

#endif
