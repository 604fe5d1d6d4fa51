/* Code spans, words and fenced blocks of Markdown. */
#include "report/markdown.h"

#include "base/count.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* GitHub makes links of commits from 7 digits on: docs.github.com, "Autolinked references and URLs". */
enum { COMMIT_DIGITS = 7 };

typedef void code_writer(struct text *out, const char *text);

static size_t longest_run(const char *text)
{
	size_t longest = 0;

	for (const char *at = strchr(text, '`'); at; at = strchr(at, '`')) {
		size_t run = strspn(at, "`");

		longest = run > longest ? run : longest;
		at += run;
	}
	return longest;
}

static void put_run(struct text *out, size_t length)
{
	while (length-- > 0)
		text_puts(out, "`");
}

/* One blank is taken off both ends when both have one (6.1), so it is put there where the text itself has one. */
void markdown_code(struct text *out, const char *text)
{
	size_t length = strlen(text), fence = longest_run(text) + 1;

	if (length == 0) {
		text_puts(out, "`\"\"`");
		return;
	}
	bool ticks = text[0] == '`' || text[length - 1] == '`';
	bool blanks = text[0] == ' ' && text[length - 1] == ' ' && strspn(text, " ") < length;
	const char *pad = ticks || blanks ? " " : "";
	put_run(out, fence);
	text_printf(out, "%s%s%s", pad, text, pad);
	put_run(out, fence);
}

void markdown_html_code(struct text *out, const char *text)
{
	static const struct {
		char byte;
		const char *reference;
	} references[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}};

	text_puts(out, "<code>");
	for (const char *at = *text ? text : "\"\""; *at; at++) {
		size_t i = 0;

		while (i < COUNT(references) && references[i].byte != *at)
			i++;
		text_append(out, i < COUNT(references) ? references[i].reference : at,
			    i < COUNT(references) ? strlen(references[i].reference) : 1);
	}
	text_puts(out, "</code>");
}

/* A bar ends a cell even inside code, unless a backslash stands before it, which is taken off then (gfm.github.com,
 * 4.10, example 200). Where there is one already, nobody says what it means: the code ends between the two. */
static void cell_code(struct text *out, const char *text)
{
	CLEANUP_TEXT struct text part = TEXT_INIT;

	if (!*text)
		markdown_code(out, text);
	for (; *text; text++) {
		text_puts(&part, *text == '|' ? "\\|" : (char[]){*text, '\0'});
		if (text[1] && !(text[0] == '\\' && text[1] == '|'))
			continue;
		markdown_code(out, text_string(&part));
		text_clear(&part);
		text_puts(out, text[1] ? " " : "");
	}
}

/* What is no letter and yet means nothing to anybody, at any place in a word. */
static size_t plain_character(const char *at)
{
	static const char *const signs[] = {"→", "…", "·", "×"};

	for (size_t i = 0; i < COUNT(signs); i++)
		if (text_starts(at, signs[i]))
			return strlen(signs[i]);
	return isalnum((unsigned char)*at) || (*at && strchr(",.?'\"();/-", *at)) ? 1 : 0;
}

static bool names_something(const char *word, size_t length)
{
	size_t digits = 0;

	for (size_t i = 0; i < length; i++) {
		digits = isxdigit((unsigned char)word[i]) ? digits + 1 : 0;
		if (digits >= COMMIT_DIGITS)
			return true;
		if (i + 4 <= length && strncasecmp(word + i, "www.", 4) == 0)
			return true;
		/* GH-1, and the references that a repository adds for its own tracker. */
		if (i > 0 && i + 1 < length && word[i] == '-' && isalpha((unsigned char)word[i - 1]) &&
		    isdigit((unsigned char)word[i + 1]))
			return true;
	}
	return false;
}

/* No structure, no link, whatever stands beside it. */
static bool is_plain(const char *word, size_t length)
{
	bool letters = false;

	for (size_t i = 0, step; i < length; i += step) {
		step = plain_character(word + i);
		if (step == 0 && word[i] == ':' && i > 0 && i + 1 == length)
			step = 1;
		if (step == 0)
			return false;
		letters = letters || step > 1 || isalnum((unsigned char)word[i]);
	}
	/* "1." and "-" begin a list where they begin a line. */
	if (!letters || (isdigit((unsigned char)word[0]) && strchr(".)", word[length - 1])))
		return false;
	return !names_something(word, length);
}

/* The marks around it stay outside: "(x)," is code but for brackets and comma. */
static void put_word(struct text *out, const char *word, size_t length, code_writer *code)
{
	size_t first = 0, last = length;

	while (first < last && strchr("('\"", word[first]))
		first++;
	while (last > first && strchr(",.;:?)'\"", word[last - 1]))
		last--;
	if (first == last) {
		first = 0;
		last = length;
	}
	CLEANUP_TEXT struct text inner = TEXT_INIT;
	text_append(&inner, word + first, last - first);
	text_append(out, word, first);
	code(out, text_string(&inner));
	text_append(out, word + last, length - last);
}

/* "`reconcile --rollback`," as our own messages have it: what stands between two ticks is code already. The bytes that
 * were taken; 0: it does not begin so. */
static size_t put_ticked(struct text *out, const char *text, code_writer *code)
{
	size_t open = strspn(text, "('\"");
	const char *inner = text + open + 1, *end = text[open] == '`' ? strchr(inner, '`') : NULL;

	if (!end || end == inner || end[1] == '`' || strspn(inner, " ") == (size_t)(end - inner))
		return 0;
	CLEANUP_TEXT struct text shown = TEXT_INIT;
	text_append(&shown, inner, (size_t)(end - inner));
	text_append(out, text, open);
	code(out, text_string(&shown));
	size_t marks = strspn(end + 1, ",.;:?)'\"");
	text_append(out, end + 1, marks);
	return (size_t)(end + 1 + marks - text);
}

static void put_prose(struct text *out, const char *text, code_writer *code)
{
	const char *separator = "";

	for (text = text ? text : ""; *(text += strspn(text, " "));) {
		size_t length = strcspn(text, " ");

		text_puts(out, separator);
		size_t ticked = put_ticked(out, text, code);
		if (ticked > 0)
			length = ticked;
		else if (is_plain(text, length))
			text_append(out, text, length);
		else
			put_word(out, text, length, code);
		separator = " ";
		text += length;
	}
}

void markdown_prose(struct text *out, const char *text)
{
	put_prose(out, text, markdown_code);
}

void markdown_cell(struct text *out, const char *text)
{
	put_prose(out, text, cell_code);
}

void markdown_html_prose(struct text *out, const char *text)
{
	put_prose(out, text, markdown_html_code);
}

void markdown_block(struct text *out, const char *language, const char *lines)
{
	size_t length = strlen(lines), fence = longest_run(lines) + 1;

	fence = fence < 3 ? 3 : fence;
	put_run(out, fence);
	text_printf(out, "%s\n%s%s", language, lines, length > 0 && lines[length - 1] != '\n' ? "\n" : "");
	put_run(out, fence);
	text_puts(out, "\n");
}
