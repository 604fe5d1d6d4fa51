/* Lists of strings, comparison, near misses, and text made safe for a terminal. */
#include "base/text.h"

#include "base/count.h"
#include "base/keyed.h"

#include <ctype.h>
#include <string.h>

void strings_add(struct arena *arena, struct strings *list, const char *text)
{
	*ARENA_PUSH(arena, list->items, list->count) = arena_strdup(arena, text);
}

bool strings_contain(const struct strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (text_equal(list->items[i], text))
			return true;
	return false;
}

bool strings_equal(const struct strings *a, const struct strings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!text_equal(a->items[i], b->items[i]))
			return false;
	return true;
}

void strings_sort(struct strings *list)
{
	keyed_sort(list->items, list->count, sizeof(*list->items));
}

char *strings_join(struct arena *arena, const struct strings *list, const char *separator)
{
	size_t gap = strlen(separator), size = 1;

	for (size_t i = 0; i < list->count; i++)
		size += strlen(list->items[i]) + (i > 0 ? gap : 0);
	char *text = arena_alloc(arena, size), *at = text;
	for (size_t i = 0; i < list->count; i++) {
		size_t length = strlen(list->items[i]);

		if (i > 0) {
			memcpy(at, separator, gap);
			at += gap;
		}
		memcpy(at, list->items[i], length);
		at += length;
	}
	return text;
}

bool text_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_starts(const char *text, const char *prefix)
{
	return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
	size_t length = strlen(text), tail = strlen(suffix);

	return length >= tail && memcmp(text + length - tail, suffix, tail) == 0;
}

bool text_empty(const char *text)
{
	return !text || text[0] == '\0';
}

enum { NEAREST_MAX = 128 }; /* bytes; nobody mistypes a longer word by three letters and wonders */

static unsigned char fold(char byte, bool ignore_case)
{
	unsigned char value = (unsigned char)byte;

	return ignore_case && value >= 'A' && value <= 'Z' ? (unsigned char)(value + ('a' - 'A')) : value;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Damerau-Levenshtein, with neighbours swapped at a cost of one. */
static unsigned edit_distance(const char *a, size_t a_length, const char *b, size_t b_length, bool ignore_case)
{
	unsigned rows[3][NEAREST_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_length; j++) {
		before[j] = 0;
		last[j] = (unsigned)j;
	}
	for (size_t i = 1; i <= a_length; i++) {
		unsigned char at = fold(a[i - 1], ignore_case);

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_length; j++) {
			unsigned char bt = fold(b[j - 1], ignore_case);

			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (at != bt));
			if (i > 1 && j > 1 && at == fold(b[j - 2], ignore_case) && bt == fold(a[i - 2], ignore_case))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		unsigned *spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b_length];
}

/* Capitals cost nothing, but decide between candidates that are equally near. */
const char *text_nearest(const char *text, const char *const *candidates, size_t count)
{
	const char *nearest = NULL;
	unsigned best = 0, best_exact = 0;
	size_t length = strlen(text);

	if (length > NEAREST_MAX)
		return NULL;
	unsigned limit = length <= 4 ? 1 : length <= 8 ? 2 : 3;
	for (size_t i = 0; i < count; i++) {
		size_t candidate_length = strlen(candidates[i]);

		if (candidate_length > NEAREST_MAX)
			continue;
		unsigned distance = edit_distance(text, length, candidates[i], candidate_length, true);
		/* Replacing every letter of a short word is another word, not a slip. */
		if (distance > limit || distance >= length)
			continue;
		unsigned exact = edit_distance(text, length, candidates[i], candidate_length, false);
		if (!nearest || distance < best || (distance == best && exact < best_exact)) {
			nearest = candidates[i];
			best = distance;
			best_exact = exact;
		}
	}
	return nearest;
}

/* RFC 3629: no surrogates, the shortest form only, at most U+10FFFF. */
size_t utf8_decode(const char *text, size_t length, uint32_t *ret_code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = length == 0 ? 0xFF : (unsigned char)text[0];
	size_t size = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;

	if (size == 0 || size > length)
		return 0;
	uint32_t code = size == 1 ? first : first & (0xFFu >> (size + 1));
	for (size_t i = 1; i < size; i++) {
		if (((unsigned char)text[i] & 0xC0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)text[i] & 0x3Fu);
	}
	if (code < smallest[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return 0;
	*ret_code = code;
	return size;
}

/* Controls move the cursor or start an escape sequence; the others reorder what is read (CVE-2021-42574), or are not
 * seen at all, so that two names look alike (unicode.org/reports/tr36, 3.1; blanks of no width, marks, tags). */
bool text_is_unsafe(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {{0, 0x1F},	{0x7F, 0x9F},	  {0xAD, 0xAD},	     {0x61C, 0x61C},
		      {0x180E, 0x180E}, {0x200B, 0x200F}, {0x2028, 0x202E},  {0x2060, 0x206F},
		      {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};

	for (size_t i = 0; i < COUNT(ranges); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

bool text_is_command(const char *text, const char *at)
{
	if (*at == '[')
		return at - text >= 2 && at[-1] == '#' && at[-2] == '#';
	return *at == ':' && at > text && at[-1] == ':' && isalpha((unsigned char)at[1]) &&
	       (at - 1 == text || isspace((unsigned char)at[-2]));
}

char *text_printable(struct arena *arena, const char *text, bool keep_newlines)
{
	static const char digits[] = "0123456789abcdef";
	/* At worst each byte becomes \xNN. */
	char *safe = arena_alloc(arena, strlen(text) * 4 + 1), *to = safe;
	const char *end = text + strlen(text);

	for (const char *at = text; at < end;) {
		uint32_t code = 0;
		size_t length = utf8_decode(at, (size_t)(end - at), &code);

		if (length > 0 && !text_is_command(text, at) &&
		    (!text_is_unsafe(code) || (keep_newlines && (code == '\n' || code == '\t')))) {
			memcpy(to, at, length);
			to += length;
		} else if (code == '\n') {
			*to++ = '\\';
			*to++ = 'n';
			length = 1;
		} else {
			length = length == 0 ? 1 : length;
			for (size_t i = 0; i < length; i++) {
				*to++ = '\\';
				*to++ = 'x';
				*to++ = digits[(unsigned char)at[i] >> 4];
				*to++ = digits[(unsigned char)at[i] & 0xF];
			}
		}
		at += length;
	}
	*to = '\0';
	return safe;
}

static bool continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

const char *text_shortened(struct arena *arena, const char *text, size_t max)
{
	static const char dots[] = "…";
	size_t length = strlen(text), room = max > strlen(dots) ? max - strlen(dots) : 0;

	if (length <= max)
		return text;
	size_t head = room / 3, tail = length - (room - head);
	while (head > 0 && continues(text[head]))
		head--;
	while (continues(text[tail]))
		tail++;
	return arena_printf(arena, "%.*s%s%s", (int)head, text, dots, text + tail);
}
