/* cJSON with caps, places in its errors, and one way to print each value. */
#include "base/json.h"

#include "base/count.h"
#include "base/json_walk.h"
#include "base/limits.h"
#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double EXACT_MAX = 9007199254740992.0; /* 2^53: beyond it a double skips integers */

/* An integer that a double holds exactly. */
static bool is_integer(double number)
{
	return number >= -EXACT_MAX && number <= EXACT_MAX && (double)(int64_t)number == number;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static int error_place(struct error *err, const char *data, size_t offset)
{
	int line = 1, column = 1;

	for (size_t i = 0; i < offset; i++) {
		if (data[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)data[i] & 0xC0) != 0x80) {
			column++;
		}
	}
	return error_at(err, NULL, line, column);
}

static int unexpected(struct error *err, const char *data, size_t offset)
{
	unsigned char byte = (unsigned char)data[offset];

	if (byte > ' ' && byte < 0x7F)
		error_set(err, ERROR_CORRUPT, "is not JSON: unexpected \"%c\"", byte);
	else
		error_set(err, ERROR_CORRUPT, "is not JSON: unexpected byte 0x%02x", byte);
	return error_place(err, data, offset);
}

static bool is_nul(const char *data, size_t length, bool in_string)
{
	static const char escaped[] = "\\u0000";
	size_t size = sizeof(escaped) - 1;

	return data[0] == '\0' || (in_string && data[0] == '\\' && length >= size && memcmp(data, escaped, size) == 0);
}

/* What cJSON takes and we do not: more values than are good for anything, and deep nesting, which it allows up to 1000
 * and then recurses over. */
static int check_size(const struct json_walk *walk, struct error *err)
{
	if (walk->depth > LIMIT_JSON_DEPTH)
		return error_set(err, ERROR_CORRUPT, "is nested deeper than %d levels", LIMIT_JSON_DEPTH);
	if (walk->values > LIMIT_JSON_VALUES)
		return error_set(err, ERROR_CORRUPT, "holds more than %d values", LIMIT_JSON_VALUES);
	return 0;
}

/* How many bytes of a string go by unseen: most of a document is these. */
static size_t plain_length(const char *data, size_t length)
{
	size_t plain = 0;

	while (plain < length && (unsigned char)data[plain] >= ' ' && data[plain] != '"' && data[plain] != '\\')
		plain++;
	return plain;
}

/* Finds what cJSON lets through: that, before anything is built; NUL bytes, also as \u0000, which would cut a string
 * short; and control characters, which it takes for blanks. */
static int check_structure(const char *data, size_t length, struct json_walk *ret_walk, struct error *err)
{
	struct json_walk walk = {0};

	for (size_t i = 0; i < length; i++) {
		if (walk.in_string && !walk.escaped)
			i += plain_length(data + i, length - i);
		if (i == length)
			break;
		if (is_nul(data + i, length - i, walk.in_string && !walk.escaped)) {
			error_set(err, ERROR_CORRUPT, "holds NUL bytes");
			return error_place(err, data, i);
		}
		if ((unsigned char)data[i] < ' ' && (walk.in_string || !is_blank(data[i])))
			return unexpected(err, data, i);
		json_walk_step(&walk, data[i]);
		if (check_size(&walk, err) < 0)
			return error_place(err, data, i);
	}
	*ret_walk = walk;
	return 0;
}

/* Whether data[0..length) is a word of JSON that was not written to its end. */
static bool is_cut_word(const char *data, size_t length)
{
	static const char *const words[] = {"true", "false", "null", "-1"};

	for (size_t i = 0; i < COUNT(words); i++)
		if (length < strlen(words[i]) && memcmp(data, words[i], length) == 0)
			return true;
	return false;
}

/* cJSON stops at `stop`; `length` has no blanks at its end. */
static int parse_failed(const char *data, size_t length, size_t stop, const struct json_walk *walk, struct error *err)
{
	unsigned char byte = (unsigned char)data[stop < length ? stop : length - 1];
	/* Running out of input, cJSON stops at the last byte, which then is one that may stand there. */
	bool at_end = stop + 1 >= length && walk->depth > 0 && strchr("{}[],:\"0123456789el", byte);

	if (walk->in_string || at_end || (stop < length && is_cut_word(data + stop, length - stop))) {
		error_set(err, ERROR_CORRUPT, "ends in the middle of a value (cut short?)");
		return error_place(err, data, length);
	}
	return unexpected(err, data, stop < length ? stop : length - 1);
}

/* cJSON also notes the place in a global for cJSON_GetErrorPtr(), which nothing here reads. */
int json_parse(const char *data, size_t length, cJSON **ret_json, struct error *err)
{
	const char *end = NULL;
	struct json_walk walk = {0};

	while (length > 0 && is_blank(data[length - 1]))
		length--;
	if (length == 0) {
		error_set(err, ERROR_CORRUPT, "the file is empty");
		return error_at(err, NULL, 1, 1);
	}
	if (length >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
		error_set(err, ERROR_CORRUPT, "begins with a byte order mark, which JSON may not");
		error_at(err, NULL, 1, 1);
		return error_hint(err, "save the file as UTF-8 without a byte order mark (BOM)");
	}
	if (check_structure(data, length, &walk, err) < 0)
		return -1;
	cJSON *json = cJSON_ParseWithLengthOpts(data, length, &end, false);
	size_t stop = end ? (size_t)(end - data) : 0;
	if (!json)
		return parse_failed(data, length, stop, &walk, err);
	while (stop < length && is_blank(data[stop]))
		stop++;
	if (stop < length) {
		cJSON_Delete(json);
		error_set(err, ERROR_CORRUPT, "goes on after its value");
		return error_place(err, data, stop);
	}
	*ret_json = json;
	return 0;
}

const cJSON *json_get(const cJSON *object, const char *key)
{
	return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, key) : NULL;
}

const char *json_string(const cJSON *object, const char *key)
{
	return cJSON_GetStringValue(json_get(object, key));
}

bool json_bool(const cJSON *object, const char *key, bool otherwise)
{
	const cJSON *item = json_get(object, key);

	return cJSON_IsBool(item) ? cJSON_IsTrue(item) : otherwise;
}

int64_t json_integer(const cJSON *object, const char *key, int64_t otherwise)
{
	const cJSON *item = json_get(object, key);

	return cJSON_IsNumber(item) && is_integer(item->valuedouble) ? (int64_t)item->valuedouble : otherwise;
}

void json_strings(const cJSON *object, const char *key, struct arena *arena, struct strings *ret_list)
{
	const cJSON *item, *array = json_get(object, key);

	*ret_list = (struct strings){0};
	if (!cJSON_IsArray(array))
		return;
	cJSON_ArrayForEach(item, array)
		if (cJSON_IsString(item))
			strings_add(arena, ret_list, item->valuestring);
}

static cJSON *add(cJSON *object, const char *key, cJSON *item)
{
	if (!item || !cJSON_AddItemToObject(object, key, item))
		out_of_memory();
	return item;
}

static cJSON *append(cJSON *array, cJSON *item)
{
	if (!item || !cJSON_AddItemToArray(array, item))
		out_of_memory();
	return item;
}

void json_add_string(cJSON *object, const char *key, const char *text)
{
	add(object, key, !text ? cJSON_CreateNull() : cJSON_CreateString(text));
}

void json_add_strings(cJSON *object, const char *key, const struct strings *list)
{
	cJSON *array = json_add_array(object, key);

	for (size_t i = 0; i < list->count; i++)
		json_append_string(array, list->items[i]);
}

void json_add_integer(cJSON *object, const char *key, int64_t number)
{
	add(object, key, cJSON_CreateNumber((double)number));
}

void json_add_bool(cJSON *object, const char *key, bool value)
{
	add(object, key, cJSON_CreateBool(value));
}

cJSON *json_add_object(cJSON *object, const char *key)
{
	return add(object, key, cJSON_CreateObject());
}

cJSON *json_add_array(cJSON *object, const char *key)
{
	return add(object, key, cJSON_CreateArray());
}

void json_put_string(cJSON *object, const char *key, const char *text)
{
	cJSON_DeleteItemFromObjectCaseSensitive(object, key);
	json_add_string(object, key, text);
}

cJSON *json_reach(cJSON *object, const char *path)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (const char *at = path; *at != '\0';) {
		size_t length = strcspn(at, ".");
		const char *key = arena_strndup(arena, at, length);
		cJSON *child = cJSON_GetObjectItemCaseSensitive(object, key);

		object = child ? child : json_add_object(object, key);
		at += length + (at[length] == '.');
	}
	return object;
}

cJSON *json_append_object(cJSON *array)
{
	return append(array, cJSON_CreateObject());
}

void json_append_string(cJSON *array, const char *text)
{
	append(array, cJSON_CreateString(text));
}

/* What text_printable() would not let out is escaped, and what is not UTF-8 becomes U+FFFD, as Go's encoding/json makes
 * it: JSON ends up on terminals too. Returns how many bytes it took. */
static size_t print_special(const char *at, struct text *out)
{
	static const char letters[] = "\"\\\b\f\n\r\t", escapes[] = "\"\\bfnrt", replacement[] = "\xEF\xBF\xBD";
	const char *letter = strchr(letters, *at);
	uint32_t code = 0;
	size_t length = utf8_decode(at, strlen(at), &code);

	if (letter)
		text_printf(out, "\\%c", escapes[letter - letters]);
	else if (length == 0)
		text_puts(out, replacement);
	else if (text_is_unsafe(code) && code > 0xFFFF) /* a pair of surrogates (RFC 8259, 7) */
		text_printf(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + ((code - 0x10000) >> 10)),
			    (unsigned)(0xDC00 + (code & 0x3FF)));
	else if (text_is_unsafe(code) || code == '[')
		text_printf(out, "\\u%04x", (unsigned)code);
	else
		text_append(out, at, length);
	return length == 0 ? 1 : length;
}

static bool is_plain(char byte)
{
	return byte >= ' ' && byte < 0x7F && byte != '"' && byte != '\\';
}

/* JSON is printed into the logs of runners, too: the bracket of "##[" is escaped. */
static void print_string(const char *text, struct text *out)
{
	text_append(out, "\"", 1);
	for (const char *at = text; *at != '\0';) {
		size_t plain = 0;

		while (is_plain(at[plain]) && !(at[plain] == '[' && text_is_command(text, at + plain)))
			plain++;
		text_append(out, at, plain);
		at += plain;
		if (*at != '\0')
			at += print_special(at, out);
	}
	text_append(out, "\"", 1);
}

/* cJSON would print 10^15 as 1e+15, which other readers do not take for an integer. */
static void print_number(double number, struct text *out)
{
	char text[40];

	if (number - number != 0) { /* infinite, or not a number: JSON has no word for these */
		text_puts(out, "null");
		return;
	}
	if (is_integer(number)) {
		text_printf(out, "%lld", (long long)number);
		return;
	}
	/* The shortest form that reads back as the same number. */
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, number);
		if (strtod(text, NULL) == number)
			break;
	}
	text_puts(out, text);
}

enum { COMPACT = -1 }; /* in place of an indentation: no blanks, members sorted */

static void print_value(const cJSON *json, int indent, struct text *out);

static int member_compare(const void *a, const void *b)
{
	return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

static void print_newline(int indent, struct text *out)
{
	if (indent != COMPACT)
		text_printf(out, "\n%*s", indent * 2, "");
}

static void print_member(const cJSON *item, bool first, int indent, struct text *out)
{
	text_puts(out, first ? "" : ",");
	print_newline(indent, out);
	if (item->string) {
		print_string(item->string, out);
		text_puts(out, indent == COMPACT ? ":" : ": ");
	}
	print_value(item, indent, out);
}

static void print_sorted(const cJSON *object, struct text *out)
{
	size_t count = (size_t)cJSON_GetArraySize(object), i = 0;
	const cJSON **members = xcalloc(count, sizeof(*members)), *item;

	cJSON_ArrayForEach(item, object)
		members[i++] = item;
	qsort(members, count, sizeof(*members), member_compare);
	for (i = 0; i < count; i++)
		print_member(members[i], i == 0, COMPACT, out);
	free(members);
}

static void print_children(const cJSON *json, int indent, struct text *out)
{
	bool is_object = cJSON_IsObject(json);
	const cJSON *item;

	text_puts(out, is_object ? "{" : "[");
	if (json->child) {
		if (is_object && indent == COMPACT)
			print_sorted(json, out);
		else
			cJSON_ArrayForEach(item, json)
				print_member(item, item == json->child, indent == COMPACT ? COMPACT : indent + 1, out);
		print_newline(indent, out);
	}
	text_puts(out, is_object ? "}" : "]");
}

static void print_value(const cJSON *json, int indent, struct text *out)
{
	if (cJSON_IsObject(json) || cJSON_IsArray(json))
		print_children(json, indent, out);
	else if (cJSON_IsString(json))
		print_string(json->valuestring, out);
	else if (cJSON_IsNumber(json))
		print_number(json->valuedouble, out);
	else if (cJSON_IsBool(json))
		text_puts(out, cJSON_IsTrue(json) ? "true" : "false");
	else if (cJSON_IsRaw(json))
		text_puts(out, json->valuestring);
	else
		text_puts(out, "null");
}

void json_print(const cJSON *json, struct text *out)
{
	print_value(json, 0, out);
	text_append(out, "\n", 1);
}

void json_print_canonical(const cJSON *json, struct text *out)
{
	print_value(json, COMPACT, out);
}

bool json_equal(const cJSON *a, const cJSON *b)
{
	CLEANUP_TEXT struct text a_text = TEXT_INIT;
	CLEANUP_TEXT struct text b_text = TEXT_INIT;

	if (!a || !b)
		return a == b;
	json_print_canonical(a, &a_text);
	json_print_canonical(b, &b_text);
	return text_equal(text_string(&a_text), text_string(&b_text));
}
