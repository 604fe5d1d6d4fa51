/* Desired state -> YAML, by the field table: for records (secrets as keyed digests) and for --import. */
#ifndef RECONCILE_DESIRED_PRINT_H
#define RECONCILE_DESIRED_PRINT_H

#include "base/text_buffer.h"
#include "model/builder.h"

#include <stddef.h>

/* Prints a state that desired_load() reads back to an equal one, secrets apart. Secret values become
 * "!secret ${VAR}" with a made-up variable name when key is NULL (--import), else "hmac-sha256:<16 hex>". */
void state_print_yaml(const struct state *state, const void *key, size_t key_length, struct text *out);
/* Prints a state whose texts are as a state file has them, "${VAR}" and "$$": what was converted, not loaded. */
void state_print_written(const struct state *state, struct text *out);

#endif
