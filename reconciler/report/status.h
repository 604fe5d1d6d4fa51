/* Builders and their nodes as a table: what each is, where, how full, when used last, and whether it is as asked.
 *
 * JSON, for scripts:
 *
 *     {"builders": [{"name", "driver", "selected", "drift", "pending_action", "reason", "state", "last_used",
 *                    "nodes": [{"name", "endpoint", "state", "reason", "buildkit", "platforms": […],
 *                               "cache": {"used", "limit"}, "builds": [{"name", "started"}]}]}],
 *      "retained": [{"volume", "engine", "until", "size", "reason"}],
 *      "held": why --apply refuses the desired state, as a sentence, or null}
 *
 * Sizes in bytes, times RFC 3339; null is what nobody asked for or what has no answer. */
#ifndef RECONCILE_REPORT_STATUS_H
#define RECONCILE_REPORT_STATUS_H

#include "model/plan.h"
#include "report/report.h"

struct status {
	const struct live *live;
	const struct state *desired;
	const struct plan *plan;
	const struct strings *only;    /* these builders; empty: all */
	const struct strings *damages; /* of the history */
	bool drifted;		       /* what differs was changed outside: it was as asked */
	bool unasked;		       /* no state file says what is asked for */
};

void report_status(const struct status *status, const struct report_options *options, struct text *out);

#endif
