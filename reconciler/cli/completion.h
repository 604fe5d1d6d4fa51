/* The shells that --completion knows. */
#ifndef RECONCILE_CLI_COMPLETION_H
#define RECONCILE_CLI_COMPLETION_H

#include <stddef.h>

const char *completion_shell(size_t index); /* NULL behind the last */

#endif
