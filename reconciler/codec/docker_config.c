/* Reads and edits `currentContext` in Docker's config.json, keeping every other byte.
 *
 * docker itself writes the file with encoding/json and tabs (docker/cli cli/config/configfile/file.go), but people and
 * tools edit it too, and it holds credentials: what is not ours stays as it is. */
#include "codec/docker_config.h"

#include "base/json.h"
#include "base/json_walk.h"
#include "codec/gojson.h"

#include <string.h>
#include <strings.h>

static const char KEY[] = "currentContext";

/* A member of the outermost object; offsets into the text. */
struct json_span {
	size_t key, key_end; /* with quotes */
	size_t value, value_end;
	bool is_current;
};

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static size_t skip_blanks(const char *text, size_t at)
{
	while (is_blank(text[at]))
		at++;
	return at;
}

/* The text is known to be JSON, and ends with a NUL, so these cannot run over its end. */
static size_t skip_string(const char *text, size_t at)
{
	for (at++; text[at] != '"'; at++)
		at += text[at] == '\\';
	return at + 1;
}

static size_t skip_value(const char *text, size_t at)
{
	size_t depth = 0;

	do {
		if (text[at] == '"') {
			at = skip_string(text, at);
			continue;
		}
		if (text[at] == '{' || text[at] == '[')
			depth++;
		else if (text[at] == '}' || text[at] == ']')
			depth--;
		at++;
	} while (depth > 0 || (text[at] != '\0' && !strchr(",}]", text[at]) && !is_blank(text[at])));
	return at;
}

/* The key may be written with escapes. */
static bool key_is(const char *text, const struct json_span *member, const char *key)
{
	CLEANUP_JSON cJSON *json = cJSON_ParseWithLength(text + member->key, member->key_end - member->key);

	return cJSON_IsString(json) && strcasecmp(json->valuestring, key) == 0;
}

/* Moves to the next member, the first one when *member is zeroed; false behind the last. */
static bool next_member(const char *text, struct json_span *member)
{
	size_t at = member->value_end == 0 ? 0 : member->value_end;

	at = skip_blanks(text, at);
	if (text[at] != (member->value_end == 0 ? '{' : ','))
		return false;
	at = skip_blanks(text, at + 1);
	if (text[at] != '"')
		return false;
	member->key = at;
	member->key_end = skip_string(text, at);
	member->value = skip_blanks(text, skip_blanks(text, member->key_end) + 1);
	member->value_end = skip_value(text, member->value);
	member->is_current = key_is(text, member, KEY);
	return true;
}

static void print_new(const char *name, struct text *out)
{
	if (*name == '\0') {
		text_puts(out, "{}");
		return;
	}
	text_printf(out, "{\n\t\"%s\": ", KEY);
	gojson_print_text(out, name);
	text_puts(out, "\n}");
}

/* Replaces the value where the member is; behind the last member otherwise, indented as the first one is. */
static void print_set(const char *text, const char *name, struct text *out)
{
	struct json_span member = {0}, first = {0}, current = {0}, last = {0};

	while (next_member(text, &member)) {
		if (first.value_end == 0)
			first = member;
		if (member.is_current)
			current = member; /* the last one counts */
		last = member;
	}
	if (last.value_end == 0) {
		print_new(name, out);
		return;
	}
	if (current.value_end != 0) {
		text_append(out, text, current.value);
		gojson_print_text(out, name);
		text_puts(out, text + current.value_end);
		return;
	}
	size_t brace = skip_blanks(text, 0) + 1;
	text_append(out, text, last.value_end);
	text_puts(out, ",");
	text_append(out, text + brace, first.key - brace);
	text_printf(out, "\"%s\"", KEY);
	text_append(out, text + first.key_end, first.value - first.key_end);
	gojson_print_text(out, name);
	text_puts(out, text + last.value_end);
}

/* Every member but `currentContext`, with what stands before it. */
static void print_removed(const char *text, struct text *out)
{
	size_t brace = skip_blanks(text, 0) + 1, end = brace;
	struct json_span member = {0};
	bool any = false;

	text_append(out, text, brace);
	while (next_member(text, &member)) {
		/* What is first must not keep the comma before it. */
		size_t start = any || end == brace ? end : skip_blanks(text, end) + 1;

		end = member.value_end;
		if (member.is_current)
			continue;
		text_append(out, text + start, end - start);
		any = true;
	}
	text_puts(out, text + (any ? end : skip_blanks(text, end)));
}

static int parse(const void *data, size_t length, cJSON **ret_json, struct error *err)
{
	if (json_parse(data, length, ret_json, err) < 0)
		return -1;
	if (!cJSON_IsObject(*ret_json))
		return error_set(err, ERROR_CORRUPT, "it is %s, not an object", gojson_type(*ret_json));
	return 0;
}

/* Members that docker decodes into maps of texts (docker/cli cli/config/configfile/file.go, ConfigFile). */
static int check_maps(const cJSON *json, struct error *err)
{
	static const char *const maps[] = {"HttpHeaders", "aliases", "credHelpers", "features"};

	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		const cJSON *map = gojson_get(json, maps[i]), *item;

		if (map && !cJSON_IsObject(map))
			return error_set(err, ERROR_CORRUPT, "%s is %s, not an object", maps[i], gojson_type(map));
		cJSON_ArrayForEach(item, map) {
			if (cJSON_IsString(item) || cJSON_IsNull(item))
				continue;
			error_set(err, ERROR_CORRUPT, "%s.%s is %s, not a text", maps[i], item->string,
				  gojson_type(item));
			return error_hint(err, "write it in quotes");
		}
	}
	return 0;
}

/* A file of blanks is nothing: docker takes it as such. */
static bool is_nothing(const char *data, size_t length)
{
	while (length > 0 && is_blank(data[length - 1]))
		length--;
	return length == 0;
}

/* docker decodes the first value and does not look at what follows (docker/cli cli/config/configfile/file.go,
 * LoadFromReader); a file that we edit must be sound. */
static int parse_first(const void *data, size_t length, cJSON **ret_json, struct error *err)
{
	return parse(data, json_first_length(data, length), ret_json, err);
}

int docker_config_current(struct arena *arena, const void *data, size_t length, const char **ret_name,
			  struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;
	const char *name;

	if (is_nothing(data, length)) {
		*ret_name = "";
		return 0;
	}
	if (parse_first(data, length, &json, err) < 0 || gojson_text(json, "", KEY, &name, err) < 0)
		return -1;
	*ret_name = arena_strdup(arena, name);
	return 0;
}

int docker_config_check(const void *data, size_t length, struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;

	if (is_nothing(data, length))
		return 0;
	return parse_first(data, length, &json, err) < 0 ? -1 : check_maps(json, err);
}

static bool has_current(const char *text)
{
	struct json_span member = {0};

	while (next_member(text, &member))
		if (member.is_current)
			return true;
	return false;
}

int docker_config_print(const void *old, size_t old_length, const char *name, struct text *out, struct error *err)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL;

	if (!old || is_nothing(old, old_length)) {
		print_new(name, out);
		return 0;
	}
	if (parse(old, old_length, &json, err) < 0)
		return -1;
	text_append(&text, old, old_length);
	if (*name != '\0')
		print_set(text_string(&text), name, out);
	else if (has_current(text_string(&text)))
		print_removed(text_string(&text), out);
	else
		text_append(out, old, old_length);
	return 0;
}
