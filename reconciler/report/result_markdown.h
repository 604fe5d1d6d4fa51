/* The outcome of an apply as a comment (comment.h). */
#ifndef RECONCILE_REPORT_RESULT_MARKDOWN_H
#define RECONCILE_REPORT_RESULT_MARKDOWN_H

#include "model/result.h"
#include "report/report.h"

void result_markdown(const struct plan *plan, const struct change_result *results, const struct report_options *options,
		     struct text *out);

#endif
