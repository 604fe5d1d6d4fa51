/* Text that grows and cannot fail. */
#include "base/text_buffer.h"

#include "base/xalloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most texts fit, and with malloc's own header it is a size that allocators like. */
enum { SIZE_FIRST = 240 };

/* Makes room for `more` bytes and the NUL behind them. */
static void text_grow(struct text *text, size_t more)
{
	if (more >= SIZE_MAX / 2 - text->length)
		out_of_memory();
	size_t needed = text->length + more + 1;
	if (needed <= text->size)
		return;
	size_t size = text->size < SIZE_FIRST ? SIZE_FIRST : text->size;
	while (size < needed)
		size *= 2;
	text->data = xrealloc(text->data, size);
	text->size = size;
}

void text_append(struct text *text, const void *data, size_t length)
{
	if (text->size - text->length <= length)
		text_grow(text, length);
	if (length > 0)
		memcpy(text->data + text->length, data, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void text_puts(struct text *text, const char *string)
{
	text_append(text, string, strlen(string));
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		out_of_memory();
	text_grow(text, (size_t)length);
	vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
	text->length += (size_t)length;
	va_end(again);
}

const char *text_string(const struct text *text)
{
	return text->data ? text->data : "";
}

void text_cut(struct text *text, size_t length)
{
	if (length >= text->length)
		return;
	text->length = length;
	text->data[length] = '\0';
}

void text_clear(struct text *text)
{
	text_cut(text, 0);
}

void text_done(struct text *text)
{
	free(text->data);
	*text = (struct text)TEXT_INIT;
}
