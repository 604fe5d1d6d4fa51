/* Remarks as GitLab's code quality report: a JSON list of issues, for `artifacts: reports: codequality`.
 *
 * Members and severities are those of docs.gitlab.com, "Code Quality", "Code Quality report format": a merge request
 * shows what the report of its branch has and that of its target has not, told apart by fingerprint. So a fingerprint
 * is of what is said, and of neither line nor order. */
#ifndef RECONCILE_REPORT_GITLAB_H
#define RECONCILE_REPORT_GITLAB_H

#include "report/remark.h"

void remarks_gitlab(const struct remarks *remarks, struct text *out);

#endif
