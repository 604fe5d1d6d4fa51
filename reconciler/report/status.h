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
#include "report/style.h"

struct status {
	const struct live *live;
	const struct state *desired;
	const struct plan *plan;
	const struct strings *only;    /* these builders; empty: all */
	const struct strings *damages; /* of the history */
	bool drifted;		       /* what differs was changed outside: it was as asked */
	bool unasked;		       /* no state file says what is asked for */
};

/* The words of one row, as others write them: not printable yet. */
const char *status_of_builder(const struct status *status, struct arena *arena, const char *name,
			      enum style *ret_style);
const char *status_of_node(struct arena *arena, const struct live_node *node);
/* "3 hours ago", a time where `now` is 0; "": nobody knows. */
const char *status_last_used(struct arena *arena, const struct live_builder *builder, time_t now);

void report_status(const struct status *status, const struct report_options *options, struct text *out);

#endif
