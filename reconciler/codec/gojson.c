/* Reads and writes JSON as Go's encoding/json does. */
#include "codec/gojson.h"

#include "base/json.h"
#include "base/text.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

static const cJSON *find_last(const cJSON *object, const char *key, int (*compare)(const char *, const char *))
{
	enum { CASE = 'a' ^ 'A' }; /* the bit that tells a letter from its capital */
	const cJSON *item, *found = NULL;

	if (!cJSON_IsObject(object))
		return NULL;
	cJSON_ArrayForEach(item, object)
		if ((*item->string | CASE) == (*key | CASE) && !cJSON_IsNull(item) && compare(item->string, key) == 0)
			found = item;
	return found;
}

const cJSON *gojson_get(const cJSON *object, const char *key)
{
	return find_last(object, key, strcasecmp);
}

const cJSON *gojson_entry(const cJSON *object, const char *key)
{
	return find_last(object, key, strcmp);
}

const char *gojson_type(const cJSON *json)
{
	if (cJSON_IsString(json))
		return "a text";
	if (cJSON_IsNumber(json))
		return "a number";
	if (cJSON_IsBool(json))
		return "true or false";
	if (cJSON_IsArray(json))
		return "a list";
	return cJSON_IsObject(json) ? "an object" : "null";
}

int gojson_text(const cJSON *object, const char *where, const char *key, const char **ret_text, struct error *err)
{
	const cJSON *item = gojson_get(object, key);

	if (item && !cJSON_IsString(item))
		return error_set(err, ERROR_CORRUPT, "%s%s is %s, not a text", where, key, gojson_type(item));
	*ret_text = item ? item->valuestring : "";
	return 0;
}

int gojson_bool(const cJSON *object, const char *where, const char *key, bool *ret_value, struct error *err)
{
	const cJSON *item = gojson_get(object, key);

	if (item && !cJSON_IsBool(item))
		return error_set(err, ERROR_CORRUPT, "%s%s is %s, not true or false", where, key, gojson_type(item));
	*ret_value = cJSON_IsTrue(item);
	return 0;
}

/* encoding/json, appendString with escapeHTML. */
static void print_code(struct text *out, const char *text, size_t length, uint32_t code)
{
	static const char letters[] = "\"\\\b\f\n\r\t", escapes[] = "\"\\bfnrt";
	const char *letter = code == 0 || code > 0x7F ? NULL : strchr(letters, (int)code);

	if (letter)
		text_printf(out, "\\%c", escapes[letter - letters]);
	else if (code < 0x20 || code == '<' || code == '>' || code == '&' || code == 0x2028 || code == 0x2029)
		text_printf(out, "\\u%04x", (unsigned)code);
	else
		text_append(out, text, length);
}

void gojson_print_text(struct text *out, const char *text)
{
	size_t left = strlen(text);

	text_puts(out, "\"");
	while (left > 0) {
		uint32_t code = 0;
		size_t length = utf8_decode(text, left, &code);

		if (length == 0) {
			text_puts(out, "\\ufffd");
			length = 1;
		} else {
			print_code(out, text, length, code);
		}
		text += length;
		left -= length;
	}
	text_puts(out, "\"");
}

void gojson_print(struct text *out, const cJSON *json)
{
	bool is_object = cJSON_IsObject(json);
	const cJSON *item;

	if (cJSON_IsString(json)) {
		gojson_print_text(out, json->valuestring);
	} else if (is_object || cJSON_IsArray(json)) {
		text_puts(out, is_object ? "{" : "[");
		cJSON_ArrayForEach(item, json) {
			text_puts(out, item == json->child ? "" : ",");
			if (is_object) {
				gojson_print_text(out, item->string);
				text_puts(out, ":");
			}
			gojson_print(out, item);
		}
		text_puts(out, is_object ? "}" : "]");
	} else {
		json_print_canonical(json, out);
	}
}
