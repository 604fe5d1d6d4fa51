/* The command line as a struct, filled by a table of options; --help is printed from the same table.
 *
 * Long options take their value after = or as the next argument, short ones joined or as the next argument; "--" ends
 * options. Texts point into argv. */
#ifndef RECONCILE_CLI_OPTIONS_H
#define RECONCILE_CLI_OPTIONS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "base/text_buffer.h"
#include "cli/modes.h"
#include "report/report.h"

#include <stdbool.h>

enum failure_policy { FAILURE_ROLLBACK = 0, FAILURE_STOP, FAILURE_CONTINUE };
enum color_choice { COLOR_AUTO = 0, COLOR_ALWAYS, COLOR_NEVER };

struct options {
	enum mode_id mode;
	struct strings operands, files;
	struct strings allowed_paths, variables; /* --allow-path, --env */
	struct strings adopt, only;		 /* --adopt, --only */
	struct strings live;			 /* --live */
	struct strings reports;			 /* --report */
	const char *out, *against, *history_dir, *push, *from_action, *from_script;
	const char *into[FORMAT_COUNT];					 /* --json-into … */
	int format;							 /* enum report_format */
	int color;							 /* enum color_choice */
	int on_failure;							 /* enum failure_policy */
	long timeout, boot_timeout, drain_timeout, retain, silent_after; /* seconds */
	long lock_timeout;						 /* seconds; -1: not said */
	long parallel, max_remove;					 /* max_remove -1: no bound */
	bool yes, detailed_exitcode, no_probe, allow_protected, override_hold, all, cache_only, force, no_retain, quiet,
		verbose, help, untrusted, log, new_history;
	const char *program;	   /* argv[0]: "reconcile", "docker reconcile" */
	const char *plain_command; /* that without formats and files to save: what prints the report as text */
	const char *command; /* the command line again, shell-quoted, without a saved plan: to go on after a failure */
};

/* ERROR_USAGE with a hint, what is wrong in one line. ret_options is filled as far as it went also on failure, so that
 * --color counts for the message. */
int options_parse(struct arena *arena, int argc, char *const *argv, struct options *ret_options, struct error *err);

/* A line that is still being typed, for completion. */
struct option;
struct typed {
	struct options options;	   /* as far as they were said; no defaults */
	const struct mode *mode;   /* NULL: not said yet, or misspelt */
	const struct option *open; /* the next word is this one's value; NULL: of none */
	const bool *given;	   /* of each row of the table of options */
	bool ended;		   /* "--" was said */
};

/* Whatever is wrong with the line is passed over. argv has no program's name, and not the word at the cursor. */
void options_read_typed(struct arena *arena, int argc, char *const *argv, struct typed *ret_typed);

#endif
