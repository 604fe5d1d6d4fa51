/* The lines in which two texts differ. */
#include "report/lines.h"

#include <string.h>

/* With its newline. */
static size_t line_length(const char *text)
{
	const char *end = strchr(text, '\n');

	return end ? (size_t)(end - text) + 1 : strlen(text);
}

void lines_that_differ(const char *before, const char *after, struct line_range *ret_before,
		       struct line_range *ret_after)
{
	const char *before_end, *after_end;

	before = before ? before : "";
	after = after ? after : "";
	while (*before && line_length(before) == line_length(after) && !strncmp(before, after, line_length(before))) {
		size_t length = line_length(before);

		before += length;
		after += length;
	}
	before_end = before + strlen(before);
	after_end = after + strlen(after);
	while (before_end > before && after_end > after && before_end[-1] == after_end[-1]) {
		before_end--;
		after_end--;
	}
	/* Back to whole lines: what was equal at the end may have begun inside a line. */
	while (*before_end && !(before_end == before || before_end[-1] == '\n'))
		before_end++;
	while (*after_end && !(after_end == after || after_end[-1] == '\n'))
		after_end++;
	*ret_before = (struct line_range){before, before_end};
	*ret_after = (struct line_range){after, after_end};
}

size_t lines_next(struct line_range *range, const char **ret_line)
{
	size_t length = line_length(range->text);

	if (length > (size_t)(range->end - range->text))
		length = (size_t)(range->end - range->text);
	*ret_line = range->text;
	range->text += length;
	return length - (length > 0 && (*ret_line)[length - 1] == '\n');
}
