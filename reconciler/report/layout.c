/* Breaks lines at blanks, and spells symbols for a terminal that has ASCII alone. */
#include "report/layout.h"

#include "base/count.h"
#include "report/style.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { NARROWEST = 30, MARK_LONGEST = 3, LABEL_LONGEST = 12, GUTTER_LONGEST = 8 };

// clang-format off
static const struct {
	const char *symbol, *ascii;
} symbols[] = {
	{"…", "..."}, {"→", "->"}, {"·", "-"}, {"✓", "ok"}, {"✗", "x"}, {"–", "-"}, {"—", "-"},
	{"×", "x"}, {"≤", "<="}, {"≥", ">="}, {"│", "|"}, {"─", "-"}, {"└", "`"}, {"├", "|"},
};
// clang-format on

/* What follows one of these is a command to be copied. */
static const char *const kept[] = {"To go on: ", "Next: "};

static size_t escape_length(const char *text)
{
	size_t length = 2;

	if (text[0] != '\033' || text[1] != '[')
		return 0;
	while (text[length] && !isalpha((unsigned char)text[length]))
		length++;
	return text[length] ? length + 1 : length;
}

/* The character or escape sequence at `text`: its bytes, and its columns. */
static size_t one(const char *text, int *ret_columns)
{
	size_t length = escape_length(text);

	*ret_columns = 0;
	return length > 0 ? length : (size_t)character_length(text, ret_columns);
}

static void spell(const char *text, struct text *out)
{
	while (*text) {
		size_t plain = strcspn(text, "\xe2\xc2\xc3"), found = COUNT(symbols);

		text_append(out, text, plain);
		text += plain;
		for (size_t i = 0; *text && i < COUNT(symbols) && found == COUNT(symbols); i++)
			if (text_starts(text, symbols[i].symbol))
				found = i;
		if (found < COUNT(symbols)) {
			text_puts(out, symbols[found].ascii);
			text += strlen(symbols[found].symbol);
		} else if (*text) {
			text_append(out, text++, 1);
		}
	}
}

/* The line without escape sequences, as far as something is looked for in it. */
static const char *bare(const char *line, size_t length, char *ret, size_t room)
{
	size_t used = 0;

	for (size_t at = 0; at < length && used + 1 < room;) {
		size_t escape = escape_length(line + at);

		if (escape == 0)
			ret[used++] = line[at++];
		at += escape;
	}
	ret[used] = '\0';
	return ret;
}

/* "   12 | text", and the caret below. */
static bool is_excerpt(const char *line)
{
	size_t at = strspn(line, " 0123456789");

	return at > 0 && at <= GUTTER_LONGEST && line[at] == '|' && (line[at + 1] == ' ' || line[at + 1] == '\0');
}

static bool is_kept(const char *line)
{
	for (size_t i = 0; i < COUNT(kept); i++)
		if (!strncmp(line + strspn(line, " "), kept[i], strlen(kept[i])))
			return true;
	return is_excerpt(line);
}

static int columns_to(const char *line, const char *end)
{
	int total = 0, columns;

	for (; line < end; total += columns)
		line += character_length(line, &columns);
	return total;
}

/* "  + ", "  hint: " */
static bool is_mark(const char *word, size_t length)
{
	if (length == 0 || word[length] != ' ')
		return false;
	return (length <= MARK_LONGEST && !isalnum((unsigned char)*word)) ||
	       (word[length - 1] == ':' && length <= LABEL_LONGEST);
}

/* The columns below which the rest of the line hangs. */
static int hanging(const char *line, int columns)
{
	const char *text = line + strspn(line, " ");
	size_t word = strcspn(text, " ");
	int at = is_mark(text, word) ? columns_to(line, text + word + 1) : (int)(text - line) + 2;

	for (const char *gap = strstr(text, "  "); gap; gap = strstr(gap, "  ")) {
		gap += strspn(gap, " ");
		if (*gap && columns_to(line, gap) <= columns * 3 / 5)
			return columns_to(line, gap);
	}
	return at <= columns / 2 ? at : 2;
}

/* The bytes up to the next blank at which a line may break; what is in backticks is one word. */
static size_t word_length(const char *text, size_t length, int *ret_columns)
{
	bool quoted = false;
	size_t at = 0;
	int columns;

	for (*ret_columns = 0; at < length; *ret_columns += columns) {
		if (text[at] == ' ' && !quoted)
			break;
		if (text[at] == '`')
			quoted = !quoted && memchr(text + at + 1, '`', length - at - 1) != NULL;
		at += one(text + at, &columns);
	}
	return at;
}

/* "   # forces replacement" stays in one piece where a line has room for it: its columns, or 0 where that is not so. */
static int comment_columns(const char *text, size_t length, size_t blanks, int room)
{
	enum { APART = 3 };
	int total = 0, columns;

	if (blanks < APART || blanks >= length || text[blanks + escape_length(text + blanks)] != '#')
		return 0;
	for (size_t at = blanks; at < length; total += columns)
		at += one(text + at, &columns);
	return total <= room ? total : 0;
}

static void put_line(const char *line, size_t length, int columns, int hang, struct text *out)
{
	int column = 0, wide, comment;

	for (size_t at = 0, word; at < length; at += word) {
		size_t blanks = strspn(line + at, " ");

		blanks = blanks > length - at ? length - at : blanks;
		word = word_length(line + at + blanks, length - at - blanks, &wide);
		comment = comment_columns(line + at, length - at, blanks, columns - hang);
		if (comment > 0) {
			word = length - at - blanks;
			wide = comment;
		}
		if (column > hang && column + (int)blanks + wide > columns) {
			text_printf(out, "\n%*s", hang, "");
			column = hang;
		} else {
			text_append(out, line + at, blanks);
			column += (int)blanks;
		}
		text_append(out, line + at + blanks, word);
		column += wide;
		word += blanks;
	}
}

static void wrap(const char *text, int columns, struct text *out)
{
	char plain[512];

	while (*text) {
		size_t length = strcspn(text, "\n");

		bare(text, length, plain, sizeof(plain));
		if (is_kept(plain))
			text_append(out, text, length);
		else
			put_line(text, length, columns, hanging(plain, columns), out);
		text += length;
		if (*text == '\n')
			text_append(out, text++, 1);
	}
}

void layout_text(const char *text, const struct layout *layout, struct text *out)
{
	CLEANUP_TEXT struct text spelt = TEXT_INIT;

	if (layout->ascii) {
		spell(text, &spelt);
		text = text_string(&spelt);
	}
	if (layout->columns > 0)
		wrap(text, layout->columns < NARROWEST ? NARROWEST : layout->columns, out);
	else
		text_puts(out, text);
}
