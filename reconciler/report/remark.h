/* What a CI server shows beside the lines of a file: one list of remarks, made once of a plan, an outcome, faults or
 * problems, and printed as GitHub's workflow commands (github.h) or as GitLab's code quality report (gitlab.h).
 *
 *     struct remarks remarks = {.arena = arena, .options = options};
 *     remarks_of_plan(&remarks, plan);
 *     text_puts(&remarks.summary, "…");
 *     remarks_print(&remarks, out);
 *     text_done(&remarks.summary);
 *
 * Texts are printable, messages of several lines. Files are as reports say them; place_shown() makes them relative to
 * the repository when they are printed. */
#ifndef RECONCILE_REPORT_REMARK_H
#define RECONCILE_REPORT_REMARK_H

#include "model/result.h"
#include "report/report.h"

#include <stdbool.h>

enum level { LEVEL_NOTICE = 0, LEVEL_WARNING, LEVEL_ERROR, LEVEL_COUNT };

struct remark {
	enum level level;
	const char *check; /* what kind it is, one word: "replace", "fault", "not-applied" */
	struct source source;
	const char *title, *message;
	const char *identity; /* what it is about and what of it, without lines and counts: the same in the next run */
};

struct remarks {
	struct arena *arena;
	const struct report_options *options;
	struct remark *items;
	size_t count;
	enum level summary_level;
	struct text summary; /* one line, said first */
};

/* The copy is the list's; its message is of the arena. */
void remarks_add(struct remarks *remarks, const struct remark *remark);
void remarks_of_plan(struct remarks *remarks, const struct plan *plan);
void remarks_of_result(struct remarks *remarks, const struct plan *plan, const struct change_result *results);
void remarks_of_faults(struct remarks *remarks, const struct faults *faults);
void remark_of_fault(struct remarks *remarks, const struct fault *fault);
void remarks_of_problems(struct remarks *remarks, const struct diagnostics *problems);
/* In the format that the options ask for, FORMAT_GITHUB or FORMAT_GITLAB; the worst first. */
void remarks_print(struct remarks *remarks, struct text *out);
void remarks_done(struct remarks *remarks);

#endif
