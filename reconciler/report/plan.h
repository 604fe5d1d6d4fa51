/* A plan as people and programs read it. */
#ifndef RECONCILE_REPORT_PLAN_H
#define RECONCILE_REPORT_PLAN_H

#include "report/report.h"

/* In the form that the options ask for. */
void report_plan(const struct plan *plan, const struct report_options *options, struct text *out);

#endif
