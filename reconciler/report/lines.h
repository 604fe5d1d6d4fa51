/* Texts of several lines beside each other: what is left of them without the lines that both begin and end with. */
#ifndef RECONCILE_REPORT_LINES_H
#define RECONCILE_REPORT_LINES_H

#include <stddef.h>

/* Whole lines, from `text` up to `end`. */
struct line_range {
	const char *text, *end;
};

/* NULL is an empty text. The ranges point into the texts. */
void lines_that_differ(const char *before, const char *after, struct line_range *ret_before,
		       struct line_range *ret_after);
/* Takes the first line off; its length without the newline, and *ret_line where it begins. Only while text < end. */
size_t lines_next(struct line_range *range, const char **ret_line);

#endif
