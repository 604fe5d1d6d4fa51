/* Containers of an Engine: found, stopped, restarted, removed, and who is connected to them. */
#include "live/engine_call.h"

#include "base/clock.h"
#include "base/json.h"
#include "live/engine_parse.h"

#include <poll.h>
#include <string.h>

enum { EXECS_MAX = 256 };

int engine_container_id(struct engine_client *client, struct arena *arena, const char *name, const char **ret_id,
			struct error *err)
{
	struct answer answer CLEANUP_ANSWER = {0};
	struct buffer path CLEANUP_BUFFER = engine_path("/containers/", name, "", "/json");
	struct arena *scratch CLEANUP_ARENA = arena_new();
	struct container container;
	bool there;

	*ret_id = NULL;
	if (engine_get(client, buffer_text(&path), &answer, &there, err) < 0)
		return -1;
	if (!there)
		return 0;
	if (engine_parse_container(scratch, buffer_text(&answer.body), answer.body.length, &container, err) < 0)
		return -1;
	/* The Engine also finds containers by the beginning of their id. */
	if (text_equal(container.name, name) || text_equal(container.id, name))
		*ret_id = arena_strdup(arena, container.id);
	return 0;
}

int engine_container_stop(struct engine_client *client, const char *id, int grace_seconds, struct error *err)
{
	struct answer answer CLEANUP_ANSWER = {0};
	struct buffer path CLEANUP_BUFFER = engine_path("/containers/", id, "", "/stop?t=");

	(void)buffer_printf(&path, "%d", grace_seconds);
	if (engine_call(client, "POST", buffer_text(&path), grace_seconds * 1000 + ENGINE_REMOVE_MS, &answer, err) < 0)
		return -1;
	/* 304: it was stopped already. */
	return answer.status == 204 || answer.status == 304 ? 0 : engine_answer_error(&answer, err);
}

int engine_container_act(struct engine_client *client, const char *id, const char *verb, struct error *err)
{
	struct answer answer CLEANUP_ANSWER = {0};
	struct buffer path CLEANUP_BUFFER = engine_path("/containers/", id, "", "/");

	(void)buffer_puts(&path, verb);
	if (engine_call(client, "POST", buffer_text(&path), ENGINE_REMOVE_MS, &answer, err) < 0)
		return -1;
	return answer.status == 204 || answer.status == 304 ? 0 : engine_answer_error(&answer, err);
}

/* One that was made and never started, as when its client died between the two, is listed until its container ends. */
static int exec_runs(struct engine_client *client, const char *id, bool *ret_runs, struct error *err)
{
	struct answer answer CLEANUP_ANSWER = {0};
	struct buffer path CLEANUP_BUFFER = engine_path("/exec/", id, "", "/json");
	cJSON *json CLEANUP_JSON = NULL;
	bool there;

	*ret_runs = false;
	if (engine_get(client, buffer_text(&path), &answer, &there, err) < 0)
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
	struct answer answer CLEANUP_ANSWER = {0};
	struct buffer path CLEANUP_BUFFER = engine_path("/containers/", id, "", "/json");
	struct arena *scratch CLEANUP_ARENA = arena_new();
	struct container container;
	bool there;

	if (engine_get(client, buffer_text(&path), &answer, &there, err) < 0)
		return -1;
	if (!there)
		return engine_answer_error(&answer, err);
	if (engine_parse_container(scratch, buffer_text(&answer.body), answer.body.length, &container, err) < 0)
		return -1;
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
	struct buffer path CLEANUP_BUFFER = engine_path("/containers/", id, "", "/json");
	int64_t deadline = clock_ms() + ENGINE_REMOVE_MS;

	for (;;) {
		struct answer answer CLEANUP_ANSWER = {0};
		bool there;

		if (engine_get(client, buffer_text(&path), &answer, &there, err) < 0)
			return -1;
		if (!there)
			return 0;
		if (clock_ms() >= deadline)
			return error_set(err, ERROR_OTHER,
					 "container %.12s is still there %d s after its removal was asked for", id,
					 ENGINE_REMOVE_MS / 1000);
		(void)poll(NULL, 0, ENGINE_POLL_MS);
	}
}

int engine_container_remove(struct engine_client *client, const char *id, struct error *err)
{
	struct answer answer CLEANUP_ANSWER = {0};
	struct buffer path CLEANUP_BUFFER = engine_path("/containers/", id, "", "?force=1&v=0");

	if (engine_call(client, "DELETE", buffer_text(&path), ENGINE_REMOVE_MS, &answer, err) < 0)
		return -1;
	if (answer.status == 404)
		return 0;
	/* 409 "removal of container … is already in progress": somebody else asked first. */
	bool in_progress = answer.status == 409 && strstr(buffer_text(&answer.body), "already in progress") != NULL;
	if (answer.status != 204 && !in_progress)
		return engine_answer_error(&answer, err);
	return await_gone(client, id, err);
}
