/* Writes and finds the trailers of a record's message, as git-interpret-trailers(1) knows them. */
#include "history/trailer.h"

#include "base/text.h"
#include "history/git.h"

#include <string.h>

void trailer_add(struct text *message, const char *key, const char *value)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	if (!text_empty(value))
		text_printf(message, "%s: %s\n", key, text_printable(arena, value, false));
}

/* Only the last paragraph holds trailers: a subject cannot pose as one. */
static const char *last_paragraph(const char *message)
{
	const char *last = NULL;

	for (const char *at = message; (at = strstr(at, "\n\n")); at++)
		if (at[2] != '\0' && at[2] != '\n')
			last = at + 2;
	return last;
}

const char *trailer_get(struct arena *arena, const char *message, const char *key)
{
	const char *line = message ? last_paragraph(message) : NULL;
	size_t length = strlen(key);

	while (line && *line != '\0') {
		size_t end = strcspn(line, "\n");

		if (end > length + 2 && strncmp(line, key, length) == 0 && strncmp(line + length, ": ", 2) == 0)
			return arena_strndup(arena, line + length + 2, end - length - 2);
		line += end + (line[end] == '\n');
	}
	return NULL;
}
