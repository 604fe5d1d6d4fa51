/* The bytes of a state file before anyone parses them: whether they are text at all, and what a line of them says. */
#ifndef RECONCILE_DESIRED_BYTES_H
#define RECONCILE_DESIRED_BYTES_H

#include "base/error.h"
#include "desired/desired.h"

/* UTF-8 without control characters and of at most `cap` bytes; a byte order mark may lead. On failure err tells where.
 */
int bytes_check(const struct desired_text *text, size_t cap, struct error *err);

/* Copies the line (1-based) that stands at err->line into err->excerpt, with what looks like a secret left out. Lines
 * end where libyaml says so: LF, CR LF, CR. */
void bytes_excerpt(const struct desired_text *text, struct error *err);

#endif
