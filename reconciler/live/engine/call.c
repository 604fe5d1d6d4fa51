/* One Engine, one call at a time: for the steps of a plan. */
#include "live/engine/call.h"

#include "base/buffer.h"
#include "live/engine/parse.h"
#include "live/http/text.h"

#include <string.h>
#include <unistd.h>

enum { STEP_MS = 1000 };

int engine_open(const struct live *live, const char *endpoint, int timeout_ms, const struct interrupt *interrupt,
		struct engine_client **ret_client, struct error *err)
{
	struct arena *arena = arena_new();
	struct engine_client *client = ARENA_NEW(arena, struct engine_client);

	*client = (struct engine_client){.arena = arena, .timeout_ms = timeout_ms, .interrupt = interrupt};
	client->name = arena_strdup(arena, endpoint);
	if (endpoint_resolve(arena, live, endpoint, &client->endpoint, err) < 0) {
		error_wrap(err, "engine %s", endpoint);
		arena_free(arena);
		return -1;
	}
	client->http = http_new();
	http_heed(client->http, interrupt);
	if (client->endpoint.is_ssh) {
		if (tunnel_open(client->http, &client->endpoint, TUNNEL_DOCKER, timeout_ms, &client->tunnel, err) < 0) {
			error_wrap(err, "engine %s", endpoint);
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
	if (!client)
		return;
	/* The connections first: ssh ends with its own. */
	struct http *http = client->http;
	struct arena *arena = client->arena;
	tunnel_close(client->tunnel);
	http_free(http);
	arena_free(arena);
}

void engine_answer_take(void *context, const struct http_response *response)
{
	struct answer *answer = context;

	answer->done = true;
	answer->status = 0;
	if (response->failure)
		answer->failure = *response->failure;
	else if (buffer_append(&answer->body, response->body, response->length) < 0)
		error_set(&answer->failure, ERROR_CORRUPT, "the answer is over %d MiB",
			  BUFFER_TEXT_CAP / (1024 * 1024));
	else
		answer->status = response->status;
}

void engine_call_run(struct engine_client *client, const struct http_request *request, const bool *done)
{
	http_start(client->http, &client->endpoint.target, request);
	while (!*done)
		http_step(client->http, STEP_MS);
}

static int ask(struct engine_client *client, struct http_request *request, struct answer *ret_answer, struct error *err)
{
	request->done = engine_answer_take;
	request->context = ret_answer;
	ret_answer->body.cap = BUFFER_TEXT_CAP;
	engine_call_run(client, request, &ret_answer->done);
	if (ret_answer->status != 0)
		return 0;
	error_copy(err, &ret_answer->failure);
	if (client->tunnel)
		tunnel_explain(client->tunnel, err);
	return error_wrap(err, "engine %s", client->name);
}

int engine_call(struct engine_client *client, const char *method, const char *path, int timeout_ms,
		struct answer *ret_answer, struct error *err)
{
	struct http_request request = {.method = method, .path = path, .timeout_ms = timeout_ms};

	return ask(client, &request, ret_answer, err);
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

struct text engine_path(const char *before, const char *name, const char *keep, const char *after)
{
	struct text path = TEXT_INIT;

	text_puts(&path, before);
	http_escape(&path, name, keep);
	text_puts(&path, after);
	return path;
}

int engine_post(struct engine_client *client, const char *path, const char *body, int timeout_ms,
		struct answer *ret_answer, struct error *err)
{
	struct http_request request = {.method = "POST", .path = path, .body = body, .timeout_ms = timeout_ms};

	if (ask(client, &request, ret_answer, err) < 0)
		return -1;
	return ret_answer->status < 300 ? 0 : engine_answer_error(ret_answer, err);
}
