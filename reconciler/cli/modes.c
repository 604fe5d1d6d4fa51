/* The modes as a table. */
#include "cli/modes.h"

#include "base/text.h"

enum { ANY = 1000 };

static const struct mode modes[MODE_COUNT] = {
	{MODE_PLAN, "plan", "", 0, "compare, print the plan, change nothing (the default)",
	 "With `-o` the plan is saved, to be reviewed and then applied exactly.", mode_plan},
	{MODE_APPLY, "apply", "[PLAN]", 1, "plan and apply, or apply exactly the saved PLAN",
	 "Shows the plan and asks; without a terminal it wants `--yes`. Records plan and former state before anything "
	 "is touched, and observes again afterwards: what does not match then has failed, and is brought back as it "
	 "was. Of a saved *PLAN*, what is done already is left out; what is neither as planned nor done makes the "
	 "plan stale, and nothing is changed. Without a state file it repairs what is broken, and nothing else.",
	 mode_apply},
	{MODE_CHECK, "check", "", 0, "compare as --plan does, and exit 2 when anything differs",
	 "For CI and for timers. What could not be observed is exit 8 where it stands in the way of a change.",
	 mode_check},
	{MODE_STATUS, "status", "", 0, "show a line per builder: drift, what is pending, health",
	 "Also which volumes are retained, and until when.", mode_status},
	{MODE_VALIDATE, "validate", "", 0, "read the state files only; needs no Docker",
	 "Prints every mistake in one run, each with its place, the line and a caret.", mode_validate},
	{MODE_RESET, "reset", "NAME…|--all", ANY, "give these builders fresh state: a clean reinstallation",
	 "The next generation of each node is booted and tried beside the one that builds; the builder is switched "
	 "over in one rename; the old node goes when its builds have ended, and its volume is retained.",
	 mode_reset},
	{MODE_ROLLBACK, "rollback", "[REV]", 1, "bring back the state before REV (or the last record)",
	 "Undoes that record and all later ones, as a plan that is shown like any other. *REV* is what `--history` "
	 "prints, or what git makes of it: `HEAD~2`. The state that was rolled back is held: `--apply` refuses it "
	 "until the state file changes, or with `--override-hold`.",
	 mode_rollback},
	{MODE_HISTORY, "history", "", 0, "list the records, newest first",
	 "With `--push REMOTE` they are sent there, too.", mode_history},
	{MODE_FLEET, "fleet", "REMOTE", 1, "show the hosts that push their records to a git remote",
	 "One line each: drift, last record, and when it was heard of; those that want to be looked at come first. "
	 "*REMOTE* is what `--push` takes: `https://HOST/PATH`, `ssh://USER@HOST/PATH`, `USER@HOST:PATH`, or the path "
	 "of "
	 "a bare repository. Needs no Docker and no state file.",
	 mode_fleet},
	{MODE_SHOW, "show", "[REV|PLAN]", 1, "show one record or saved plan, stale ones too", NULL, mode_show},
	{MODE_IMPORT, "import", "[NAME…]", ANY, "print a state file for builders that live here",
	 "Damaged builders are left out and named, and so is what a state file cannot say. With `-o` the certificates "
	 "that "
	 "the builders' configuration names are written beside the file.",
	 mode_import},
	{MODE_DOCTOR, "doctor", "", 0, "list every fault, with its cause and what mends it",
	 "Needs no state file; with `-f` the Engines and builders that it names are asked too. The faults are those of "
	 "reconcile-faults(7).",
	 mode_doctor},
	{MODE_SNAPSHOT, "snapshot", "", 0, "print what lives here as JSON, for planning elsewhere",
	 "For `--live`. With `-f` the Engines that the state file names are asked too, so that a plan made from it is "
	 "complete.",
	 mode_snapshot},
	{MODE_GC, "gc", "", 0, "remove retained volumes whose time is past",
	 "Also what runs that died left over; only what this store noted before it let go of it, and in clusters what "
	 "any "
	 "store marked with a time that is past. Needs no state file; with `-f` the clusters that it names are looked "
	 "at too.",
	 mode_gc},
	{MODE_SCHEMA, "schema", "[WHAT]", 1, "print the schema of state files, or a page of the manual",
	 "*WHAT* is `state` (the default: JSON Schema, for editors), `command`, `reference` or `faults` (the manual in "
	 "Markdown), or a man page by its name, such as `reconcile.1`.",
	 mode_schema},
	{MODE_COMPLETION, "completion", "SHELL", ANY, "print the completion for bash, zsh or fish",
	 "`make install` and the packages put it where the shell looks. Elsewhere: `eval \"$(reconcile --completion "
	 "bash)\"`, "
	 "`source <(reconcile --completion zsh)`, `reconcile --completion fish | source`. The script asks "
	 "`reconcile --completion` *SHELL* `--` *WORD*… at each Tab, which prints what the last word may become, one a "
	 "line: modes, options, builders, revisions; it asks no Engine.",
	 mode_completion},
	{MODE_VERSION, "version", "", 0, "print the version", NULL, mode_version},
	{MODE_HELP, "help", "[MODE]", 1, "print help, of one mode with its options", NULL, mode_help},
};

const struct mode *mode_get(enum mode_id id)
{
	return &modes[id];
}

bool mode_acts(enum mode_id id)
{
	return id == MODE_APPLY || id == MODE_RESET || id == MODE_ROLLBACK || id == MODE_GC;
}

bool mode_reports(enum mode_id id)
{
	return id != MODE_SCHEMA && id != MODE_COMPLETION && id != MODE_VERSION && id != MODE_HELP;
}

const struct mode *mode_find(const char *name)
{
	for (size_t i = 0; i < MODE_COUNT; i++)
		if (text_equal(modes[i].name, name))
			return &modes[i];
	return NULL;
}

const char *mode_nearest(const char *name)
{
	const char *names[MODE_COUNT];

	for (size_t i = 0; i < MODE_COUNT; i++)
		names[i] = modes[i].name;
	return text_nearest(name, names, MODE_COUNT);
}
