/* Parses and prints the metadata of Docker contexts, and says where it lies. */
#include "live/context.h"

#include "base/digest.h"
#include "base/json.h"
#include "live/gojson.h"

#include <stdlib.h>
#include <string.h>

char *context_meta_path(struct arena *arena, const char *name)
{
	char hex[DIGEST_HEX];

	digest_hex(name, strlen(name), hex);
	return arena_printf(arena, "contexts/meta/%s/meta.json", hex);
}

char *context_tls_path(struct arena *arena, const char *name)
{
	char hex[DIGEST_HEX];

	digest_hex(name, strlen(name), hex);
	return arena_printf(arena, "contexts/tls/%s/docker", hex);
}

/* docker/cli panics on a description that is no text (cli/command/context.go, UnmarshalJSON). */
static int read_description(struct arena *arena, const cJSON *json, struct live_context *context, struct error *err)
{
	const cJSON *metadata = gojson_get(json, "Metadata");
	const cJSON *description = json_get(metadata, "Description");

	if (metadata != NULL && !cJSON_IsObject(metadata))
		return error_set(err, ERROR_CORRUPT, "Metadata is %s, not an object", gojson_type(metadata));
	if (description != NULL && !cJSON_IsString(description))
		return error_set(err, ERROR_CORRUPT, "Metadata.Description is %s, not a text",
				 gojson_type(description));
	context->description = arena_strdup(arena, cJSON_GetStringValue(description));
	return 0;
}

static int read_endpoint(struct arena *arena, const cJSON *json, struct live_context *context, struct error *err)
{
	const cJSON *endpoints = gojson_get(json, "Endpoints");
	const cJSON *docker = json_get(endpoints, "docker");
	const char *host;

	if (endpoints != NULL && !cJSON_IsObject(endpoints))
		return error_set(err, ERROR_CORRUPT, "Endpoints is %s, not an object", gojson_type(endpoints));
	if (docker == NULL || cJSON_IsNull(docker))
		return 0;
	if (!cJSON_IsObject(docker))
		return error_set(err, ERROR_CORRUPT, "Endpoints.docker is %s, not an object", gojson_type(docker));
	if (gojson_text(docker, "Endpoints.docker.", "Host", &host, err) < 0 ||
	    gojson_bool(docker, "Endpoints.docker.", "SkipTLSVerify", &context->skip_tls_verify, err) < 0)
		return -1;
	context->endpoint = arena_strdup(arena, host);
	return 0;
}

int context_parse(struct arena *arena, const void *data, size_t length, struct live_context *ret_context,
		  struct error *err)
{
	struct live_context context = {0};
	CLEANUP_JSON cJSON *json = NULL;
	const char *name;

	if (json_parse(data, length, &json, err) < 0)
		return -1;
	if (!cJSON_IsObject(json))
		return error_set(err, ERROR_CORRUPT, "it is %s, not an object", gojson_type(json));
	if (gojson_text(json, "", "Name", &name, err) < 0)
		return -1;
	if (*name == '\0')
		return error_set(err, ERROR_CORRUPT, "it has no Name");
	context.name = arena_strdup(arena, name);
	if (read_description(arena, json, &context, err) < 0 || read_endpoint(arena, json, &context, err) < 0)
		return -1;
	*ret_context = context;
	return 0;
}

/* Puts the item where the member was, or at the end. */
static void set_member(cJSON *object, const char *key, cJSON *item)
{
	const cJSON *found = gojson_get(object, key);

	if (found == NULL ? !cJSON_AddItemToObject(object, key, item)
			  : !cJSON_ReplaceItemInObjectCaseSensitive(object, found->string, item))
		abort();
}

/* The object that is the member `key`, made when there is none. */
static cJSON *need_object(cJSON *object, const char *key)
{
	const cJSON *found = gojson_get(object, key);

	if (!cJSON_IsObject(found)) {
		set_member(object, key, cJSON_CreateObject());
		found = gojson_get(object, key);
	}
	return cJSON_GetObjectItemCaseSensitive(object, found->string);
}

static cJSON *parse_old(const struct raw_file *old)
{
	struct live_context context;
	struct arena *arena CLEANUP_ARENA = arena_new();
	cJSON *json = NULL;

	if (old == NULL || old->data == NULL || context_parse(arena, old->data, old->length, &context, NULL) < 0 ||
	    json_parse((const char *)old->data, old->length, &json, NULL) < 0)
		return cJSON_CreateObject();
	return json;
}

static void set_description(cJSON *metadata, const char *description)
{
	cJSON_DeleteItemFromObjectCaseSensitive(metadata, "Description");
	if (*description != '\0')
		json_add_string(metadata, "Description", description);
}

void context_print(const struct context *context, const struct raw_file *old, struct buffer *out)
{
	CLEANUP_JSON cJSON *json = parse_old(old);

	set_member(json, "Name", cJSON_CreateString(context->name));
	cJSON *metadata = need_object(json, "Metadata");
	if (context->description != NULL)
		set_description(metadata, context->description);
	cJSON *docker = need_object(need_object(json, "Endpoints"), "docker");
	if (context->endpoint != NULL)
		set_member(docker, "Host", cJSON_CreateString(context->endpoint));
	if (context->skip_tls_verify != TRI_UNSET)
		set_member(docker, "SkipTLSVerify", cJSON_CreateBool(context->skip_tls_verify == TRI_YES));
	else if (gojson_get(docker, "SkipTLSVerify") == NULL)
		set_member(docker, "SkipTLSVerify", cJSON_CreateFalse());
	gojson_print(out, json);
}
