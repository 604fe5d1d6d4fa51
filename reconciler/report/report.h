/* What every report of this room is told: plans (plan.h), outcomes (result.h), faults (faults.h), records (records.h)
 * and problems (problems.h) become text, JSON, Markdown, GitHub annotations or GitLab issues at the end of a text.
 *
 * Every foreign string goes through text_printable(). Nothing here looks at a terminal, a clock or the environment: the
 * caller says whether there is colour and what time it is. */
#ifndef RECONCILE_REPORT_REPORT_H
#define RECONCILE_REPORT_REPORT_H

#include "base/text_buffer.h"
#include "model/plan.h"
#include "report/layout.h"

#include <time.h>

enum report_format { FORMAT_TEXT = 0, FORMAT_JSON, FORMAT_MARKDOWN, FORMAT_GITHUB, FORMAT_GITLAB, FORMAT_COUNT };

struct report_options {
	enum report_format format;
	bool color;
	bool verbose; /* -v: steps too */
	bool quiet;
	struct layout layout; /* of FORMAT_TEXT; the caller lays out what it was given */
	const char *store;    /* the BuildX store as people read it, for the head of a plan; NULL: left out */
	time_t now;	      /* for the age of what is left over; 0: ages are left out */
	const char *marker;   /* of a comment: what a bot finds the one before it by; NULL: none */
	const char *host;     /* where what lives was looked at; NULL: nobody says */
	const char *again;    /* the command that prints all of it as text; NULL: "reconcile --plan" */
	size_t limit;	      /* bytes of Markdown; 0: what a comment may have */
	/* For the paths of annotations: the root of the repository and the working folder, absolute; NULL: none. */
	const char *root, *folder;
	const char *state_file; /* where GitLab is told what is in no file; NULL: the usual one */
	bool drift;		/* --check: a difference is an error */
	bool goes_on;		/* this plan is carried out next: its annotations leave room for those of the outcome */
	const char *held;	/* why --apply refuses this state; NULL: it does not */
	const char *note;	/* after a failed apply, before the command that goes on: what became of it; NULL */
	const char *command; /* the command that goes on after a failed apply; NULL: made from the plan's state files */
};

#endif
