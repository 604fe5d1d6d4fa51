/* Plans of several machines for the same state files as one report, with a part for each: what --live of several
 * snapshots gives. */
#ifndef RECONCILE_REPORT_PLANS_H
#define RECONCILE_REPORT_PLANS_H

#include "report/report.h"

struct machine_plan {
	struct plan *plan;
	const char *file;  /* the snapshot */
	const char *store; /* as of struct report_options */
};

struct machine_plans {
	struct machine_plan *items;
	size_t count;
};

/* One plan is as report_plan() has it. Of more, JSON is a list of plans, each with its host in `taken`, and Markdown is
 * one comment. */
void report_plans(const struct machine_plans *plans, const struct report_options *options, struct text *out);
/* "3 machines: 1 to be changed, 1 incomplete, 1 as it should be." */
void plans_summary(const struct machine_plans *plans, struct text *out);

#endif
