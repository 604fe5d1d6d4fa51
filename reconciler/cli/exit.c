/* Which exit code an error's kind means, as a table. */
#include "cli/exit.h"

#include <signal.h>

static const int codes[] = {
	[ERROR_OTHER] = EXIT_OTHER,
	[ERROR_USAGE] = EXIT_USAGE,
	[ERROR_INVALID] = EXIT_INVALID,
	[ERROR_UNREACHABLE] = EXIT_UNREACHABLE,
	[ERROR_NOT_FOUND] = EXIT_OTHER,
	[ERROR_EXISTS] = EXIT_OTHER,
	[ERROR_LOCKED] = EXIT_LOCKED,
	[ERROR_STALE] = EXIT_STALE,
	[ERROR_REFUSED] = EXIT_REFUSED,
	[ERROR_CORRUPT] = EXIT_OTHER,
	[ERROR_INTERRUPTED] = EXIT_SIGNAL + SIGINT,
};

int exit_code(enum error_kind kind)
{
	return kind < sizeof(codes) / sizeof(codes[0]) ? codes[kind] : EXIT_OTHER;
}
