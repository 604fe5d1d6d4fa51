/* Plans, records and problems -> text, JSON, Markdown, GitHub annotations. Every foreign string goes through
 * text_printable(); colour is asked for by the caller. */
#ifndef RECONCILE_REPORT_REPORT_H
#define RECONCILE_REPORT_REPORT_H

#include "base/error.h"
#include "base/text_buffer.h"
#include "model/plan.h"
#include "model/record.h"
#include "model/result.h"

#include <cjson/cJSON.h>
#include <time.h>

enum report_format { FORMAT_TEXT = 0, FORMAT_JSON, FORMAT_MARKDOWN, FORMAT_GITHUB };

struct report_options {
	enum report_format format;
	bool color;
	bool verbose; /* -v: steps too */
	bool quiet;
	const char *store;   /* the BuildX store as people read it, for the head of a plan; NULL: left out */
	time_t now;	     /* for the age of what is left over; 0: ages are left out */
	const char *note;    /* after a failed apply, before the command that goes on: what became of it; NULL */
	const char *command; /* the command that goes on after a failed apply; NULL: made from the plan's state files */
};

void report_plan(const struct plan *plan, const struct report_options *options, struct text *out);
void report_faults(const struct faults *faults, const struct report_options *options, struct text *out);
void report_records(const struct records *records, const struct report_options *options, struct text *out);
/* file:line:column: message, the line, a caret, the hint; for one error without a place: "reconcile: message". */
void report_problem(const struct error *problem, const struct report_options *options, struct text *out);
void report_problems(const struct diagnostics *problems, const struct report_options *options, struct text *out);
/* After an apply: what is done, what is not and why, and the command that goes on. */
void report_result(const struct plan *plan, const struct change_result *results, const struct report_options *options,
		   struct text *out);
/* result.json of a record. */
cJSON *report_result_json(const struct plan *plan, const struct change_result *results, const char *status);

#endif
