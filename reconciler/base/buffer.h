/* Bytes from outside while they are collected: a file, an answer, what a child process says. The cap is mandatory, and
 * whoever appends learns whether it was kept, and has to use the answer. Always NUL-terminated behind `length`. Our own
 * text, which has no cap and cannot fail, is a struct text (base/text_buffer.h).
 *
 *	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(ANSWER_CAP);
 *
 *	if (buffer_append(&data, bytes, length) < 0)
 *		return error_set(err, ERROR_CORRUPT, "the answer is over %d KiB", ANSWER_CAP / 1024); */
#ifndef RECONCILE_BASE_BUFFER_H
#define RECONCILE_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
	char *data; /* NULL until the first append; use buffer_text() for a C string */
	size_t length, size, cap;
	bool overflow; /* something did not fit; appends then do nothing */
};

enum { BUFFER_TEXT_CAP = 64 * 1024 * 1024 }; /* for what has no better bound */

#define BUFFER_INIT(cap_bytes)                                                                                         \
	{                                                                                                              \
		.cap = (cap_bytes)                                                                                     \
	}

/* All of it, or nothing and -1 when that would be over the cap. */
int buffer_append(struct buffer *buffer, const void *data, size_t length) __attribute__((warn_unused_result));
int buffer_printf(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3), warn_unused_result));
/* As much as fits, for what may be cut: somebody's complaints, a log. */
void buffer_fill(struct buffer *buffer, const void *data, size_t length);
const char *buffer_text(const struct buffer *buffer); /* "" when empty */
void buffer_clear(struct buffer *buffer);	      /* keeps the memory */
void buffer_done(struct buffer *buffer);

#define CLEANUP_BUFFER __attribute__((cleanup(buffer_done)))

#endif
