/* A small file of a line an entry, beside the records. Only for this room. */
#ifndef RECONCILE_HISTORY_LINES_H
#define RECONCILE_HISTORY_LINES_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>

enum { LINES_CAP = 1024 * 1024 };

/* A file that is not there is empty. One that does not end with a newline, or has a line that is_good() does not know,
 * is damaged: these files are written as a whole, so that half of one was not written by us. */
int lines_read(const char *path, bool (*is_good)(const char *line, size_t length), struct buffer *ret_text,
	       struct error *err);

#endif
