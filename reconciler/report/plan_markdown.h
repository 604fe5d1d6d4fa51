/* A plan as a comment on a pull request. */
#ifndef RECONCILE_REPORT_PLAN_MARKDOWN_H
#define RECONCILE_REPORT_PLAN_MARKDOWN_H

#include "report/report.h"

void plan_markdown(const struct plan *plan, const struct report_options *options, struct text *out);

/* Escaped for Markdown: `code` for what goes into <code>…</code>, else for running text. Text is printable already. */
void markdown_put(struct text *out, const char *text, bool code);

#endif
