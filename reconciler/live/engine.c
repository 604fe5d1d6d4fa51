/* One Engine, one call at a time: for the steps of a plan. */
#include "live/engine_call.h"

#include "base/json.h"
#include "live/auth.h"
#include "live/engine_parse.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Extracting a layer says nothing for long. */
enum { PRUNE_MS = 600000, PULL_IDLE_MS = 120000, STEP_MS = 1000, LINE_CAP = 256 * 1024 };

int engine_open(const struct live *live, const char *endpoint, int timeout_ms, struct engine_client **ret_client,
		struct error *err)
{
	struct arena *arena = arena_new();
	struct engine_client *client = ARENA_NEW(arena, struct engine_client);

	*client = (struct engine_client){.arena = arena, .timeout_ms = timeout_ms};
	client->name = arena_strdup(arena, endpoint);
	if (endpoint_resolve(arena, live, (const char *const *)environ, endpoint, &client->endpoint, err) < 0) {
		(void)error_wrap(err, "engine %s", endpoint);
		arena_free(arena);
		return -1;
	}
	client->http = http_new();
	if (client->endpoint.is_ssh) {
		if (tunnel_open(client->http, &client->endpoint, TUNNEL_DOCKER, timeout_ms, &client->tunnel, err) < 0) {
			(void)error_wrap(err, "engine %s", endpoint);
			engine_close(client);
			return -1;
		}
		client->endpoint.target.socket = tunnel_socket(client->tunnel);
	}
	*ret_client = client;
	return 0;
}

void engine_close(struct engine_client *client)
{
	if (client == NULL)
		return;
	/* The connections first: ssh ends with its own. */
	struct http *http = client->http;
	struct arena *arena = client->arena;
	tunnel_close(client->tunnel);
	http_free(http);
	arena_free(arena);
}

static void answer_take(void *context, const struct http_response *response)
{
	struct answer *answer = context;

	answer->done = true;
	answer->status = response->failure == NULL ? response->status : 0;
	if (response->failure != NULL)
		answer->failure = *response->failure;
	else
		(void)buffer_append(&answer->body, response->body, response->length);
}

static void call_run(struct engine_client *client, const struct http_request *request, const bool *done)
{
	http_start(client->http, &client->endpoint.target, request);
	while (!*done)
		(void)http_step(client->http, STEP_MS);
}

int engine_call(struct engine_client *client, const char *method, const char *path, int timeout_ms,
		struct answer *ret_answer, struct error *err)
{
	struct http_request request = {
		.method = method,
		.path = path,
		.timeout_ms = timeout_ms,
		.done = answer_take,
		.context = ret_answer,
	};

	ret_answer->body.cap = BUFFER_TEXT_CAP;
	call_run(client, &request, &ret_answer->done);
	if (ret_answer->status != 0)
		return 0;
	(void)error_copy(err, &ret_answer->failure);
	if (client->tunnel != NULL)
		tunnel_explain(client->tunnel, err);
	return error_wrap(err, "engine %s", client->name);
}

static int status_error(int status, const char *body, size_t length, struct error *err)
{
	enum error_kind kind = status == 404 ? ERROR_NOT_FOUND : status == 409 ? ERROR_EXISTS : ERROR_OTHER;
	char message[512];

	engine_parse_message(body, length, message, sizeof(message));
	if (message[0] == '\0')
		return error_set(err, kind, "the Engine answered %d", status);
	return error_set(err, kind, "%s", message);
}

int engine_answer_error(const struct answer *answer, struct error *err)
{
	return status_error(answer->status, buffer_text(&answer->body), answer->body.length, err);
}

int engine_get(struct engine_client *client, const char *path, struct answer *ret_answer, bool *ret_there,
	       struct error *err)
{
	if (engine_call(client, "GET", path, client->timeout_ms, ret_answer, err) < 0)
		return -1;
	*ret_there = ret_answer->status == 200;
	return *ret_there || ret_answer->status == 404 ? 0 : engine_answer_error(ret_answer, err);
}

struct buffer engine_path(const char *before, const char *name, const char *keep, const char *after)
{
	struct buffer path = BUFFER_INIT(BUFFER_TEXT_CAP);

	(void)buffer_puts(&path, before);
	http_escape(&path, name, keep);
	(void)buffer_puts(&path, after);
	return path;
}

int engine_volume_remove(struct engine_client *client, const char *name, struct error *err)
{
	struct answer answer CLEANUP_ANSWER = {0};
	struct buffer path CLEANUP_BUFFER = engine_path("/volumes/", name, "", "");

	if (engine_call(client, "DELETE", buffer_text(&path), ENGINE_REMOVE_MS, &answer, err) < 0)
		return -1;
	return answer.status == 204 || answer.status == 404 ? 0 : engine_answer_error(&answer, err);
}

int engine_image_id(struct engine_client *client, struct arena *arena, const char *image, const char **ret_id,
		    struct error *err)
{
	struct answer answer CLEANUP_ANSWER = {0};
	struct buffer path CLEANUP_BUFFER = engine_path("/images/", image, "/:@", "/json");
	struct strings env = {0};
	bool there;

	*ret_id = NULL;
	if (engine_get(client, buffer_text(&path), &answer, &there, err) < 0)
		return -1;
	if (!there)
		return 0;
	return engine_parse_image(arena, buffer_text(&answer.body), answer.body.length, ret_id, &env, err);
}

/* A pull under way: its answer is a stream of lines. */
struct pull {
	struct answer answer;
	struct buffer line;
	void (*on_line)(void *context, const char *line);
	void *context;
	char error[512];
};

static int pull_line(struct pull *pull)
{
	struct pull_line line;
	struct error ignored = ERROR_INIT;

	if (pull->line.length == 0)
		return 0;
	if (engine_parse_pull(buffer_text(&pull->line), pull->line.length, &line, &ignored) < 0)
		return -1;
	buffer_clear(&pull->line);
	if (line.error[0] != '\0' && pull->error[0] == '\0')
		memcpy(pull->error, line.error, sizeof(pull->error));
	if (line.text[0] != '\0' && pull->on_line != NULL)
		pull->on_line(pull->context, line.text);
	return 0;
}

static int pull_data(void *context, const char *data, size_t length)
{
	struct pull *pull = context;

	while (length > 0) {
		const char *end = memchr(data, '\n', length);
		size_t part = end != NULL ? (size_t)(end - data) : length;
		while (part > 0 && end != NULL && data[part - 1] == '\r')
			part--;
		if (buffer_append(&pull->line, data, part) < 0)
			return -1;
		if (end == NULL)
			return 0;
		if (pull_line(pull) < 0)
			return -1;
		length -= (size_t)(end + 1 - data);
		data = end + 1;
	}
	return 0;
}

static void pull_done(void *context, const struct http_response *response)
{
	struct pull *pull = context;

	answer_take(&pull->answer, response);
	if (response->failure == NULL && response->status == 200)
		(void)pull_line(pull);
}

/* "repo:tag@digest" is asked for by digest, "repo:tag" by tag, "repo" as "latest": without a tag the Engine would pull
 * all there are (docker/cli cli/command/image/trust.go, moby/moby client/image_pull.go). */
static void pull_path(const char *image, struct buffer *path)
{
	const char *digest = strchr(image, '@'), *slash = strrchr(image, '/');
	size_t end = digest != NULL ? (size_t)(digest - image) : strlen(image);
	if (digest != NULL && slash != NULL && slash > digest)
		slash = NULL;
	const char *colon =
		memchr(slash != NULL ? slash : image, ':', end - (slash != NULL ? (size_t)(slash - image) : 0));
	struct arena *arena CLEANUP_ARENA = arena_new();
	const char *tag = digest != NULL ? digest + 1 : colon != NULL ? colon + 1 : "latest";

	(void)buffer_puts(path, "/images/create?fromImage=");
	http_escape(path, arena_strndup(arena, image, colon != NULL ? (size_t)(colon - image) : end), "");
	(void)buffer_puts(path, "&tag=");
	http_escape(path, tag, "");
}

int engine_image_pull(struct engine_client *client, const char *docker_config, const char *image,
		      void (*on_line)(void *context, const char *line), void *context, struct error *err)
{
	struct buffer path CLEANUP_BUFFER = BUFFER_INIT(BUFFER_TEXT_CAP);
	struct buffer value = BUFFER_INIT(LINE_CAP), header = BUFFER_INIT(LINE_CAP);
	struct pull pull = {.on_line = on_line, .context = context, .line = BUFFER_INIT(LINE_CAP)};
	int result = 0;

	pull_path(image, &path);
	if (auth_header(docker_config, image, &value, err) < 0)
		return -1;
	(void)buffer_printf(&header, "X-Registry-Auth: %s", buffer_text(&value));
	const char *const headers[] = {value.length > 0 ? buffer_text(&header) : NULL, NULL};
	struct http_request request = {
		.method = "POST",
		.path = buffer_text(&path),
		.headers = headers,
		.idle_ms = PULL_IDLE_MS,
		.on_data = pull_data,
		.done = pull_done,
		.context = &pull,
	};
	pull.answer.body.cap = BUFFER_TEXT_CAP;
	call_run(client, &request, &pull.answer.done);
	auth_wipe(&value);
	auth_wipe(&header);
	if (pull.error[0] != '\0') {
		result = error_set(err, ERROR_OTHER, "%s", pull.error);
	} else if (pull.answer.status == 0) {
		(void)error_copy(err, &pull.answer.failure);
		if (client->tunnel != NULL)
			tunnel_explain(client->tunnel, err);
		result = -1;
	} else if (pull.answer.status != 200) {
		result = engine_answer_error(&pull.answer, err);
	}
	buffer_done(&pull.line);
	buffer_done(&pull.answer.body);
	return result < 0 ? error_wrap(err, "pulling %s", image) : 0;
}

int engine_build_prune(struct engine_client *client, int64_t *ret_freed, struct error *err)
{
	struct answer answer CLEANUP_ANSWER = {0};
	cJSON *json CLEANUP_JSON = NULL;

	if (engine_call(client, "POST", "/build/prune?all=1", PRUNE_MS, &answer, err) < 0)
		return -1;
	if (answer.status != 200)
		return engine_answer_error(&answer, err);
	if (json_parse(buffer_text(&answer.body), answer.body.length, &json, err) < 0)
		return error_wrap(err, "engine %s", client->name);
	*ret_freed = json_integer(json, "SpaceReclaimed", 0);
	return 0;
}

static int post_json(struct engine_client *client, const char *path, const char *body, int timeout_ms,
		     struct answer *ret_answer, struct error *err)
{
	struct http_request request = {
		.method = "POST",
		.path = path,
		.body = body,
		.timeout_ms = timeout_ms,
		.done = answer_take,
		.context = ret_answer,
	};

	ret_answer->body.cap = BUFFER_TEXT_CAP;
	call_run(client, &request, &ret_answer->done);
	if (ret_answer->status == 0) {
		(void)error_copy(err, &ret_answer->failure);
		return -1;
	}
	return ret_answer->status < 300 ? 0 : engine_answer_error(ret_answer, err);
}

/* A member of the answer's JSON object; -1 when it is no JSON. */
static int answer_json(const struct answer *answer, cJSON **ret_json, struct error *err)
{
	return json_parse(buffer_text(&answer->body), answer->body.length, ret_json, err);
}

static int container_create(struct engine_client *client, struct arena *arena, const char *image,
			    const struct strings *command, const char **ret_id, struct error *err)
{
	struct answer answer CLEANUP_ANSWER = {0};
	struct buffer body CLEANUP_BUFFER = BUFFER_INIT(BUFFER_TEXT_CAP);
	cJSON *request CLEANUP_JSON = cJSON_CreateObject(), *created CLEANUP_JSON = NULL;

	json_add_string(request, "Image", image);
	json_add_strings(request, "Cmd", command);
	json_add_bool(request, "Tty", true); /* its output comes as it is, not in frames */
	json_add_bool(json_add_object(request, "HostConfig"), "Privileged", true);
	json_print(request, &body);
	if (post_json(client, "/containers/create", buffer_text(&body), client->timeout_ms, &answer, err) < 0 ||
	    answer_json(&answer, &created, err) < 0)
		return -1;
	*ret_id = arena_strdup(arena, json_string(created, "Id"));
	return *ret_id != NULL ? 0 : error_set(err, ERROR_CORRUPT, "the Engine gave a new container no id");
}

static int container_await(struct engine_client *client, const char *id, int timeout_ms, int64_t *ret_exit_code,
			   struct error *err)
{
	struct answer started CLEANUP_ANSWER = {0}, ended CLEANUP_ANSWER = {0};
	struct buffer start CLEANUP_BUFFER = engine_path("/containers/", id, "", "/start");
	struct buffer await CLEANUP_BUFFER = engine_path("/containers/", id, "", "/wait");
	cJSON *json CLEANUP_JSON = NULL;

	if (post_json(client, buffer_text(&start), NULL, timeout_ms, &started, err) < 0 ||
	    post_json(client, buffer_text(&await), NULL, timeout_ms, &ended, err) < 0 ||
	    answer_json(&ended, &json, err) < 0)
		return -1;
	*ret_exit_code = json_integer(json, "StatusCode", -1);
	return 0;
}

int engine_run(struct engine_client *client, struct arena *arena, const char *image, const struct strings *command,
	       int timeout_ms, int64_t *ret_exit_code, const char **ret_said, struct error *err)
{
	struct answer logs CLEANUP_ANSWER = {0};
	struct error removing = ERROR_INIT;
	const char *id = NULL;
	int result;

	if (container_create(client, arena, image, command, &id, err) < 0)
		return error_wrap(err, "engine %s: running %s", client->name, image);
	struct buffer path CLEANUP_BUFFER = engine_path("/containers/", id, "", "/logs?stdout=1&stderr=1&tail=5");
	result = container_await(client, id, timeout_ms, ret_exit_code, err);
	if (result == 0 && engine_call(client, "GET", buffer_text(&path), client->timeout_ms, &logs, &removing) == 0)
		*ret_said = arena_strdup(arena, buffer_text(&logs.body));
	(void)engine_container_remove(client, id, &removing);
	return result < 0 ? error_wrap(err, "engine %s: running %s", client->name, image) : 0;
}
