/* A growing byte buffer that never exceeds its cap. */
#include "base/buffer.h"

#include "base/xalloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE_FIRST = 64 };

/* Makes room for `more` bytes and the NUL behind them. */
static int buffer_grow(struct buffer *buffer, size_t more)
{
	if (buffer->overflow || more > buffer->cap - buffer->length || buffer->cap == SIZE_MAX) {
		buffer->overflow = true;
		return -1;
	}
	size_t needed = buffer->length + more + 1;
	if (needed <= buffer->size)
		return 0;

	size_t size = buffer->size < SIZE_FIRST ? SIZE_FIRST : buffer->size;
	while (size < needed)
		size = size > SIZE_MAX / 2 ? needed : size * 2;
	if (size > buffer->cap + 1)
		size = buffer->cap + 1;
	buffer->data = xrealloc(buffer->data, size);
	buffer->size = size;
	return 0;
}

int buffer_append(struct buffer *buffer, const void *data, size_t length)
{
	if (buffer_grow(buffer, length) < 0)
		return -1;
	if (length > 0)
		memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
	return 0;
}

void buffer_fill(struct buffer *buffer, const void *data, size_t length)
{
	size_t room = buffer->cap - buffer->length;
	int kept = buffer_append(buffer, data, length < room ? length : room);

	(void)kept; /* nothing fits where something overflowed before */
}

int buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	int result = length < 0 ? -1 : buffer_grow(buffer, (size_t)length);
	if (result == 0) {
		vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
		buffer->length += (size_t)length;
	}
	va_end(again);
	return result;
}

const char *buffer_text(const struct buffer *buffer)
{
	return buffer->data ? buffer->data : "";
}

void buffer_clear(struct buffer *buffer)
{
	buffer->length = 0;
	buffer->overflow = false;
	if (buffer->data)
		buffer->data[0] = '\0';
}

void buffer_done(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){.cap = buffer->cap};
}
