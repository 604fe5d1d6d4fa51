/* How a page of text meets its reader: lines no wider than theirs, and no character that they cannot see.
 *
 * Lines break at blanks, and what follows hangs below the text that it continues: below the value in a row of columns,
 * else below the first word. Escape sequences take no columns. Kept whole: a word that is wider than the page, what
 * stands in backticks, a command after "To go on: " or "Next: " (it is there to be copied), and the lines of a file
 * that an error shows ("   12 | …"). */
#ifndef RECONCILE_REPORT_LAYOUT_H
#define RECONCILE_REPORT_LAYOUT_H

#include "base/text_buffer.h"

#include <stdbool.h>

struct layout {
	int columns; /* 0: as wide as the lines are */
	bool ascii;  /* our own symbols in ASCII; what others wrote stays */
};

void layout_text(const char *text, const struct layout *layout, struct text *out);

#endif
