/* The JSON that programs write into files by the thousand, read at a tenth of what cJSON takes for it: objects, lists,
 * texts without a backslash, true, false and null, not deep. */
#ifndef RECONCILE_BASE_JSON_PLAIN_H
#define RECONCILE_BASE_JSON_PLAIN_H

#include "base/arena.h"
#include "base/json.h"

/* The tree that json_parse() would make, in the arena: not to be deleted, nor changed. NULL: it is not that plain, or
 * no JSON at all; then ask json_parse(), which knows the rest and what to say. */
const cJSON *json_parse_plain(struct arena *arena, const char *data, size_t length);

#endif
