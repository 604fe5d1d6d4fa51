/* Quotes words for a shell. */
#include "base/shell.h"

#include "base/text.h"
#include "base/text_buffer.h"

#include <string.h>

/* Bytes that may not be shown, or that a terminal would take for something else, go as \xNN. */
static void put_escaped(struct text *out, const char *word)
{
	text_puts(out, "$'");
	for (; *word != '\0'; word++) {
		unsigned char byte = (unsigned char)*word;

		if (byte >= 0x20 && byte < 0x7f && byte != '\'' && byte != '\\')
			text_append(out, word, 1);
		else
			text_printf(out, "\\x%02x", byte);
	}
	text_puts(out, "'");
}

static void put_quoted(struct text *out, const char *word)
{
	text_puts(out, "'");
	for (; *word != '\0'; word++)
		if (*word == '\'')
			text_puts(out, "'\\''");
		else
			text_append(out, word, 1);
	text_puts(out, "'");
}

const char *shell_word(struct arena *arena, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@%,=";
	CLEANUP_TEXT struct text out = TEXT_INIT;

	if (*word != '\0' && word[strspn(word, plain)] == '\0')
		return arena_strdup(arena, word);
	if (strcmp(text_printable(arena, word, false), word) != 0)
		put_escaped(&out, word);
	else
		put_quoted(&out, word);
	return arena_strdup(arena, text_string(&out));
}
