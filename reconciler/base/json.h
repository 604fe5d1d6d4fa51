/* cJSON with a cap, errors that say where, and bytes that are always the same for the same value. */
#ifndef RECONCILE_BASE_JSON_H
#define RECONCILE_BASE_JSON_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "base/text_buffer.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

/* Parses exactly one value (whitespace around it allowed) of at most LIMIT_JSON_DEPTH levels and LIMIT_JSON_VALUES
 * values, counted before anything is built; NUL bytes and trailing bytes are errors. The error names line and column.
 * The caller frees with cJSON_Delete(). */
int json_parse(const char *data, size_t length, cJSON **ret_json, struct error *err);

/* Case-sensitive lookups that give NULL or the default when the member is missing or of another type. */
const cJSON *json_get(const cJSON *object, const char *key);
const char *json_string(const cJSON *object, const char *key);
bool json_bool(const cJSON *object, const char *key, bool otherwise);
int64_t json_integer(const cJSON *object, const char *key, int64_t otherwise);
/* Copies an array of strings; other members are skipped; missing or null gives an empty list. */
void json_strings(const cJSON *object, const char *key, struct arena *arena, struct strings *ret_list);

/* Adds members; a NULL text adds null. They abort when out of memory, as everything does. */
void json_add_string(cJSON *object, const char *key, const char *text);
void json_add_strings(cJSON *object, const char *key, const struct strings *list);
void json_add_integer(cJSON *object, const char *key, int64_t number);
void json_add_bool(cJSON *object, const char *key, bool value);
cJSON *json_add_object(cJSON *object, const char *key);
cJSON *json_add_array(cJSON *object, const char *key);
cJSON *json_append_object(cJSON *array);
void json_append_string(cJSON *array, const char *text);
/* Sets the member, whether it is there or not; a NULL text sets null. */
void json_put_string(cJSON *object, const char *key, const char *text);
/* The object at a path of members that contain no dot, "spec.template": made where it is not there. */
cJSON *json_reach(cJSON *object, const char *path);

/* Two-space indentation, members in insertion order, "\n" at the end: for people and git. */
void json_print(const cJSON *json, struct text *out);
/* No blanks, members sorted by key: for digests and comparison. */
void json_print_canonical(const cJSON *json, struct text *out);
bool json_equal(const cJSON *a, const cJSON *b); /* by value; order of members does not count */

static inline void json_cleanup(cJSON **json)
{
	cJSON_Delete(*json);
}
#define CLEANUP_JSON __attribute__((cleanup(json_cleanup)))

#endif
