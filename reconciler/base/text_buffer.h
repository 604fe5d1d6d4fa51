/* Our own text while it grows: what we print, save, hash or say to somebody. It cannot fail: it has no cap, for its
 *size follows from what was read, which has one, and where memory is out the program ends (base/xalloc.h). So the
 *functions return nothing, and what was appended is there.
 *
 *	CLEANUP_TEXT struct text out = TEXT_INIT;
 *
 *	text_printf(&out, "%zu builders\n", count);
 *	session_print(session, &out);
 *
 * Bytes from outside go into a struct buffer (base/buffer.h), whose cap is mandatory and whose results must be used. */
#ifndef RECONCILE_BASE_TEXT_BUFFER_H
#define RECONCILE_BASE_TEXT_BUFFER_H

#include <stddef.h>

struct text {
	char *data;	     /* NULL until the first append; use text_string() for a C string */
	size_t length, size; /* `data` has a NUL behind `length` */
};

#define TEXT_INIT                                                                                                      \
	{                                                                                                              \
		0                                                                                                      \
	}

void text_append(struct text *text, const void *data, size_t length);
void text_puts(struct text *text, const char *string);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *text_string(const struct text *text); /* "" when empty */
void text_cut(struct text *text, size_t length);  /* keeps the first `length` bytes */
void text_clear(struct text *text);		  /* keeps the memory */
void text_done(struct text *text);

#define CLEANUP_TEXT __attribute__((cleanup(text_done)))

#endif
