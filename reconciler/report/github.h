/* Remarks as workflow commands of GitHub Actions: "::warning file=…,line=…,title=…::message".
 *
 * GitHub shows ten annotations of a kind for each step (docs.github.com, "Workflow commands", limits) and drops the
 * rest without a word: the summary is the first, ten of a kind are never exceeded, and what is over stands in the log
 * below a heading that folds. Escapes are those of actions/toolkit packages/core/src/command.ts. */
#ifndef RECONCILE_REPORT_GITHUB_H
#define RECONCILE_REPORT_GITHUB_H

#include "report/remark.h"

void remarks_github(const struct remarks *remarks, struct text *out);
/* Lines that fold in the log; title and lines are printable. */
void github_group(struct text *out, const char *title, const char *lines);

#endif
