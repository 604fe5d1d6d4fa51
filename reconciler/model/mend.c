/* What a mend says to run, and what to write into the state file. */
#include "model/fault.h"

#include <string.h>

/* What stands between the backquotes that follow `lead`; those inside a quoted word of a shell do not end it. */
static const char *code_after(struct arena *arena, const char *text, const char *lead)
{
	const char *start = text ? strstr(text, lead) : NULL, *end;
	bool quoted = false;

	if (!start)
		return NULL;
	start += strlen(lead);
	for (end = start; *end != '\0' && (quoted || *end != '`'); end++)
		if (!quoted && *end == '\\' && end[1] != '\0')
			end++;
		else if (*end == '\'')
			quoted = !quoted;
	return *end == '\0' ? NULL : arena_strndup(arena, start, (size_t)(end - start));
}

const char *fault_command(struct arena *arena, const struct fault *fault)
{
	return code_after(arena, fault->mend, "run `");
}

const char *fault_line(struct arena *arena, const struct fault *fault)
{
	return code_after(arena, fault->mend, "write `");
}
