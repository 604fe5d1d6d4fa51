/* What every report of this room is told: plans (plan.h), outcomes (result.h), faults (faults.h), records (records.h)
 * and problems (problems.h) become text, JSON, Markdown or GitHub annotations at the end of a text.
 *
 * Every foreign string goes through text_printable(). Nothing here looks at a terminal, a clock or the environment: the
 * caller says whether there is colour and what time it is. */
#ifndef RECONCILE_REPORT_REPORT_H
#define RECONCILE_REPORT_REPORT_H

#include "base/text_buffer.h"
#include "model/plan.h"

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

#endif
