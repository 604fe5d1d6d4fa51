/* Asks one Engine what lives on it, as a queue of requests that answers add to. */
#include "live/engine_observe.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "live/engine_parse.h"
#include "live/tar.h"
#include "live/tunnel.h"
#include "model/normal.h"

#include <stdlib.h>
#include <string.h>

enum {
	PARALLEL = 32, /* requests under way per host */
	LIST_CAP = 64 * 1024 * 1024,
	ANSWER_CAP = 4 * 1024 * 1024,
	ARCHIVE_CAP = 8 * 1024 * 1024,
};

#define CONFIG_FOLDER "/etc/buildkit"

/* {"name":["buildx_buildkit_"]} */
#define NAME_FILTER "filters=%7B%22name%22%3A%5B%22" ENGINE_PREFIX "%22%5D%7D"

/* An image by one of its names or by its id. */
struct image_answer {
	const char *reference;
	const char *id; /* NULL: gone or unknown */
	struct strings env;
};

enum task_kind { TASK_LIST, TASK_VOLUMES, TASK_SIZES, TASK_CONTAINER, TASK_FILES, TASK_IMAGE };

struct task {
	struct engine_look *look;
	enum task_kind kind;
	size_t index; /* of the container or image */
};

struct look_state {
	struct http *http;
	struct arena *arena;
	struct tunnel *tunnel;
	struct http_target target;
	int64_t deadline;
	struct task **queue; /* [taken, count) are to be started */
	size_t taken, count, under_way;
	size_t parallel;
	struct image_answer *images;
	size_t image_count;
	bool listed, volumes_known, failed, by_id, told;
};

static void task_add(struct engine_look *look, enum task_kind kind, size_t index)
{
	struct look_state *state = look->state;
	struct task *task = ARENA_NEW(state->arena, struct task);

	*task = (struct task){.look = look, .kind = kind, .index = index};
	*ARENA_PUSH(state->arena, state->queue, state->count) = task;
}

static void image_add(struct engine_look *look, const char *reference)
{
	struct look_state *state = look->state;

	if (text_empty(reference))
		return;
	for (size_t i = 0; i < state->image_count; i++) {
		if (strcmp(state->images[i].reference, reference) == 0)
			return;
	}
	ARENA_PUSH(state->arena, state->images, state->image_count)->reference = reference;
	task_add(look, TASK_IMAGE, state->image_count - 1);
}

static const struct image_answer *image_by_id(const struct look_state *state, const char *id)
{
	for (size_t i = 0; id != NULL && i < state->image_count; i++) {
		if (state->images[i].id != NULL && strcmp(state->images[i].id, id) == 0)
			return &state->images[i];
	}
	return NULL;
}

/* Why the Engine as a whole does not count as observed; the first reason stays. */
static void look_fail(struct engine_look *look, const struct error *err)
{
	struct look_state *state = look->state;

	if (state->failed)
		return;
	state->failed = true;
	look->reason = arena_strdup(state->arena, err->message);
	look->hint = err->hint[0] != '\0' ? arena_strdup(state->arena, err->hint) : NULL;
}

/* The error of an answer that is no success. */
static int response_error(struct engine_look *look, const struct http_response *response, struct error *err)
{
	char message[400];

	if (response->failure != NULL) {
		(void)error_copy(err, response->failure);
		if (look->state->tunnel != NULL)
			tunnel_explain(look->state->tunnel, err);
		return -1;
	}
	engine_parse_message(response->body, response->length, message, sizeof(message));
	/* Go's net/http says so to those who speak without TLS to a port with it. */
	if (response->status == 400 && strstr(message, "HTTPS server") != NULL) {
		(void)error_set(err, ERROR_UNREACHABLE, "the Engine wants TLS");
		return error_hint(err, "make a context with ca, cert and key, and use its name as endpoint");
	}
	if (response->api_version[0] == '\0' && !text_starts(response->server, "Docker/"))
		return error_set(err, ERROR_UNREACHABLE, "what answers there is not a Docker Engine (status %d)",
				 response->status);
	return error_set(err, response->status == 404 ? ERROR_NOT_FOUND : ERROR_UNREACHABLE,
			 "the Engine answered %d: %s", response->status, message[0] != '\0' ? message : "no message");
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool wants_files(const struct engine_look *look, const struct listed *row)
{
	int generation;

	if (row->command != NULL && strstr(row->command, "--config") != NULL)
		return true;
	const char *node = node_base_name(look->state->arena, row->name + strlen(ENGINE_PREFIX), &generation);
	return look->with_files != NULL && look->with_files->count > 0 &&
	       bsearch(&node, look->with_files->items, look->with_files->count, sizeof(node), by_text) != NULL;
}

static int take_list(struct engine_look *look, const struct http_response *response, struct error *err)
{
	struct look_state *state = look->state;
	struct listed *rows;

	if (engine_parse_list(state->arena, response->body, response->length, &rows, &look->container_count, err) < 0)
		return -1;
	look->containers = ARENA_ARRAY(state->arena, struct container, look->container_count);
	look->problems = ARENA_ARRAY(state->arena, const char *, look->container_count);
	for (size_t i = 0; i < look->container_count; i++) {
		look->containers[i] = (struct container){
			.id = rows[i].id,
			.name = rows[i].name,
			.image = rows[i].image,
			.image_id = rows[i].image_id,
			.status = rows[i].status,
			.created = rows[i].created,
		};
		look->problems[i] = "not inspected";
		task_add(look, TASK_CONTAINER, i);
		image_add(look, rows[i].image);
		if (wants_files(look, &rows[i]))
			task_add(look, TASK_FILES, i);
	}
	state->listed = true;
	return 0;
}

static int take_container(struct engine_look *look, size_t index, const struct http_response *response,
			  struct error *err)
{
	struct container *container = &look->containers[index], fresh;

	if (engine_parse_container(look->state->arena, response->body, response->length, &fresh, err) < 0)
		return -1;
	fresh.files = container->files;
	fresh.files_known = container->files_known;
	*container = fresh;
	look->problems[index] = NULL;
	image_add(look, fresh.image);
	return 0;
}

static int take_files(struct engine_look *look, size_t index, const struct http_response *response, struct error *err)
{
	struct container *container = &look->containers[index];

	if (tar_read(look->state->arena, response->body, response->length, "buildkit", &container->files, err) < 0)
		return -1;
	container->files_known = true;
	return 0;
}

static int take_image(struct engine_look *look, size_t index, const struct http_response *response, struct error *err)
{
	struct image_answer *image = &look->state->images[index];

	return engine_parse_image(look->state->arena, response->body, response->length, &image->id, &image->env, err);
}

/* 26.1.5 of "Docker/26.1.5+dfsg1 (linux)" keeps its suffix; other servers are told by the API's version. */
static void keep_version(struct engine_look *look, const struct http_response *response)
{
	struct arena *arena = look->state->arena;
	static const char docker[] = "Docker/";

	if (look->version != NULL || response->failure != NULL)
		return;
	if (text_starts(response->server, docker)) {
		const char *version = response->server + sizeof(docker) - 1;
		look->version = text_printable(arena, arena_strndup(arena, version, strcspn(version, " ")), false);
	} else if (response->api_version[0] != '\0') {
		look->version = arena_printf(arena, "API %s", text_printable(arena, response->api_version, false));
	}
}

static int take_answer(const struct task *task, const struct http_response *response, struct error *err)
{
	struct engine_look *look = task->look;
	struct look_state *state = look->state;

	switch (task->kind) {
	case TASK_LIST:
		return take_list(look, response, err);
	case TASK_VOLUMES:
		if (engine_parse_volumes(state->arena, response->body, response->length, &look->volumes,
					 &look->volume_count, err) < 0)
			return -1;
		state->volumes_known = true;
		if (look->sizes && look->volume_count > 0)
			task_add(look, TASK_SIZES, 0);
		return 0;
	case TASK_SIZES:
		return engine_parse_sizes(response->body, response->length, look->volumes, look->volume_count, err);
	case TASK_CONTAINER:
		return take_container(look, task->index, response, err);
	case TASK_FILES:
		return take_files(look, task->index, response, err);
	case TASK_IMAGE:
		return take_image(look, task->index, response, err);
	}
	return 0;
}

/* Without lists nothing is known of an Engine; every other answer is missed alone. */
static void take_failure(const struct task *task, bool answered_404, const struct error *err)
{
	struct engine_look *look = task->look;

	switch (task->kind) {
	case TASK_LIST:
	case TASK_VOLUMES:
		look_fail(look, err);
		break;
	case TASK_CONTAINER:
		/* Between list and inspection it went away: look_finish() drops it. */
		look->problems[task->index] = answered_404 ? "" : arena_strdup(look->state->arena, err->message);
		break;
	case TASK_FILES:
		look->containers[task->index].files_known = answered_404;
		break;
	case TASK_SIZES:
	case TASK_IMAGE:
		break;
	}
}

static void pump(struct engine_look *look);

static void answered(void *context, const struct http_response *response)
{
	struct task *task = context;
	struct engine_look *look = task->look;
	struct error err = ERROR_INIT;
	int result;

	look->state->under_way--;
	keep_version(look, response);
	if (response->failure != NULL || response->status != 200)
		result = response_error(look, response, &err);
	else
		result = take_answer(task, response, &err);
	if (result < 0)
		take_failure(task, response->failure == NULL && response->status == 404, &err);
	pump(look);
}

static void task_path(const struct task *task, struct buffer *path)
{
	const struct engine_look *look = task->look;

	switch (task->kind) {
	case TASK_LIST:
		(void)buffer_puts(path, "/containers/json?all=1&" NAME_FILTER);
		break;
	case TASK_VOLUMES:
		(void)buffer_puts(path, "/volumes?" NAME_FILTER);
		break;
	case TASK_SIZES:
		(void)buffer_puts(path, "/system/df?type=volume");
		break;
	case TASK_CONTAINER:
	case TASK_FILES:
		(void)buffer_puts(path, "/containers/");
		http_escape(path, look->containers[task->index].id, "");
		(void)buffer_puts(path, task->kind == TASK_FILES ? "/archive?path=" CONFIG_FOLDER : "/json");
		break;
	case TASK_IMAGE:
		(void)buffer_puts(path, "/images/");
		http_escape(path, look->state->images[task->index].reference, "/:@");
		(void)buffer_puts(path, "/json");
		break;
	}
}

static void task_start(struct task *task)
{
	struct look_state *state = task->look->state;
	struct buffer path CLEANUP_BUFFER = BUFFER_INIT(BUFFER_TEXT_CAP);
	static const size_t caps[] = {
		[TASK_LIST] = LIST_CAP,	       [TASK_VOLUMES] = LIST_CAP,  [TASK_SIZES] = LIST_CAP,
		[TASK_CONTAINER] = ANSWER_CAP, [TASK_FILES] = ARCHIVE_CAP, [TASK_IMAGE] = ANSWER_CAP,
	};

	task_path(task, &path);
	struct http_request request = {
		.method = "GET",
		.path = buffer_text(&path),
		.timeout_ms = task->look->timeout_ms,
		.deadline = state->deadline,
		.cap = caps[task->kind],
		.done = answered,
		.context = task,
	};
	state->under_way++;
	http_start(state->http, &state->target, &request);
}

/* Images that containers run and that none of the names asked for led to: their tag has moved on. */
static void ask_by_id(struct engine_look *look)
{
	for (size_t i = 0; i < look->container_count; i++) {
		if (look->problems[i] == NULL && image_by_id(look->state, look->containers[i].image_id) == NULL)
			image_add(look, look->containers[i].image_id);
	}
}

static void pump(struct engine_look *look)
{
	struct look_state *state = look->state;

	if (state->failed)
		return;
	if (state->taken == state->count && state->under_way == 0 && !state->by_id) {
		state->by_id = true;
		ask_by_id(look);
	}
	while (state->taken < state->count && state->under_way < state->parallel)
		task_start(state->queue[state->taken++]);
	if (state->under_way == 0 && !state->told && look->done != NULL) {
		state->told = true;
		look->done(look->context, look);
	}
}

void engine_look_start(struct http *http, struct arena *arena, struct engine_look *look)
{
	struct look_state *state = ARENA_NEW(arena, struct look_state);
	struct error err = ERROR_INIT;

	*state = (struct look_state){
		.http = http,
		.arena = arena,
		.target = look->endpoint.target,
		.deadline = clock_ms() + look->timeout_ms,
		/* Each connection is an ssh that authenticates, perhaps with a key that wants a touch. */
		.parallel = look->endpoint.is_ssh ? 1 : PARALLEL,
	};
	look->state = state;
	if (look->endpoint.is_ssh) {
		if (tunnel_open(http, &look->endpoint, TUNNEL_DOCKER, look->timeout_ms, &state->tunnel, &err) < 0) {
			look_fail(look, &err);
			return;
		}
		state->target.socket = tunnel_socket(state->tunnel);
	}
	task_add(look, TASK_LIST, 0);
	task_add(look, TASK_VOLUMES, 0);
	pump(look);
}

static void drop_gone(struct engine_look *look)
{
	size_t kept = 0;

	for (size_t i = 0; i < look->container_count; i++) {
		if (look->problems[i] != NULL && look->problems[i][0] == '\0')
			continue;
		look->containers[kept] = look->containers[i];
		look->problems[kept++] = look->problems[i];
	}
	look->container_count = kept;
}

static void join_images(struct engine_look *look)
{
	const struct look_state *state = look->state;

	for (size_t i = 0; i < look->container_count; i++) {
		struct container *container = &look->containers[i];
		const struct image_answer *runs = image_by_id(state, container->image_id);
		if (runs != NULL)
			container->image_env = runs->env;
		for (size_t j = 0; container->image != NULL && j < state->image_count; j++) {
			if (strcmp(state->images[j].reference, container->image) == 0)
				container->image_now_id = state->images[j].id;
		}
	}
}

void engine_look_finish(struct engine_look *look)
{
	struct look_state *state = look->state;

	look->reachable = !state->failed && state->listed && state->volumes_known;
	if (look->reachable) {
		drop_gone(look);
		join_images(look);
	} else {
		look->container_count = look->volume_count = 0;
		if (look->reason == NULL)
			look->reason = "it was not asked";
	}
	tunnel_close(state->tunnel);
	look->state = NULL;
}
