/* The modes as a table. */
#include "cli/modes.h"
#include "base/text.h"

enum { ANY = 1000 };

static const struct mode modes[MODE_COUNT] = {
	{MODE_PLAN, "plan", "", 0, "compare, print the plan, change nothing (the default)", mode_plan},
	{MODE_APPLY, "apply", "[PLAN]", 1, "plan now and apply, or apply exactly the saved PLAN, or refuse",
	 mode_apply},
	{MODE_CHECK, "check", "", 0, "compare as --plan does, and exit 2 when anything differs", mode_check},
	{MODE_STATUS, "status", "", 0, "show a line per builder: drift, what is pending, health", mode_status},
	{MODE_VALIDATE, "validate", "", 0, "read the state files only; needs no Docker", mode_validate},
	{MODE_RESET, "reset", "NAME…|--all", ANY, "give these builders fresh state: a clean reinstallation",
	 mode_reset},
	{MODE_ROLLBACK, "rollback", "[REV]", 1, "bring back the state before REV (default: the last record)",
	 mode_rollback},
	{MODE_HISTORY, "history", "", 0, "list the records, newest first", mode_history},
	{MODE_SHOW, "show", "[REV|PLAN]", 1, "show one record or saved plan, stale ones too", mode_show},
	{MODE_IMPORT, "import", "[NAME…]", ANY, "print a state file for builders that live here", mode_import},
	{MODE_DOCTOR, "doctor", "", 0, "list every fault found, each with cause and mend; changes nothing",
	 mode_doctor},
	{MODE_SNAPSHOT, "snapshot", "", 0, "print the live state as JSON, redacted, for planning elsewhere",
	 mode_snapshot},
	{MODE_GC, "gc", "", 0, "remove retained volumes whose time is past, and what runs that died left over",
	 mode_gc},
	{MODE_SCHEMA, "schema", "[WHAT]", 1,
	 "print the JSON schema of state files (state), their reference, or the faults", mode_schema},
	{MODE_VERSION, "version", "", 0, "print the version", mode_version},
	{MODE_HELP, "help", "[MODE]", 1, "print help, of one mode with its options", mode_help},
};

const struct mode *mode_get(enum mode_id id)
{
	return &modes[id];
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
