/* Looks variables up in an environment that is handed in, "NAME=VALUE"s that end with NULL, so that a test or a
 * caller decides what the program sees. An environment of NULL is an empty one. */
#ifndef RECONCILE_BASE_ENVIRON_H
#define RECONCILE_BASE_ENVIRON_H

#include <stddef.h>

/* The value, "" when it is not set: to docker and to us a variable that is empty is one that is not there. */
const char *environ_value(const char *const *environ_, const char *name);
/* The value of the variable whose name is the first `length` bytes of `name`; NULL when it is not set. */
const char *environ_find(const char *const *environ_, const char *name, size_t length);

#endif
