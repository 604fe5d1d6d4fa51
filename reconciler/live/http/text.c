/* The texts of HTTP: header lines, and what a URL may hold. */
#include "live/http/text.h"

#include <string.h>
#include <strings.h>

const char *http_header_value(const char *line, size_t length, const char *name, size_t *ret_length)
{
	size_t named = strlen(name);

	if (length <= named || line[named] != ':' || strncasecmp(line, name, named) != 0)
		return NULL;
	const char *value = line + named + 1, *end = line + length;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && strchr("\r\n\t ", end[-1]))
		end--;
	*ret_length = (size_t)(end - value);
	return value;
}

void http_escape(struct text *out, const char *text, const char *keep)
{
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;
		if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
		    strchr("-_.~", byte) || strchr(keep, byte))
			text_append(out, text, 1);
		else
			text_printf(out, "%%%02X", byte);
	}
}
