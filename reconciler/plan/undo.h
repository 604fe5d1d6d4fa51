/* Undoing what a failed apply began: the steps that were begun, in reverse, to what was observed before. Pure.
 *
 * The state file and the instance file have no say in it: what was never begun is not touched, and what somebody had
 * changed by hand is as it was, unless a step removed what bore it. plan/touched.c has the table of what each kind of
 * step touches.
 *
 *     if (undo_is_needed(plan, results))       else nothing was changed, and nothing has to be looked at
 *         observe again: `now`
 *         plan = undo_plan(&request)           NULL: all is as it was before
 *         ... apply it, observe again: `now` ...
 *         undo_compare(&request, arena, &outcome)
 */
#ifndef RECONCILE_PLAN_UNDO_H
#define RECONCILE_PLAN_UNDO_H

#include "model/plan.h"
#include "model/result.h"

/* The files that the failed plan may touch, at one time (cli/affected.h). */
struct undo_files {
	const struct store_file *items;
	size_t count;
};

struct undo_request {
	const struct plan *plan; /* that failed */
	const struct change_result *results;
	const struct live *before; /* that it was made from */
	const struct live *now;	   /* has to tell of the Engines of `before`, too */
	struct undo_files files_before, files_now;
	const char *subject; /* "roll back 4f2a1b9" */
	int64_t serial;
};

/* What came of it: clauses for people, safe to print but for control characters. */
struct undo_outcome {
	struct strings
		compared;      /* "2 files", "1 container": what was held against what was there, or was not, before */
	struct strings remade; /* made anew, and yet as before: another id, the same settings */
	struct strings differ; /* not as before, and why */
};

/* Whether a failed change began a step that may have changed something. */
bool undo_is_needed(const struct plan *plan, const struct change_result *results);
/* NULL when there is nothing to do; to be freed with plan_free(). */
struct plan *undo_plan(const struct undo_request *request);
/* Holds everything that the begun steps touched against what was there before. */
void undo_compare(const struct undo_request *request, struct arena *arena, struct undo_outcome *ret_outcome);

#endif
