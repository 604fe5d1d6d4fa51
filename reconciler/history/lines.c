/* Reads files of lines, and doubts them. */
#include "history/lines.h"

#include "base/file.h"

#include <string.h>

static bool are_good(const struct buffer *text, bool (*is_good)(const char *line, size_t length))
{
	const char *line = buffer_text(text);

	if (*line == '\0')
		return false; /* we write no empty one */
	while (*line != '\0') {
		size_t length = strcspn(line, "\n");

		if (line[length] != '\n' || !is_good(line, length))
			return false;
		line += length + 1;
	}
	return line == buffer_text(text) + text->length; /* else a NUL ended it */
}

int lines_read(const char *path, bool (*is_good)(const char *line, size_t length), struct buffer *ret_text,
	       struct error *err)
{
	struct error reading = ERROR_INIT;

	if (file_read(path, LINES_CAP, ret_text, &reading) < 0) {
		*ret_text = (struct buffer)BUFFER_INIT(LINES_CAP);
		return reading.kind == ERROR_NOT_FOUND ? 0 : error_copy(err, &reading);
	}
	if (are_good(ret_text, is_good))
		return 0;
	return error_set(err, ERROR_CORRUPT, "%s is damaged", path);
}
