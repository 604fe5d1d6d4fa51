/* Writes records: begun before anything is touched, finished as one commit on main. A pending ref that is found later
 * is a run that died, and is concluded as a record with Status: interrupted. */
#ifndef RECONCILE_HISTORY_RECORD_H
#define RECONCILE_HISTORY_RECORD_H

#include "base/error.h"
#include "base/text.h"
#include "model/live.h"

struct history;

struct record_content {
	const char *plan_id, *store, *subject; /* subject: "apply: create ci, replace arm" */
	const char *state_commit;	       /* of the repository that holds the state files; NULL */
	const char *body;		       /* the plan as text, for plain git log; NULL */
	const char *plan_json, *desired_yaml, *live_json, *report_md;
	const char *desired_digest;
	/* Every file that the plan may touch, existing or not (not: restored by removal). */
	const struct store_file *raw;
	size_t raw_count;
};
int history_begin(struct history *history, const struct record_content *content, struct error *err);
/* status: "applied", "partial", "failed", "rolled-back", "interrupted",
 * "unverified": done, and what came of it could not be observed. */
/* `output`: what BuildX and the Engine said; "" or NULL: nothing. */
/* outcome: what became of it as text, before the plan in the message; NULL. */
int history_finish(struct history *history, const char *plan_id, const char *status, const char *outcome,
		   const char *result_json, const char *output, struct error *err);
/* Makes records of pending runs that died. ret_stories says of each what it was and where it was cut off, in the arena.
 * Call it with the run lock held. */
int history_recover(struct history *history, struct arena *arena, struct strings *ret_stories, struct error *err);

#endif
