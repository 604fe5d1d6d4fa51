/* What the exit codes mean, and which one an error's kind means, as tables. */
#include "cli/exit.h"

#include "base/count.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

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
	[ERROR_WARNING] = EXIT_SUCCESS,
};

int exit_code(enum error_kind kind)
{
	return kind < COUNT(codes) ? codes[kind] : EXIT_OTHER;
}

static const struct exit_meaning meanings[] = {
	{"0", "done", "done; for `--plan` with changes too, unless `--detailed-exitcode`", ""},
	{"1", "failed", "another failure", "as reported"},
	{"2", "differences (--check, --detailed-exitcode)", "something differs (`--check`, `--detailed-exitcode`)",
	 "nothing"},
	{"3", "the saved plan is stale", "the saved plan is stale: what lives here changed since it was made",
	 "nothing"},
	{"4", "locked by another run", "locked by another run; says by whose", "nothing"},
	{"5", "refused",
	 "refused: protected, over `--max-remove`, a state that was rolled back, builds that did not end in time, or a "
	 "folder that others may write",
	 "nothing"},
	{"6", "partly applied", "partly applied; says what is done, what is not, and the command that goes on",
	 "what it says"},
	{"7", "failed and rolled back", "failed and rolled back, verified by observing again", "nothing, net"},
	{"8", "something needed could not be reached",
	 "something needed could not be reached, for the plan or to verify what was done; says what and why",
	 "what it says"},
	{"64", "usage", "the command line is wrong", "nothing"},
	{"65", "invalid state file", "a state file is invalid or missing", "nothing"},
	{"130 and 143", "interrupted", "interrupted by SIGINT or SIGTERM; the record is kept and the next run goes on",
	 "what it says"},
};

const struct exit_meaning *exit_table(size_t *ret_count)
{
	*ret_count = COUNT(meanings);
	return meanings;
}

void exit_help(struct text *out)
{
	enum { COLUMNS = 80 };
	size_t column = strlen("Exit codes:"), count = COUNT(meanings);

	text_puts(out, "Exit codes:");
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(meanings[i].codes) + strlen(meanings[i].brief) + 2;
		bool fits = column + 1 + length <= COLUMNS;

		text_printf(out, "%s%s %s%s", fits ? " " : "\n", meanings[i].codes, meanings[i].brief,
			    i + 1 < count ? "," : ".\n");
		column = fits ? column + 1 + length : length;
	}
}
