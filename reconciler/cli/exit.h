/* Exit codes: what each tells, and which one an error's kind means. */
#ifndef RECONCILE_CLI_EXIT_H
#define RECONCILE_CLI_EXIT_H

#include "base/error.h"
#include "base/text_buffer.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_OTHER = 1,
	EXIT_DIFFERENCES = 2,
	EXIT_STALE = 3,
	EXIT_LOCKED = 4,
	EXIT_REFUSED = 5,
	EXIT_PARTIAL = 6,
	EXIT_ROLLED_BACK = 7,
	EXIT_UNREACHABLE = 8,
	EXIT_USAGE = 64,
	EXIT_INVALID = 65,
	EXIT_SIGNAL = 128, /* and the signal's number */
};

int exit_code(enum error_kind kind);

/* For people: one row per code, or per few that tell the same. */
struct exit_meaning {
	const char *codes;   /* "130 and 143" */
	const char *brief;   /* for --help */
	const char *meaning; /* for the manual */
	const char *changed; /* what the run has changed, net */
};

const struct exit_meaning *exit_table(size_t *ret_count);
void exit_help(struct text *out); /* "Exit codes: 0 done, …" */

#endif
