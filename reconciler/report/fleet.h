/* The hosts of a fleet as a table: those that want somebody to look first. */
#ifndef RECONCILE_REPORT_FLEET_H
#define RECONCILE_REPORT_FLEET_H

#include "model/fleet.h"
#include "report/report.h"

#include <stdbool.h>

struct fleet_report {
	const struct fleet *fleet;
	int64_t silent_after; /* seconds; a host that was not heard of for longer is silent */
};

/* Whether all is well: every host in sync, nothing held, nobody silent, everything readable. */
bool fleet_is_well(const struct fleet_report *report, time_t now);
void report_fleet(const struct fleet_report *report, const struct report_options *options, struct text *out);

#endif
