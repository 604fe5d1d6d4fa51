/* Writes the members that tables name. */
#include "base/digest.h"
#include "base/json.h"
#include "codec/members.h"
#include "model/live.h"
#include "model/secret.h"

#include <string.h>

static const int64_t EXACT_MAX = INT64_C(1) << 53; /* JSON's numbers are doubles */

static const char *shown(const struct member_writer *writer, const char *text)
{
	return text && writer->shown ? writer->shown(writer->arena, text) : text;
}

static const char *env_shown(const struct member_writer *writer, const char *entry)
{
	size_t name = strcspn(entry, "=");

	if (entry[name] == '=' && name_is_secret(arena_printf(writer->arena, "env.%.*s", (int)name, entry)))
		return shown(writer, arena_printf(writer->arena, "%.*s=%s", (int)name, entry, SECRET_SHOWN));
	return shown(writer, entry);
}

static void write_texts(const struct member_writer *writer, cJSON *json, const char *key, const struct strings *texts,
			bool is_env)
{
	cJSON *array = json_add_array(json, key);

	for (size_t i = 0; i < texts->count; i++)
		json_append_string(array, is_env ? env_shown(writer, texts->items[i]) : shown(writer, texts->items[i]));
}

static void write_options(const struct member_writer *writer, cJSON *json, const char *key, const struct pairs *pairs)
{
	cJSON *object = json_add_object(json, key);

	for (size_t i = 0; i < pairs->count; i++)
		json_add_string(object, shown(writer, pairs->items[i].key),
				shown(writer, pair_shown(writer->arena, &pairs->items[i])));
}

static void write_digest(cJSON *json, const void *data, size_t length, const char *known)
{
	char hex[DIGEST_HEX];

	if (!known && data) {
		digest_hex(data, length, hex);
		known = hex;
	}
	json_add_string(json, "digest", known);
}

static bool is_plain(const struct config_file *file)
{
	uint32_t code;

	if (file->secret || file->digest || !text_ends(file->name, ".toml") || memchr(file->data, '\0', file->length))
		return false;
	for (size_t at = 0, length; at < file->length; at += length) {
		length = utf8_decode((const char *)file->data + at, file->length - at, &code);
		if (length == 0)
			return false;
	}
	return true;
}

static void write_files(const struct member_writer *writer, cJSON *json, const char *key,
			const struct config_files *files)
{
	cJSON *array = json_add_array(json, key);

	for (size_t i = 0; i < files->count; i++) {
		const struct config_file *file = &files->items[i];
		cJSON *object = json_append_object(array);

		json_add_string(object, "name", shown(writer, file->name));
		json_add_bool(object, "secret", file->secret);
		if (is_plain(file))
			json_add_string(
				object, "text",
				shown(writer, arena_strndup(writer->arena, (const char *)file->data, file->length)));
		else
			write_digest(object, file->data, file->length, file->digest);
	}
}

static void write_file(const struct member_writer *writer, cJSON *json, const char *key, const struct store_file *file)
{
	cJSON *object = json_add_object(json, key);

	json_add_string(object, "path", !file->path ? NULL : shown(writer, file->path));
	json_add_bool(object, "in_docker_config", file->in_docker_config);
	json_add_bool(object, "exists", file->exists);
	json_add_bool(object, "readable", file->readable);
	json_add_integer(object, "length", (int64_t)file->length);
	json_add_integer(object, "mode", file->mode);
	write_digest(object, file->data, file->length, file->digest);
}

static int64_t exact(int64_t number)
{
	return number > EXACT_MAX ? EXACT_MAX : number < -EXACT_MAX ? -EXACT_MAX : number;
}

static bool is_set(const struct member *row, const void *object)
{
	const void *at = (const char *)object + row->offset;

	switch (row->type) {
	case MEMBER_BOOL:
		return *(const bool *)at;
	case MEMBER_INT:
	case MEMBER_WORD:
		return *(const int *)at != 0;
	case MEMBER_INTEGER:
	case MEMBER_NANOSECONDS:
		return *(const int64_t *)at != 0;
	case MEMBER_COUNT:
		return *(const size_t *)at != 0;
	case MEMBER_TEXTS:
	case MEMBER_ENV:
		return ((const struct strings *)at)->count > 0;
	case MEMBER_OPTIONS:
		return ((const struct pairs *)at)->count > 0;
	case MEMBER_FILES:
		return ((const struct config_files *)at)->count > 0;
	case MEMBER_LIST:
		return *(const size_t *)(const void *)((const char *)object + row->count_offset) > 0;
	default: /* texts, and objects that begin with one */
		return *(const char *const *)at;
	}
}

static void write_source(cJSON *json, const char *key, const struct source *source)
{
	if (!source->file)
		return;
	cJSON *object = json_add_object(json, key);
	json_add_string(object, "file", source->file);
	json_add_integer(object, "line", source->line);
	json_add_integer(object, "column", source->column);
	if (source->inherited)
		json_add_bool(object, "inherited", true);
}

static void write_list(const struct member_writer *writer, cJSON *json, const struct member *row, const void *object)
{
	const char *items = *(const char *const *)(const void *)((const char *)object + row->offset);
	size_t count = *(const size_t *)(const void *)((const char *)object + row->count_offset);
	cJSON *array = json_add_array(json, row->key);

	for (size_t i = 0; i < count; i++)
		members_write(writer, json_append_object(array), row->list->members, items + i * row->list->size);
}

static void write_member(const struct member_writer *writer, cJSON *json, const struct member *row, const void *object)
{
	const void *at = (const char *)object + row->offset;

	switch (row->type) {
	case MEMBER_TEXT:
	case MEMBER_STRING:
	case MEMBER_NAME:
		json_add_string(json, row->key, shown(writer, *(const char *const *)at));
		break;
	case MEMBER_WORD:
		json_add_string(json, row->key, row->word(*(const int *)at));
		break;
	case MEMBER_BOOL:
		json_add_bool(json, row->key, *(const bool *)at);
		break;
	case MEMBER_INT:
		json_add_integer(json, row->key, *(const int *)at);
		break;
	case MEMBER_INTEGER:
		json_add_integer(json, row->key, exact(*(const int64_t *)at));
		break;
	case MEMBER_COUNT:
		json_add_integer(json, row->key, (int64_t) * (const size_t *)at);
		break;
	case MEMBER_NANOSECONDS:
		json_add_string(json, row->key, arena_printf(writer->arena, "%lldns", (long long)*(const int64_t *)at));
		break;
	case MEMBER_TEXTS:
	case MEMBER_ENV:
		write_texts(writer, json, row->key, at, row->type == MEMBER_ENV);
		break;
	case MEMBER_OPTIONS:
		write_options(writer, json, row->key, at);
		break;
	case MEMBER_FILES:
		write_files(writer, json, row->key, at);
		break;
	case MEMBER_FILE:
		write_file(writer, json, row->key, at);
		break;
	case MEMBER_SOURCE:
		write_source(json, row->key, at);
		break;
	case MEMBER_LIST:
		write_list(writer, json, row, object);
		break;
	}
}

void members_write(const struct member_writer *writer, cJSON *json, const struct members *members, const void *object)
{
	for (size_t i = 0; i < members->count; i++)
		if (members->rows[i].presence != MEMBER_IF_SET || is_set(&members->rows[i], object))
			write_member(writer, json, &members->rows[i], object);
}
