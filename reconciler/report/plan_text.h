/* A plan for the terminal. */
#ifndef RECONCILE_REPORT_PLAN_TEXT_H
#define RECONCILE_REPORT_PLAN_TEXT_H

#include "report/report.h"

void plan_text(const struct plan *plan, const struct report_options *options, struct text *out);

#endif
