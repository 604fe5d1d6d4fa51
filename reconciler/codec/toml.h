/* TOML 1.0 (https://toml.io/en/v1.0.0) as a cJSON tree and back, to compare buildkitd.toml files by what they say.
 *
 * Ours because Debian 12 packages no C library for TOML: what it has is for C++ (toml11, toml++, cpptoml). Of those
 * elsewhere tomlc99 calls itself obsolete (cktan/tomlc99 README.md), and tomlc17, which replaces it, is not packaged.
 *
 * Tables become objects, arrays arrays, integers and floats numbers (1 and 1.0 are equal then). Integers beyond 2^53,
 * which a double does not hold, become cJSON_Raw with their digits. Dates and times become strings, with "T" and "Z"
 * as RFC 3339 writes them. A NUL in a string ("\u0000") is refused: C strings and cJSON cannot hold one. The `valueint`
 * of an object or array keeps how it was defined and means nothing outside. */
#ifndef RECONCILE_CODEC_TOML_H
#define RECONCILE_CODEC_TOML_H

#include "base/error.h"
#include "base/text_buffer.h"

#include <cjson/cJSON.h>
#include <stddef.h>

/* At most LIMIT_TOML bytes, and LIMIT_TOML_DEPTH parts of a key, arrays and inline tables together. The error
 * (ERROR_INVALID) names line and column. The caller frees with cJSON_Delete(). */
int toml_parse(const char *text, size_t length, cJSON **ret_json, struct error *err);

/* Always the same text for the same tree, which toml_parse() reads back as an equal tree: values first, then tables, in
 * insertion order. TOML has no null: such members are left out. */
void toml_print(const cJSON *object, struct text *out);

#endif
