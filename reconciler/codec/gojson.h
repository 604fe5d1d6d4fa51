/* What Go's encoding/json does and cJSON does not: BuildX and the docker CLI read and write their files with it.
 *
 * Reading, a member fits a struct's field when its key is equal but for case, and the last one counts; null leaves the
 * field as it was. Writing, strings escape <, >, & and U+2028/9, and bytes that are not UTF-8 become U+FFFD. */
#ifndef RECONCILE_CODEC_GOJSON_H
#define RECONCILE_CODEC_GOJSON_H

#include "base/error.h"
#include "base/text_buffer.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* The member that Go would decode into the field `key`; NULL when there is none, or it is null. */
const cJSON *gojson_get(const cJSON *object, const char *key);
/* The entry of a Go map: the key is exactly equal, the last one counts; NULL when there is none, or it is null. */
const cJSON *gojson_entry(const cJSON *object, const char *key);
/* Texts and booleans of that member; missing gives "" and false. -1 when it is of another type: err (ERROR_CORRUPT)
 * names `where` and key. The text belongs to the JSON. */
int gojson_text(const cJSON *object, const char *where, const char *key, const char **ret_text, struct error *err);
int gojson_bool(const cJSON *object, const char *where, const char *key, bool *ret_value, struct error *err);
/* "a number", "a list" … for messages. */
const char *gojson_type(const cJSON *json);

/* Appends the text quoted and escaped. */
void gojson_print_text(struct text *out, const char *text);
/* Appends the value without blanks, members in their order. */
void gojson_print(struct text *out, const cJSON *json);

#endif
