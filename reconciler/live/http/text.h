/* The texts of HTTP: header lines, and what a URL may hold. */
#ifndef RECONCILE_LIVE_HTTP_TEXT_H
#define RECONCILE_LIVE_HTTP_TEXT_H

#include "base/text_buffer.h"

#include <stddef.h>

/* The value of a line "Name: value", without blanks around it; NULL when the line is another one. */
const char *http_header_value(const char *line, size_t length, const char *name, size_t *ret_length);
/* Appends text with "%2F" for every byte that is neither unreserved (RFC 3986) nor one of those in `keep`. */
void http_escape(struct text *out, const char *text, const char *keep);

#endif
