/* Reads instance files of hostile origin, and writes them as BuildX does (docker/buildx store/nodegroup.go).
 *
 * A list or map that is empty and not null keeps a non-NULL `items`, so that what was read is written byte for byte. */
#include "codec/instance.h"

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/json_plain.h"
#include "base/json_walk.h"
#include "base/limits.h"
#include "codec/gojson.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/secret.h"

#include <string.h>

enum { PLATFORM_PART_CAP = 128 };

/* One node being read. */
struct instance_reader {
	struct arena *arena;
	const cJSON *json;
	const char *where; /* "Nodes[0]." */
	struct node *node;
};

/* The list or map `key`: *ret_json is NULL when it is null or missing. */
static int collection(const struct instance_reader *reading, const char *key, bool is_map, const cJSON **ret_json,
		      struct error *err)
{
	const cJSON *json = gojson_get(reading->json, key);

	if (json && (is_map ? !cJSON_IsObject(json) : !cJSON_IsArray(json)))
		return error_set(err, ERROR_CORRUPT, "%s%s is %s, not %s", reading->where, key, gojson_type(json),
				 is_map ? "an object" : "a list");
	if (json && cJSON_GetArraySize(json) > LIMIT_STORE_OPTIONS)
		return error_set(err, ERROR_CORRUPT, "%s%s has more than %d entries", reading->where, key,
				 LIMIT_STORE_OPTIONS);
	*ret_json = json;
	return 0;
}

/* A part of a platform holds nothing that separates parts (containerd/platforms, specifierRe). */
static int platform_part(const struct instance_reader *reading, const cJSON *json, const char *key,
			 const char **ret_text, struct error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";
	const char *where = arena_printf(reading->arena, "%sPlatforms[].", reading->where);

	if (gojson_text(json, where, key, ret_text, err) < 0)
		return -1;
	if (strlen(*ret_text) > PLATFORM_PART_CAP || (*ret_text)[strspn(*ret_text, allowed)] != '\0')
		return error_set(err, ERROR_CORRUPT, "%s%s is \"%.40s\", which is no part of a platform", where, key,
				 *ret_text);
	return 0;
}

/* containerd/platforms, Format: os(version)/architecture/variant. */
static int read_platform(const struct instance_reader *reading, const cJSON *json, struct error *err)
{
	const char *os, *version, *architecture, *variant;

	if (!cJSON_IsObject(json))
		return error_set(err, ERROR_CORRUPT, "%sPlatforms holds %s, not objects", reading->where,
				 gojson_type(json));
	if (platform_part(reading, json, "os", &os, err) < 0 ||
	    platform_part(reading, json, "os.version", &version, err) < 0 ||
	    platform_part(reading, json, "architecture", &architecture, err) < 0 ||
	    platform_part(reading, json, "variant", &variant, err) < 0)
		return -1;
	const char *text =
		arena_printf(reading->arena, "%s%s%s%s/%s%s%s", os, *version != '\0' ? "(" : "", version,
			     *version != '\0' ? ")" : "", architecture, *variant != '\0' ? "/" : "", variant);
	strings_add(reading->arena, &reading->node->platforms, text);
	return 0;
}

static int read_platforms(const struct instance_reader *reading, struct error *err)
{
	const cJSON *json, *item;

	if (collection(reading, "Platforms", false, &json, err) < 0)
		return -1;
	if (json)
		reading->node->platforms.items = ARENA_ARRAY(reading->arena, const char *, 1);
	cJSON_ArrayForEach(item, json)
		if (read_platform(reading, item, err) < 0)
			return -1;
	return 0;
}

static int read_flags(const struct instance_reader *reading, struct error *err)
{
	const cJSON *json, *item;

	if (collection(reading, "Flags", false, &json, err) < 0)
		return -1;
	if (json)
		reading->node->flags.items = ARENA_ARRAY(reading->arena, const char *, 1);
	cJSON_ArrayForEach(item, json) {
		if (!cJSON_IsString(item))
			return error_set(err, ERROR_CORRUPT, "%sFlags holds %s, not only texts", reading->where,
					 gojson_type(item));
		strings_add(reading->arena, &reading->node->flags, item->valuestring);
	}
	return 0;
}

/* A Go map has each key once. BuildX never writes one twice; which of the two stays is left open. */
static void pairs_unique(struct pairs *pairs)
{
	size_t kept = 0;

	for (size_t i = 0; i < pairs->count; i++) {
		if (i + 1 < pairs->count && strcmp(pairs->items[i].key, pairs->items[i + 1].key) == 0)
			continue;
		pairs->items[kept++] = pairs->items[i];
	}
	pairs->count = kept;
}

static int read_options(const struct instance_reader *reading, struct error *err)
{
	struct pairs *options = &reading->node->driver_opts;
	const cJSON *json, *item;

	if (collection(reading, "DriverOpts", true, &json, err) < 0)
		return -1;
	if (json)
		options->items = ARENA_ARRAY(reading->arena, struct pair, 1);
	cJSON_ArrayForEach(item, json) {
		if (!cJSON_IsString(item) && !cJSON_IsNull(item))
			return error_set(err, ERROR_CORRUPT, "%sDriverOpts.%.100s is %s, not a text", reading->where,
					 item->string, gojson_type(item));
		struct pair *pair = ARENA_PUSH(reading->arena, options->items, options->count);
		pair->key = arena_strdup(reading->arena, item->string);
		pair->value = arena_strdup(reading->arena, cJSON_IsNull(item) ? "" : item->valuestring);
		pair->secret = option_is_secret(pair->key, pair->value);
	}
	pairs_sort(options);
	pairs_unique(options);
	return 0;
}

static int read_file(const struct instance_reader *reading, const cJSON *json, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(LIMIT_STORE_FILE);
	struct config_files *files = &reading->node->files;

	if (!cJSON_IsString(json) && !cJSON_IsNull(json))
		return error_set(err, ERROR_CORRUPT, "%sFiles[\"%.100s\"] is %s, not a text", reading->where,
				 json->string, gojson_type(json));
	if (cJSON_IsString(json) && base64_decode(&data, json->valuestring) < 0)
		return error_set(err, ERROR_CORRUPT, "%sFiles[\"%.100s\"] is not base64", reading->where, json->string);
	struct config_file *file = ARENA_PUSH(reading->arena, files->items, files->count);
	file->name = arena_strdup(reading->arena, json->string);
	file->data = arena_copy(reading->arena, buffer_text(&data), data.length + 1);
	file->length = data.length;
	file->secret = holds_private_key(file->data, file->length);
	return 0;
}

static int read_files(const struct instance_reader *reading, struct error *err)
{
	struct config_files *files = &reading->node->files;
	const cJSON *json, *item;
	size_t kept = 0;

	if (collection(reading, "Files", true, &json, err) < 0)
		return -1;
	if (json)
		files->items = ARENA_ARRAY(reading->arena, struct config_file, 1);
	cJSON_ArrayForEach(item, json)
		if (read_file(reading, item, err) < 0)
			return -1;
	config_files_sort(files);
	for (size_t i = 0; i < files->count; i++) {
		if (i + 1 < files->count && strcmp(files->items[i].name, files->items[i + 1].name) == 0)
			continue;
		files->items[kept++] = files->items[i];
	}
	files->count = kept;
	return 0;
}

/* A node's name becomes that of its container and of its volume, so one that BuildX would not give is refused. */
static int read_node(const struct instance_reader *reading, struct error *err)
{
	struct node *node = reading->node;
	const char *name, *endpoint;

	if (!cJSON_IsObject(reading->json))
		return error_set(err, ERROR_CORRUPT, "%.*s is %s, not an object", (int)strlen(reading->where) - 1,
				 reading->where, gojson_type(reading->json));
	if (gojson_text(reading->json, reading->where, "Name", &name, err) < 0 ||
	    gojson_text(reading->json, reading->where, "Endpoint", &endpoint, err) < 0)
		return -1;
	if (name_problem(name))
		return error_set(err, ERROR_CORRUPT, "%sName is \"%.100s\", which is no node's name: %s",
				 reading->where, name, name_problem(name));
	node->name = arena_strdup(reading->arena, name);
	node->endpoint = arena_strdup(reading->arena, endpoint);
	if (read_platforms(reading, err) < 0 || read_options(reading, err) < 0 || read_flags(reading, err) < 0 ||
	    read_files(reading, err) < 0)
		return -1;
	return 0;
}

static int read_nodes(struct arena *arena, const cJSON *json, struct live_builder *builder, enum fault_code *ret_code,
		      struct error *err)
{
	const cJSON *item, *nodes = gojson_get(json, "Nodes");
	size_t count = 0;

	if (nodes && !cJSON_IsArray(nodes))
		return error_set(err, ERROR_CORRUPT, "Nodes is %s, not a list", gojson_type(nodes));
	if (cJSON_GetArraySize(nodes) == 0) {
		/* Without a driver too, BuildX looks for one on the first node, and panics (builder/builder.go,
		 * Factory). */
		*ret_code = *builder->driver == '\0' ? FAULT_INSTANCE_BLANK : FAULT_INSTANCE_NO_NODES;
		return error_set(err, ERROR_CORRUPT, "it has no nodes");
	}
	if (cJSON_GetArraySize(nodes) > LIMIT_STORE_NODES)
		return error_set(err, ERROR_CORRUPT, "it has more than %d nodes", LIMIT_STORE_NODES);
	builder->node_count = (size_t)cJSON_GetArraySize(nodes);
	builder->nodes = ARENA_ARRAY(arena, struct live_node, builder->node_count);
	cJSON_ArrayForEach(item, nodes) {
		/* Most have the one. */
		const char *where = count == 0 ? "Nodes[0]." : arena_printf(arena, "Nodes[%zu].", count);
		struct instance_reader reading = {arena, item, where, &builder->nodes[count].spec};

		if (read_node(&reading, err) < 0)
			return -1;
		builder->nodes[count++].reason = "not asked";
	}
	return 0;
}

static int read_builder(struct arena *arena, const cJSON *json, struct live_builder *builder, enum fault_code *ret_code,
			struct error *err)
{
	const char *name, *driver;

	if (cJSON_IsNull(json) || (cJSON_IsObject(json) && !json->child)) {
		*ret_code = FAULT_INSTANCE_BLANK;
		return error_set(err, ERROR_CORRUPT, "it holds %s", cJSON_IsNull(json) ? "null" : "an empty object");
	}
	if (!cJSON_IsObject(json))
		return error_set(err, ERROR_CORRUPT, "it is %s, not an object", gojson_type(json));
	if (gojson_text(json, "", "Name", &name, err) < 0 || gojson_text(json, "", "Driver", &driver, err) < 0 ||
	    gojson_bool(json, "", "Dynamic", &builder->dynamic, err) < 0)
		return -1;
	if (*name == '\0') {
		*ret_code = FAULT_INSTANCE_BLANK;
		return error_set(err, ERROR_CORRUPT, "it has no Name");
	}
	if (name_problem(name))
		return error_set(err, ERROR_CORRUPT, "Name is \"%.100s\", which is no builder's name: %s", name,
				 name_problem(name));
	builder->name = arena_strdup(arena, name);
	builder->driver = driver_find(driver) ? driver_find(driver)->name : arena_strdup(arena, driver);
	if (read_nodes(arena, json, builder, ret_code, err) < 0)
		return -1;
	if (*driver == '\0') {
		*ret_code = FAULT_INSTANCE_NO_DRIVER;
		return error_set(err, ERROR_CORRUPT, "it has no Driver");
	}
	return 0;
}

static enum fault_code syntax_code(const char *data, size_t length)
{
	if (memchr(data, '\0', length))
		return FAULT_INSTANCE_NUL;
	return json_is_cut_short(data, length) ? FAULT_INSTANCE_TRUNCATED : FAULT_INSTANCE_INVALID;
}

int instance_parse_by(struct arena *scratch, struct arena *arena, const void *data, size_t length,
		      struct live_builder *ret_builder, enum fault_code *ret_code, struct error *err)
{
	struct live_builder builder = {0};
	CLEANUP_JSON cJSON *other = NULL;

	if (length == 0) {
		*ret_code = FAULT_INSTANCE_EMPTY;
		return error_set(err, ERROR_CORRUPT, "it is empty");
	}
	if (length > LIMIT_STORE_FILE) {
		*ret_code = FAULT_INSTANCE_TOO_LARGE;
		return error_set(err, ERROR_CORRUPT, "it is larger than %d bytes", LIMIT_STORE_FILE);
	}
	const cJSON *json = json_parse_plain(scratch, data, length);
	if (!json && json_parse(data, length, &other, err) < 0) {
		*ret_code = syntax_code(data, length);
		return -1;
	}
	*ret_code = FAULT_INSTANCE_INVALID;
	if (read_builder(arena, json ? json : other, &builder, ret_code, err) < 0)
		return -1;
	*ret_builder = builder;
	return 0;
}

int instance_parse(struct arena *arena, const void *data, size_t length, struct live_builder *ret_builder,
		   enum fault_code *ret_code, struct error *err)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	enum fault_code ignored;

	return instance_parse_by(scratch, arena, data, length, ret_builder, ret_code ? ret_code : &ignored, err);
}
