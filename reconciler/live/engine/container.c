/* Containers of an Engine: found, stopped, restarted, removed, run once, and who is connected to them. */
#include "live/engine/container.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/text_buffer.h"
#include "live/engine/call.h"
#include "live/engine/demux.h"
#include "live/engine/parse.h"

#include <string.h>

enum { EXECS_MAX = 256, CLEAR_MS = 5000 };

/* answer: for who wants to say why it is not there. */
static int inspect(struct engine_client *client, struct arena *arena, const char *name, struct answer *answer,
		   struct container *ret_container, bool *ret_there, struct error *err)
{
	CLEANUP_TEXT struct text path = engine_path("/containers/", name, "", "/json");

	if (engine_get(client, text_string(&path), answer, ret_there, err) < 0)
		return -1;
	return *ret_there ? engine_parse_container(arena, buffer_text(&answer->body), answer->body.length,
						   ret_container, err)
			  : 0;
}

int engine_container_id(struct engine_client *client, struct arena *arena, const char *name, const char **ret_id,
			struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct container container;
	bool there;

	*ret_id = NULL;
	if (inspect(client, scratch, name, &answer, &container, &there, err) < 0)
		return -1;
	if (!there)
		return 0;
	/* The Engine also finds containers by the beginning of their id. */
	if (text_equal(container.name, name) || text_equal(container.id, name))
		*ret_id = arena_strdup(arena, container.id);
	return 0;
}

int engine_container_inspect(struct engine_client *client, struct arena *arena, const char *name,
			     struct container *ret_container, struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	bool there;

	if (inspect(client, arena, name, &answer, ret_container, &there, err) < 0)
		return -1;
	return there ? 0 : engine_answer_error(&answer, err);
}

int engine_container_stop(struct engine_client *client, const char *id, int grace_seconds, struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_TEXT struct text path = engine_path("/containers/", id, "", "/stop?t=");

	text_printf(&path, "%d", grace_seconds);
	if (engine_call(client, "POST", text_string(&path), grace_seconds * 1000 + ENGINE_REMOVE_MS, &answer, err) < 0)
		return -1;
	/* 304: it was stopped already. */
	return answer.status == 204 || answer.status == 304 ? 0 : engine_answer_error(&answer, err);
}

int engine_container_post(struct engine_client *client, const char *id, const char *verb, struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_TEXT struct text path = engine_path("/containers/", id, "", "/");

	text_puts(&path, verb);
	if (engine_call(client, "POST", text_string(&path), ENGINE_REMOVE_MS, &answer, err) < 0)
		return -1;
	return answer.status == 204 || answer.status == 304 ? 0 : engine_answer_error(&answer, err);
}

int engine_container_update(struct engine_client *client, const char *id, const char *json, struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_TEXT struct text path = engine_path("/containers/", id, "", "/update");

	return engine_post(client, text_string(&path), json, client->timeout_ms, &answer, err);
}

/* One that was made and never started, as when its client died between the two, is listed until its container ends. */
static int exec_runs(struct engine_client *client, const char *id, bool *ret_runs, struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_TEXT struct text path = engine_path("/exec/", id, "", "/json");
	CLEANUP_JSON cJSON *json = NULL;
	bool there;

	*ret_runs = false;
	if (engine_get(client, text_string(&path), &answer, &there, err) < 0)
		return -1;
	if (!there)
		return 0; /* it ended meanwhile */
	if (json_parse(buffer_text(&answer.body), answer.body.length, &json, err) < 0)
		return error_wrap(err, "the Engine's answer");
	*ret_runs = json_bool(json, "Running", false);
	return 0;
}

int engine_container_use(struct engine_client *client, const char *id, struct container_use *ret_use, struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct container container;
	bool there;

	if (inspect(client, scratch, id, &answer, &container, &there, err) < 0)
		return -1;
	if (!there)
		return engine_answer_error(&answer, err);
	ret_use->running = text_equal(container.status, "running");
	ret_use->execs = 0;
	for (size_t i = 0; i < container.execs.count && i < EXECS_MAX; i++) {
		bool runs;

		if (exec_runs(client, container.execs.items[i], &runs, err) < 0)
			return -1;
		ret_use->execs += runs;
	}
	return 0;
}

/* Waits until the container is gone. */
static int await_gone(struct engine_client *client, const char *id, struct error *err)
{
	CLEANUP_TEXT struct text path = engine_path("/containers/", id, "", "/json");
	int64_t deadline = clock_ms() + ENGINE_REMOVE_MS;

	for (;;) {
		CLEANUP_ANSWER struct answer answer = {0};
		bool there;

		if (engine_get(client, text_string(&path), &answer, &there, err) < 0)
			return -1;
		if (!there)
			return 0;
		if (clock_ms() >= deadline)
			return error_set(err, ERROR_OTHER,
					 "container %.12s is still there %d s after its removal was asked for", id,
					 ENGINE_REMOVE_MS / 1000);
		interrupt_pause(client->interrupt, ENGINE_POLL_MS);
	}
}

int engine_container_remove(struct engine_client *client, const char *id, struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_TEXT struct text path = engine_path("/containers/", id, "", "?force=1&v=0");

	if (engine_call(client, "DELETE", text_string(&path), ENGINE_REMOVE_MS, &answer, err) < 0)
		return -1;
	if (answer.status == 404)
		return 0;
	/* 409 "removal of container … is already in progress": somebody else asked first. */
	bool in_progress = answer.status == 409 && strstr(buffer_text(&answer.body), "already in progress");
	if (answer.status != 204 && !in_progress)
		return engine_answer_error(&answer, err);
	return await_gone(client, id, err);
}

static int take_log(void *context, enum demux_stream stream, const void *data, size_t length, struct error *err)
{
	(void)stream;
	if (buffer_append(context, data, length) < 0)
		return error_set(err, ERROR_CORRUPT, "the log is too long");
	return 0;
}

int engine_container_log(struct engine_client *client, struct arena *arena, const char *name, const char **ret_text,
			 struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_TEXT struct text path = engine_path("/containers/", name, "", "/logs?stdout=1&stderr=1&tail=30");
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(BUFFER_TEXT_CAP);
	struct demux demux = {.on_data = take_log, .context = &text};
	bool there;

	if (engine_get(client, text_string(&path), &answer, &there, err) < 0)
		return -1;
	if (!there)
		return engine_answer_error(&answer, err);
	if (demux_feed(&demux, buffer_text(&answer.body), answer.body.length, err) < 0)
		return -1;
	*ret_text = arena_strdup(arena, buffer_text(&text));
	return 0;
}

int engine_volume_create(struct engine_client *client, const char *name, const struct strings *labels,
			 struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_TEXT struct text body = TEXT_INIT;
	CLEANUP_JSON cJSON *request = cJSON_CreateObject();
	CLEANUP_ARENA struct arena *arena = arena_new();
	cJSON *map;

	json_add_string(request, "Name", name);
	map = json_add_object(request, "Labels");
	for (size_t i = 0; i < labels->count; i++) {
		const char *sign = strchr(labels->items[i], '=');
		if (sign)
			json_add_string(map, arena_strndup(arena, labels->items[i], (size_t)(sign - labels->items[i])),
					sign + 1);
	}
	json_print(request, &body);
	if (engine_post(client, "/volumes/create", text_string(&body), client->timeout_ms, &answer, err) < 0)
		return error_wrap(err, "engine %s: volume %s", client->name, name);
	return 0;
}

int engine_volume_remove(struct engine_client *client, const char *name, struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_TEXT struct text path = engine_path("/volumes/", name, "", "");

	if (engine_call(client, "DELETE", text_string(&path), ENGINE_REMOVE_MS, &answer, err) < 0)
		return -1;
	return answer.status == 204 || answer.status == 404 ? 0 : engine_answer_error(&answer, err);
}

/* -1 when the answer is no JSON. */
static int answer_json(const struct answer *answer, cJSON **ret_json, struct error *err)
{
	return json_parse(buffer_text(&answer->body), answer->body.length, ret_json, err);
}

static int container_create(struct engine_client *client, struct arena *arena, const char *image,
			    const struct strings *command, const char **ret_id, struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_TEXT struct text body = TEXT_INIT;
	CLEANUP_JSON cJSON *request = cJSON_CreateObject(), *created = NULL;

	json_add_string(request, "Image", image);
	json_add_strings(request, "Cmd", command);
	json_add_bool(request, "Tty", true); /* its output comes as it is, not in frames */
	json_add_bool(json_add_object(request, "HostConfig"), "Privileged", true);
	json_print(request, &body);
	if (engine_post(client, "/containers/create", text_string(&body), client->timeout_ms, &answer, err) < 0 ||
	    answer_json(&answer, &created, err) < 0)
		return -1;
	*ret_id = arena_strdup(arena, json_string(created, "Id"));
	return *ret_id ? 0 : error_set(err, ERROR_CORRUPT, "the Engine gave a new container no id");
}

static int container_await(struct engine_client *client, const char *id, int timeout_ms, int64_t *ret_exit_code,
			   struct error *err)
{
	CLEANUP_ANSWER struct answer started = {0}, ended = {0};
	CLEANUP_TEXT struct text start = engine_path("/containers/", id, "", "/start");
	CLEANUP_TEXT struct text await = engine_path("/containers/", id, "", "/wait");
	CLEANUP_JSON cJSON *json = NULL;

	if (engine_post(client, text_string(&start), NULL, timeout_ms, &started, err) < 0 ||
	    engine_post(client, text_string(&await), NULL, timeout_ms, &ended, err) < 0 ||
	    answer_json(&ended, &json, err) < 0)
		return -1;
	*ret_exit_code = json_integer(json, "StatusCode", -1);
	return 0;
}

/* What an interrupt leaves to be cleared has a moment for it. */
struct grace {
	int64_t until;
};

static bool is_over(void *context)
{
	const struct grace *grace = context;

	return clock_ms() >= grace->until;
}

int engine_run(struct engine_client *client, struct arena *arena, const char *image, const struct strings *command,
	       int timeout_ms, int64_t *ret_exit_code, const char **ret_said, struct error *err)
{
	CLEANUP_ANSWER struct answer logs = {0};
	struct error removing = ERROR_INIT;
	const char *id = NULL;
	int result;

	if (container_create(client, arena, image, command, &id, err) < 0)
		return error_wrap(err, "engine %s: running %s", client->name, image);
	CLEANUP_TEXT struct text path = engine_path("/containers/", id, "", "/logs?stdout=1&stderr=1&tail=5");
	result = container_await(client, id, timeout_ms, ret_exit_code, err);
	if (result == 0 && engine_call(client, "GET", text_string(&path), client->timeout_ms, &logs, &removing) == 0)
		*ret_said = arena_strdup(arena, buffer_text(&logs.body));
	/* Ours, so it does not stay behind an interrupt either. */
	struct grace grace = {.until = clock_ms() + CLEAR_MS};
	http_heed(client->http, &(struct interrupt){.came = is_over, .context = &grace});
	engine_container_remove(client, id, &removing);
	http_heed(client->http, client->interrupt);
	return result < 0 ? error_wrap(err, "engine %s: running %s", client->name, image) : 0;
}
