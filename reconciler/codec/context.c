/* Parses and prints the metadata of Docker contexts, and says where it lies. */
#include "codec/context.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/xalloc.h"
#include "codec/gojson.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
	const cJSON *description = gojson_entry(metadata, "Description");

	if (metadata && !cJSON_IsObject(metadata))
		return error_set(err, ERROR_CORRUPT, "Metadata is %s, not an object", gojson_type(metadata));
	if (description && !cJSON_IsString(description))
		return error_set(err, ERROR_CORRUPT, "Metadata.Description is %s, not a text",
				 gojson_type(description));
	context->description = arena_strdup(arena, cJSON_GetStringValue(description));
	return 0;
}

static int read_endpoint(struct arena *arena, const cJSON *json, struct live_context *context, struct error *err)
{
	const cJSON *endpoints = gojson_get(json, "Endpoints");
	const cJSON *docker = gojson_entry(endpoints, "docker");
	const char *host;

	if (endpoints && !cJSON_IsObject(endpoints))
		return error_set(err, ERROR_CORRUPT, "Endpoints is %s, not an object", gojson_type(endpoints));
	if (!docker)
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

typedef int compare(const char *, const char *);

/* The last member of that key; its twins go. Fields of Go structs ignore case (strcasecmp), keys of maps do not. */
static cJSON *only_member(cJSON *object, const char *key, compare *same)
{
	cJSON *found = NULL;

	for (cJSON *item = object->child, *next; item; item = next) {
		next = item->next;
		if (same(item->string, key) != 0)
			continue;
		cJSON_Delete(!found ? NULL : cJSON_DetachItemViaPointer(object, found));
		found = item;
	}
	return found;
}

/* Puts the item where the member was, or at the end. */
static cJSON *set_member(cJSON *object, const char *key, compare *same, cJSON *item)
{
	const cJSON *old = only_member(object, key, same);

	if (!old ? !cJSON_AddItemToObject(object, key, item)
		 : !cJSON_ReplaceItemInObjectCaseSensitive(object, old->string, item))
		out_of_memory();
	return item;
}

/* The object that is the member, made when there is none. */
static cJSON *need_object(cJSON *object, const char *key, compare *same)
{
	cJSON *found = only_member(object, key, same);

	return cJSON_IsObject(found) ? found : set_member(object, key, same, cJSON_CreateObject());
}

static cJSON *parse_old(const struct store_file *old)
{
	struct live_context context;
	CLEANUP_ARENA struct arena *arena = arena_new();
	cJSON *json = NULL;

	if (!old || !old->data || context_parse(arena, old->data, old->length, &context, NULL) < 0 ||
	    json_parse((const char *)old->data, old->length, &json, NULL) < 0)
		return cJSON_CreateObject();
	return json;
}

static void set_description(cJSON *metadata, const char *description)
{
	if (*description != '\0')
		set_member(metadata, "Description", strcmp, cJSON_CreateString(description));
	else
		cJSON_DeleteItemFromObjectCaseSensitive(metadata, "Description");
}

void context_print(const struct context *context, const struct store_file *old, struct text *out)
{
	CLEANUP_JSON cJSON *json = parse_old(old);

	set_member(json, "Name", strcasecmp, cJSON_CreateString(context->name));
	cJSON *metadata = need_object(json, "Metadata", strcasecmp);
	if (context->description)
		set_description(metadata, context->description);
	cJSON *docker = need_object(need_object(json, "Endpoints", strcasecmp), "docker", strcmp);
	if (context->endpoint)
		set_member(docker, "Host", strcasecmp, cJSON_CreateString(context->endpoint));
	if (context->skip_tls_verify != TRI_UNSET || !gojson_get(docker, "SkipTLSVerify"))
		set_member(docker, "SkipTLSVerify", strcasecmp, cJSON_CreateBool(context->skip_tls_verify == TRI_YES));
	gojson_print(out, json);
}
