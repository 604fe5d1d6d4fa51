/* The forms of a plan that report_plan() chooses from; inside report/ only. */
#ifndef RECONCILE_REPORT_PLAN_FORMS_H
#define RECONCILE_REPORT_PLAN_FORMS_H

#include "report/report.h"

#include "base/text_buffer.h"

void plan_text(const struct plan *plan, const struct report_options *options, struct text *out);
void plan_markdown(const struct plan *plan, const struct report_options *options, struct text *out);
void plan_github(const struct plan *plan, const struct report_options *options, struct text *out);

/* Escaped for Markdown: `code` for what goes into <code>…</code>, else for running text. Text is printable already. */
void markdown_put(struct text *out, const char *text, bool code);
/* One workflow command of GitHub Actions: "::level file=…,line=…,title=…::message"; file and title may be NULL. */
struct annotation {
	const char *level, *file;
	int line, column;
	const char *title;
};
void github_put(struct text *out, const struct annotation *annotation, const char *message);
void github_fault(struct text *out, const struct fault *fault);

#endif
