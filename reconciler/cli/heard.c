/* Keeps the lines of a run, up to a megabyte. */
#include "cli/heard.h"

#include "base/xalloc.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_MOST = 1024 * 1024, LAST = 10 };

struct heard {
	struct text all;
	bool full;
};

struct heard *heard_new(void)
{
	struct heard *heard = XNEW(struct heard);

	heard->all = (struct text)TEXT_INIT;
	return heard;
}

void heard_free(struct heard *heard)
{
	if (!heard)
		return;
	text_done(&heard->all);
	free(heard);
}

void heard_line(struct heard *heard, const char *address, const char *line)
{
	if (heard->full)
		return;
	heard->full = heard->all.length + strlen(address) + strlen(line) > KEPT_MOST;
	if (heard->full)
		text_puts(&heard->all, "(more was said, and is not kept)\n");
	else
		text_printf(&heard->all, "%s | %s\n", address, line);
}

const char *heard_all(const struct heard *heard)
{
	return text_string(&heard->all);
}

/* Frames of BuildX's progress that differ by their time alone say the same: "#1 0.3 pulling". */
static const char *without_clock(const char *line, const char *end)
{
	const char *at = line;

	if (at < end && *at == '#')
		while (at < end && *at != ' ')
			at++;
	if (at == line)
		return line;
	at += at < end;
	const char *clock = at;
	while (at < end && (isdigit((unsigned char)*at) || *at == '.'))
		at++;
	return at > clock && at < end && *at == ' ' ? at + 1 : clock;
}

/* Bytes that are no text, a rule or a time alone are nothing to read. */
static bool is_readable(const char *line, const char *end)
{
	bool letters = false;

	for (; line < end; line++) {
		if (line + 3 < end && line[0] == '\\' && line[1] == 'x' && isxdigit((unsigned char)line[2]))
			return false;
		letters = letters || isalpha((unsigned char)*line) || (*line & 0x80);
	}
	return letters;
}

struct span {
	const char *line, *text, *end; /* the whole line, what it says, and its end */
};

static bool same(const struct span *a, const struct span *b)
{
	return a->end - a->text == b->end - b->text && !memcmp(a->text, b->text, (size_t)(a->end - a->text));
}

static bool says(const char *text, const struct span *span)
{
	return span->end > span->text && memmem(text, strlen(text), span->text, (size_t)(span->end - span->text));
}

/* Adds the span as the newest; one that says the same goes, else the oldest. */
static void add(struct span *spans, size_t *count, const struct span *span)
{
	size_t gone = *count;

	for (size_t i = 0; i < *count; i++)
		if (same(&spans[i], span))
			gone = i;
	if (gone == *count && *count == LAST)
		gone = 0;
	if (gone < *count)
		memmove(spans + gone, spans + gone + 1, (--*count - gone) * sizeof(*spans));
	spans[(*count)++] = *span;
}

void heard_last(const struct heard *heard, const char *address, const char *but_for, struct text *out)
{
	struct span spans[LAST + 1];
	size_t count = 0, length = strlen(address);

	for (const char *line = text_string(&heard->all); *line;) {
		struct span span = {.line = line, .end = line + strcspn(line, "\n")};

		line = span.end + (*span.end == '\n');
		if (strncmp(span.line, address, length) != 0 || strncmp(span.line + length, " | ", 3) != 0)
			continue;
		span.text = without_clock(span.line + length + 3, span.end);
		if (is_readable(span.text, span.end) && !says(but_for, &span))
			add(spans, &count, &span);
	}
	for (size_t i = 0; i < count; i++) {
		text_append(out, spans[i].line, (size_t)(spans[i].end - spans[i].line));
		text_puts(out, "\n");
	}
}
