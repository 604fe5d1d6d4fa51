/* The one look-up of a variable. */
#include "base/environ.h"

#include <string.h>

const char *environ_find(const char *const *environ_, const char *name, size_t length)
{
	for (; environ_ && *environ_; environ_++)
		if (!strncmp(*environ_, name, length) && (*environ_)[length] == '=')
			return *environ_ + length + 1;
	return NULL;
}

const char *environ_value(const char *const *environ_, const char *name)
{
	const char *value = environ_find(environ_, name, strlen(name));

	return value ? value : "";
}
