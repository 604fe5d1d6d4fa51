/* Exit codes (DESIGN §4), and which one an error's kind means. */
#ifndef RECONCILE_CLI_EXIT_H
#define RECONCILE_CLI_EXIT_H

#include "base/error.h"

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

#endif
