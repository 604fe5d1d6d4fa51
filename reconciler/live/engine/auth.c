/* Finds the credentials of an image's registry. */
#include "live/engine/auth.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/platform.h"
#include "base/spawn.h"

#include <stdio.h>
#include <string.h>

enum { CONFIG_CAP = 1024 * 1024, ANSWER_CAP = 64 * 1024, HELPER_MS = 30000, HOST_CAP = 256 };

/* Docker Hub's name in config.json (moby/moby registry/config.go, IndexServer). */
static const char HUB[] = "https://index.docker.io/v1/";

struct credentials {
	const char *user, *password, *token;
};

void auth_registry(const char *image, char *ret_host, size_t size)
{
	size_t length = strcspn(image, "/");
	bool named = image[length] == '/' && (memchr(image, '.', length) || memchr(image, ':', length) ||
					      strncmp(image, "localhost/", 10) == 0);

	if (!named || strncmp(image, "index.docker.io/", 16) == 0)
		snprintf(ret_host, size, "docker.io");
	else
		snprintf(ret_host, size, "%.*s", (int)(length < HOST_CAP ? length : HOST_CAP - 1), image);
}

void auth_wipe(struct text *value)
{
	if (value->data)
		platform_forget(value->data, value->size);
	text_done(value);
}

static bool helper_valid(const char *helper)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

	return helper[0] != '\0' && strlen(helper) < 64 && strspn(helper, allowed) == strlen(helper);
}

/* "https://host/v1/" and "host" are the same key of auths. */
static bool same_registry(const char *key, const char *host)
{
	const char *mark = strstr(key, "://");

	if (mark)
		key = mark + 3;
	size_t length = strcspn(key, "/");
	return strlen(host) == length && strncmp(key, host, length) == 0;
}

static int ask_helper(struct arena *arena, const char *helper, const char *server, const struct interrupt *interrupt,
		      struct credentials *ret, struct error *err)
{
	struct spawn_result result = {0};
	CLEANUP_JSON cJSON *json = NULL;

	if (!helper_valid(helper))
		return error_set(err, ERROR_INVALID, "config.json: \"%s\" is not a credential helper", helper);
	const char *const argv[] = {arena_printf(arena, "docker-credential-%s", helper), "get", NULL};
	struct spawn_request request = {
		.argv = argv,
		.input = server,
		.timeout_ms = HELPER_MS,
		.output_cap = ANSWER_CAP,
		.interrupt = interrupt,
	};
	if (spawn_run(&request, &result, err) < 0) {
		/* What is not found is the helper, not what was to be pulled. */
		if (err)
			err->kind = ERROR_OTHER;
		return error_wrap(err, "asking for the credentials of %s", server);
	}
	/* docker/docker-credential-helpers credentials/error.go: said on stdout, with exit code 1. */
	bool none = result.exit_code != 0 && strstr(result.out, "credentials not found");
	int failed = 0;
	if (result.was_interrupted)
		failed =
			error_set(err, ERROR_INTERRUPTED, "interrupted while asking for the credentials of %s", server);
	else if (result.exit_code != 0 && !none)
		failed = error_set(err, ERROR_OTHER, "%s could not give the credentials of %s: %s", argv[0], server,
				   result.timed_out ? "timed out" : "it failed");
	else if (!none && json_parse(result.out, strlen(result.out), &json, err) < 0)
		failed = error_set(err, ERROR_CORRUPT, "%s did not answer with JSON", argv[0]);
	if (failed == 0 && !none) {
		const char *user = arena_strdup(arena, json_string(json, "Username"));
		const char *secret = arena_strdup(arena, json_string(json, "Secret"));
		bool is_token = text_equal(user, "<token>");
		*ret = (struct credentials){
			.user = is_token ? NULL : user,
			.password = is_token ? NULL : secret,
			.token = is_token ? secret : NULL,
		};
	}
	platform_forget(result.out, strlen(result.out));
	spawn_result_done(&result);
	return failed;
}

/* One row of auths: {"auth":"base64 of user:password"} or the parts by name. */
static void read_row(struct arena *arena, const cJSON *row, struct credentials *ret)
{
	CLEANUP_BUFFER struct buffer plain = BUFFER_INIT(ANSWER_CAP);
	const char *packed = json_string(row, "auth");

	*ret = (struct credentials){
		.user = arena_strdup(arena, json_string(row, "username")),
		.password = arena_strdup(arena, json_string(row, "password")),
		.token = arena_strdup(arena, json_string(row, "identitytoken")),
	};
	if (text_empty(packed) || base64_decode(&plain, packed) < 0)
		return;
	const char *text = buffer_text(&plain), *colon = strchr(text, ':');
	if (colon) {
		ret->user = arena_strndup(arena, text, (size_t)(colon - text));
		ret->password = arena_strdup(arena, colon + 1);
		platform_forget(plain.data, plain.length);
	}
}

static int find(struct arena *arena, const cJSON *config, const char *host, const char *server,
		const struct interrupt *interrupt, struct credentials *ret, struct error *err)
{
	const cJSON *row;
	const char *helper = json_string(json_get(config, "credHelpers"), server);

	if (!helper)
		helper = json_string(json_get(config, "credHelpers"), host);
	if (!helper)
		helper = json_string(config, "credsStore");
	if (!text_empty(helper))
		return ask_helper(arena, helper, server, interrupt, ret, err);
	cJSON_ArrayForEach(row, json_get(config, "auths")) {
		if (row->string && (strcmp(row->string, server) == 0 || same_registry(row->string, host))) {
			read_row(arena, row, ret);
			break;
		}
	}
	return 0;
}

static void print_header(const struct credentials *found, const char *server, struct text *ret_value)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	struct text text = TEXT_INIT;

	if (!text_empty(found->token)) {
		json_add_string(json, "identitytoken", found->token);
	} else {
		json_add_string(json, "username", found->user);
		json_add_string(json, "password", found->password);
	}
	json_add_string(json, "serveraddress", server);
	json_print_canonical(json, &text);
	base64_encode(ret_value, text.data, text.length);
	auth_wipe(&text);
	/* The Engine wants the URL's alphabet (moby/moby api/types/registry/authconfig.go). */
	for (size_t i = 0; i < ret_value->length; i++)
		if (ret_value->data[i] == '+')
			ret_value->data[i] = '-';
		else if (ret_value->data[i] == '/')
			ret_value->data[i] = '_';
}

int auth_header(const char *docker_config, const char *image, const struct interrupt *interrupt, struct text *ret_value,
		struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(CONFIG_CAP);
	CLEANUP_JSON cJSON *config = NULL;
	struct credentials found = {0};
	struct error reading = ERROR_INIT;
	char host[HOST_CAP];

	if (!docker_config)
		return 0;
	const char *path = arena_printf(arena, "%s/config.json", docker_config);
	if (file_read_careful(path, CONFIG_CAP, &text, &reading) < 0) {
		if (reading.kind == ERROR_NOT_FOUND)
			return 0;
		error_copy(err, &reading);
		return -1;
	}
	if (json_parse(buffer_text(&text), text.length, &config, err) < 0)
		return error_at(err, path, 0, 0);
	auth_registry(image, host, sizeof(host));
	const char *server = strcmp(host, "docker.io") == 0 ? HUB : arena_strdup(arena, host);
	if (find(arena, config, strcmp(host, "docker.io") == 0 ? "index.docker.io" : host, server, interrupt, &found,
		 err) < 0)
		return -1;
	if (!text_empty(found.token) || !text_empty(found.user))
		print_header(&found, server, ret_value);
	return 0;
}
