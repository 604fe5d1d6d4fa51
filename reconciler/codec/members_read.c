/* Reads the members that tables name. */
#include "codec/members.h"

#include "base/json.h"
#include "model/builder.h"
#include "model/live.h"
#include "model/secret.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_CAP = 200, DIGEST_DIGITS = 64 };

static const char *spot_text(const struct member_reader *reader, const struct spot *spot)
{
	if (!spot)
		return "";
	const char *above = spot_text(reader, spot->above), *dot = *above == '\0' ? "" : ".";
	return spot->index == SIZE_MAX
		       ? arena_printf(reader->arena, "%s%s%.*s", above, dot, PATH_CAP, spot->key)
		       : arena_printf(reader->arena, "%s%s%.*s[%zu]", above, dot, PATH_CAP, spot->key, spot->index);
}

int reader_bad(const struct member_reader *reader, const struct spot *above, const char *key, const char *wanted)
{
	struct spot spot = {above, key, SIZE_MAX};

	error_set(reader->err, ERROR_CORRUPT, "not %s: %s %s", reader->document,
		  text_printable(reader->arena, spot_text(reader, &spot), false), wanted);
	return -1;
}

static int need(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		const cJSON **ret_item)
{
	*ret_item = json_get(json, key);
	return *ret_item ? 0 : reader_bad(reader, at, key, "is missing");
}

int reader_text(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		const char **ret_text)
{
	const cJSON *item;

	if (need(reader, at, json, key, &item) < 0)
		return -1;
	if (!cJSON_IsString(item) && !cJSON_IsNull(item))
		return reader_bad(reader, at, key, "is not a text or null");
	*ret_text = arena_strdup(reader->arena, cJSON_GetStringValue(item));
	return 0;
}

int reader_name(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		const char **ret_text)
{
	if (reader_text(reader, at, json, key, ret_text) < 0)
		return -1;
	return text_empty(*ret_text) ? reader_bad(reader, at, key, "is empty") : 0;
}

static int read_bool(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		     bool *ret_value)
{
	const cJSON *item;

	if (need(reader, at, json, key, &item) < 0)
		return -1;
	if (!cJSON_IsBool(item))
		return reader_bad(reader, at, key, "is not true or false");
	*ret_value = cJSON_IsTrue(item);
	return 0;
}

static int read_integer(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
			int64_t *ret_number)
{
	const cJSON *item;

	if (need(reader, at, json, key, &item) < 0)
		return -1;
	*ret_number = json_integer(json, key, INT64_MIN);
	return *ret_number == INT64_MIN ? reader_bad(reader, at, key, "is not an integer") : 0;
}

static int read_count(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		      size_t *ret_count)
{
	int64_t number;

	if (read_integer(reader, at, json, key, &number) < 0)
		return -1;
	if (number < 0)
		return reader_bad(reader, at, key, "is negative");
	*ret_count = (size_t)number;
	return 0;
}

static int read_nanoseconds(const struct member_reader *reader, const struct spot *at, const cJSON *json,
			    const char *key, int64_t *ret_number)
{
	const char *text;
	char *end = NULL;

	if (reader_name(reader, at, json, key, &text) < 0)
		return -1;
	errno = 0;
	*ret_number = strtoll(text, &end, 10);
	return errno != 0 || end == text || strcmp(end, "ns") != 0 ? reader_bad(reader, at, key, "is not a time in ns")
								   : 0;
}

int reader_array(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		 const cJSON **ret_array)
{
	if (need(reader, at, json, key, ret_array) < 0)
		return -1;
	return cJSON_IsArray(*ret_array) ? 0 : reader_bad(reader, at, key, "is not a list");
}

static int read_texts(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		      struct strings *ret_texts)
{
	const cJSON *item, *array;

	if (reader_array(reader, at, json, key, &array) < 0)
		return -1;
	cJSON_ArrayForEach(item, array) {
		if (!cJSON_IsString(item))
			return reader_bad(reader, at, key, "holds something other than texts");
		strings_add(reader->arena, ret_texts, item->valuestring);
	}
	return 0;
}

static int read_options(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
			struct pairs *ret_pairs)
{
	const cJSON *item, *object;

	if (need(reader, at, json, key, &object) < 0)
		return -1;
	if (!cJSON_IsObject(object))
		return reader_bad(reader, at, key, "is not an object");
	cJSON_ArrayForEach(item, object) {
		if (!cJSON_IsString(item))
			return reader_bad(reader, at, key, "holds something other than texts");
		struct pair *pair = ARENA_PUSH(reader->arena, ret_pairs->items, ret_pairs->count);
		pair->key = arena_strdup(reader->arena, item->string);
		pair->value = arena_strdup(reader->arena, item->valuestring);
		pair->secret = option_is_secret(pair->key, pair->value) || text_equal(pair->value, SECRET_SHOWN);
	}
	pairs_sort(ret_pairs);
	for (size_t i = 1; i < ret_pairs->count; i++)
		if (text_equal(ret_pairs->items[i - 1].key, ret_pairs->items[i].key))
			return reader_bad(reader, at, key, "names an option twice");
	return 0;
}

static int read_digest(const struct member_reader *reader, const struct spot *at, const cJSON *json,
		       const char **ret_digest)
{
	if (reader_text(reader, at, json, "digest", ret_digest) < 0)
		return -1;
	if (*ret_digest &&
	    (strlen(*ret_digest) != DIGEST_DIGITS || strspn(*ret_digest, "0123456789abcdef") != DIGEST_DIGITS))
		return reader_bad(reader, at, "digest", "is not 64 hexadecimal digits");
	return 0;
}

static int read_config_file(const struct member_reader *reader, const struct spot *at, const cJSON *json,
			    struct config_file *file)
{
	const char *text = NULL;

	if (reader_name(reader, at, json, "name", &file->name) < 0 ||
	    read_bool(reader, at, json, "secret", &file->secret) < 0)
		return -1;
	if (json_get(json, "text")) {
		if (reader_text(reader, at, json, "text", &text) < 0)
			return -1;
		if (!text)
			return reader_bad(reader, at, "text", "is null");
	} else {
		if (read_digest(reader, at, json, &file->digest) < 0)
			return -1;
		if (!file->digest)
			return reader_bad(reader, at, "digest", "is null");
		text = arena_printf(reader->arena, "sha256:%s", file->digest);
	}
	file->data = (const unsigned char *)text;
	file->length = strlen(text);
	return 0;
}

static int read_files(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		      struct config_files *ret_files)
{
	const cJSON *item, *array;
	struct spot spot = {at, key, 0};

	if (reader_array(reader, at, json, key, &array) < 0)
		return -1;
	cJSON_ArrayForEach(item, array) {
		struct config_file *file = ARENA_PUSH(reader->arena, ret_files->items, ret_files->count);

		if (read_config_file(reader, &spot, item, file) < 0)
			return -1;
		spot.index++;
	}
	config_files_sort(ret_files);
	return 0;
}

static int read_file(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		     struct store_file *file)
{
	struct spot spot = {at, key, SIZE_MAX};
	int64_t length, mode;
	const cJSON *object;

	if (need(reader, at, json, key, &object) < 0 || reader_text(reader, &spot, object, "path", &file->path) < 0 ||
	    read_bool(reader, &spot, object, "in_docker_config", &file->in_docker_config) < 0 ||
	    read_bool(reader, &spot, object, "exists", &file->exists) < 0 ||
	    read_bool(reader, &spot, object, "readable", &file->readable) < 0 ||
	    read_integer(reader, &spot, object, "length", &length) < 0 ||
	    read_integer(reader, &spot, object, "mode", &mode) < 0 ||
	    read_digest(reader, &spot, object, &file->digest) < 0)
		return -1;
	if (length < 0)
		return reader_bad(reader, &spot, "length", "is negative");
	if (mode < 0 || mode > 07777)
		return reader_bad(reader, &spot, "mode", "is not a file mode");
	file->length = (size_t)length;
	file->mode = (unsigned)mode;
	return 0;
}

static int read_string(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		       const char **ret_text)
{
	if (reader_text(reader, at, json, key, ret_text) < 0)
		return -1;
	return *ret_text ? 0 : reader_bad(reader, at, key, "is null");
}

static int read_int(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		    int *ret_number)
{
	int64_t number;

	if (read_integer(reader, at, json, key, &number) < 0)
		return -1;
	if (number < INT_MIN || number > INT_MAX)
		return reader_bad(reader, at, key, "is out of range");
	*ret_number = (int)number;
	return 0;
}

static int read_word(const struct member_reader *reader, const struct spot *at, const cJSON *json,
		     const struct member *row, int *ret_value)
{
	const char *text;

	if (reader_name(reader, at, json, row->key, &text) < 0)
		return -1;
	for (int value = 0; row->word(value); value++) {
		if (strcmp(row->word(value), text) == 0) {
			*ret_value = value;
			return 0;
		}
	}
	return reader_bad(reader, at, row->key, "is a word that this version does not know");
}

static int read_source(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		       struct source *source)
{
	struct spot spot = {at, key, SIZE_MAX};
	const cJSON *object = json_get(json, key);

	if (read_string(reader, &spot, object, "file", &source->file) < 0 ||
	    read_int(reader, &spot, object, "line", &source->line) < 0 ||
	    read_int(reader, &spot, object, "column", &source->column) < 0)
		return -1;
	return json_get(object, "inherited") ? read_bool(reader, &spot, object, "inherited", &source->inherited) : 0;
}

static int read_member(const struct member_reader *reader, const struct spot *at, const cJSON *json,
		       const struct member *row, void *member)
{
	switch (row->type) {
	case MEMBER_TEXT:
		return reader_text(reader, at, json, row->key, member);
	case MEMBER_STRING:
		return read_string(reader, at, json, row->key, member);
	case MEMBER_NAME:
		return reader_name(reader, at, json, row->key, member);
	case MEMBER_WORD:
		return read_word(reader, at, json, row, member);
	case MEMBER_BOOL:
		return read_bool(reader, at, json, row->key, member);
	case MEMBER_INT:
		return read_int(reader, at, json, row->key, member);
	case MEMBER_INTEGER:
		return read_integer(reader, at, json, row->key, member);
	case MEMBER_COUNT:
		return read_count(reader, at, json, row->key, member);
	case MEMBER_NANOSECONDS:
		return read_nanoseconds(reader, at, json, row->key, member);
	case MEMBER_TEXTS:
	case MEMBER_ENV:
		return read_texts(reader, at, json, row->key, member);
	case MEMBER_OPTIONS:
		return read_options(reader, at, json, row->key, member);
	case MEMBER_FILES:
		return read_files(reader, at, json, row->key, member);
	case MEMBER_FILE:
		return read_file(reader, at, json, row->key, member);
	case MEMBER_SOURCE:
		return read_source(reader, at, json, row->key, member);
	case MEMBER_LIST:
		return reader_list(reader, at, json, row->list, member,
				   (size_t *)(void *)((char *)member - row->offset + row->count_offset));
	}
	return -1;
}

int members_read(const struct member_reader *reader, const struct spot *at, const cJSON *json,
		 const struct members *members, void *object)
{
	if (!cJSON_IsObject(json))
		return error_set(reader->err, ERROR_CORRUPT, "not %s: %s%s%s is not an object", reader->document,
				 members->what, at ? ", " : "", spot_text(reader, at));
	for (size_t i = 0; i < members->count; i++) {
		const struct member *row = &members->rows[i];

		if (row->presence != MEMBER_ALWAYS && !json_get(json, row->key))
			continue;
		if (read_member(reader, at, json, row, (char *)object + row->offset) < 0)
			return -1;
	}
	return 0;
}

int reader_list(const struct member_reader *reader, const struct spot *above, const cJSON *json,
		const struct list *list, void *ret_items, size_t *ret_count)
{
	struct spot spot = {above, list->key, 0};
	const cJSON *item, *array;

	if (reader_array(reader, above, json, list->key, &array) < 0)
		return -1;
	size_t count = (size_t)cJSON_GetArraySize(array);
	char *items = arena_alloc(reader->arena, count * list->size);
	cJSON_ArrayForEach(item, array) {
		void *element = items + spot.index * list->size;

		if (members_read(reader, &spot, item, list->members, element) < 0 ||
		    (list->more && list->more(reader, &spot, item, element) < 0))
			return -1;
		spot.index++;
	}
	memcpy(ret_items, &items, sizeof(items));
	*ret_count = count;
	return 0;
}
