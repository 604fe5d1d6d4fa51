/* What --schema prints, by name. */
#ifndef RECONCILE_CLI_SCHEMA_H
#define RECONCILE_CLI_SCHEMA_H

#include <stddef.h>

const char *schema_page(size_t index); /* NULL behind the last */

#endif
