/* A plan as a comment on a pull request: comment.h has the frame, markdown.h what keeps foreign text in its place. */
#ifndef RECONCILE_REPORT_PLAN_MARKDOWN_H
#define RECONCILE_REPORT_PLAN_MARKDOWN_H

#include "report/report.h"

void plan_markdown(const struct plan *plan, const struct report_options *options, struct text *out);

#endif
