/* A plan as annotations of GitHub Actions. */
#ifndef RECONCILE_REPORT_PLAN_GITHUB_H
#define RECONCILE_REPORT_PLAN_GITHUB_H

#include "report/report.h"

void plan_github(const struct plan *plan, const struct report_options *options, struct text *out);

/* One workflow command of GitHub Actions: "::level file=…,line=…,title=…::message"; file and title may be NULL. */
struct annotation {
	const char *level, *file;
	int line, column;
	const char *title;
};
void github_put(struct text *out, const struct annotation *annotation, const char *message);
void github_fault(struct text *out, const struct fault *fault);

#endif
