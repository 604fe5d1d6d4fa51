/* A growing byte buffer with a mandatory cap, always NUL-terminated behind `length`.
 * Going over the cap, like running out of memory, is remembered in `overflow`; appends then do nothing.
 * Callers that feed it from outside check buffer_append()'s result; callers that build their own text may not. */
#ifndef RECONCILE_BASE_BUFFER_H
#define RECONCILE_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
	char *data; /* NULL until the first append; use buffer_text() for a C string */
	size_t length, size, cap;
	bool overflow;
};

enum { BUFFER_TEXT_CAP = 64 * 1024 * 1024 };

#define BUFFER_INIT(cap_bytes)                                                                                         \
	{                                                                                                              \
		.cap = (cap_bytes)                                                                                     \
	}

int buffer_append(struct buffer *buffer, const void *data, size_t length); /* -1: over the cap */
int buffer_puts(struct buffer *buffer, const char *text);
int buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *buffer_text(const struct buffer *buffer); /* "" when empty */
void buffer_clear(struct buffer *buffer);	      /* keeps the memory */
void buffer_done(struct buffer *buffer);

#define CLEANUP_BUFFER __attribute__((cleanup(buffer_done)))

#endif
