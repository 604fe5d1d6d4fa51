/* A report in every form that was asked for, from the same data: printed in one (--format), saved in others
 * (--json-into FILE, --markdown-into FILE …), and in a job of GitHub's (--format github) appended to the step's summary
 * as Markdown.
 *
 *     code = publish(session, write_faults, &session->live->faults);
 *
 * main() ends with publish_end(): a run that came to no report has its errors as the report, so that a comment says why
 * there is none, and JSON is never empty; and GitHub is told the step's outputs. */
#ifndef RECONCILE_CLI_PUBLISH_H
#define RECONCILE_CLI_PUBLISH_H

#include "cli/session.h"

typedef void report_writer(const void *what, const struct report_options *options, struct text *out);

/* What is kept between the reports of a run; session->published. */
struct published {
	bool done;
	const char *summary; /* one line, printable; NULL: that of the plan */
	const char *seen;    /* the outputs that tell of builders, as those were seen last; NULL: not yet */
	struct diagnostics failures;
	struct live *after;		     /* after something was done; NULL: nothing was */
	const struct change_result *results; /* of session->plan; NULL: nothing was carried out */
	const char *note;		     /* what became of a failed apply; NULL */
};

/* Where it runs and what for: marker, host, paths. */
void publish_init(struct session *session);
/* 0 or an exit code. */
int publish(const struct session *session, report_writer *write, const void *what);
/* On stdout alone, for more will follow; nothing where the form is one document. */
int publish_first(const struct session *session, report_writer *write, const void *what);
int publish_plans(const struct session *session, const struct machine_plans *plans);
int publish_plan(const struct session *session, const struct plan *plan);
/* One that is carried out next. */
int publish_plan_first(const struct session *session, const struct plan *plan);
/* The exit code, which may be another when something could not be written. */
int publish_end(struct session *session, int code);

#endif
