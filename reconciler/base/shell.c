/* Quotes words for a shell, and reads them as one does. */
#include "base/shell.h"

#include "base/text.h"
#include "base/text_buffer.h"

#include <string.h>

#define BLANKS " \t\n\r"

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

/* Reads one word from *at; `word` has room for all of it. NULL, or what is wrong. */
static const char *word_read(const char **at, char *word)
{
	const char *text = *at;
	char quote = '\0';

	for (; *text != '\0' && (quote != '\0' || !strchr(BLANKS, *text)); text++)
		if (quote == '\0' && (*text == '"' || *text == '\''))
			quote = *text;
		else if (quote != '\0' && *text == quote)
			quote = '\0';
		else if (*text == '\\' && quote != '\'' && text[1] == '\0')
			return "ends in a backslash, which means what is behind it";
		else if (*text == '\\' && quote != '\'')
			*word++ = *++text;
		else
			*word++ = *text;
	*word = '\0';
	*at = text;
	return quote != '\0' ? "has a quote that is not closed" : NULL;
}

const char *shell_split(struct arena *arena, const char *text, struct strings *ret_words)
{
	char *word = arena_alloc(arena, strlen(text) + 1);

	for (text += strspn(text, BLANKS); *text != '\0'; text += strspn(text, BLANKS)) {
		if (*text == '#') {
			text += strcspn(text, "\n");
			continue;
		}
		const char *wrong = word_read(&text, word);
		if (wrong)
			return wrong;
		strings_add(arena, ret_words, word);
	}
	return NULL;
}
