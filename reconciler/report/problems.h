/* Errors, with the place that they are about. */
#ifndef RECONCILE_REPORT_PROBLEMS_H
#define RECONCILE_REPORT_PROBLEMS_H

#include "base/error.h"
#include "report/report.h"

/* file:line:column: message, the line, a caret, the hint; for one error without a place: "reconcile: message". */
void report_problem(const struct error *problem, const struct report_options *options, struct text *out);
void report_problems(const struct diagnostics *problems, const struct report_options *options, struct text *out);
/* Of files without any; `words` say so: "OK: 2 builders in 1 file". With -q text is nothing, warnings included. */
void report_no_problems(const char *words, const struct strings *files, const struct diagnostics *warnings,
			const struct report_options *options, struct text *out);

#endif
