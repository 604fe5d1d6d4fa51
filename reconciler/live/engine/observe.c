/* Asks one Engine what lives on it, as a queue of requests that answers add to. */
#include "live/engine/observe.h"

#include "base/clock.h"
#include "base/keyed.h"
#include "base/limits.h"
#include "base/text_buffer.h"
#include "codec/tar.h"
#include "live/engine/parse.h"
#include "live/engine/refusal.h"
#include "live/http/text.h"
#include "live/http/tunnel.h"
#include "model/normal.h"

#include <stdlib.h>
#include <string.h>

enum { PARALLEL = 32 /* requests under way per host */, AHEAD_MOST = PARALLEL - 8 /* lists and images go with them */ };

#define CONFIG_FOLDER "/etc/buildkit"

/* {"name":["buildx_buildkit_"]} */
#define NAME_FILTER "filters=%7B%22name%22%3A%5B%22" NODE_OBJECT_PREFIX "%22%5D%7D"

/* An image by one of its names or by its id. */
struct image_answer {
	const char *reference;
	const char *id; /* NULL: gone or unknown */
	struct strings env;
};

/* A container that is asked for by name, before the list has told which one is there. */
struct ahead {
	bool answered, known;
	struct container container;
};

enum task_kind { TASK_LIST, TASK_VOLUMES, TASK_SIZES, TASK_AHEAD, TASK_CONTAINER, TASK_FILES, TASK_IMAGE };

struct task {
	struct engine_probe *probe;
	enum task_kind kind;
	size_t index; /* of the container, image, or what is asked ahead */
};

struct engine_probe_state {
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
	struct ahead *ahead; /* one per probe->ahead */
	bool *gone;	     /* one per container: it was listed, and was away when it was inspected */
	bool listed, volumes_known, failed, by_id, told;
};

static void task_add(struct engine_probe *probe, enum task_kind kind, size_t index)
{
	struct engine_probe_state *state = probe->state;
	struct task *task = ARENA_NEW(state->arena, struct task);

	*task = (struct task){.probe = probe, .kind = kind, .index = index};
	*ARENA_PUSH(state->arena, state->queue, state->count) = task;
}

static void image_add(struct engine_probe *probe, const char *reference)
{
	struct engine_probe_state *state = probe->state;

	if (text_empty(reference))
		return;
	for (size_t i = 0; i < state->image_count; i++)
		if (strcmp(state->images[i].reference, reference) == 0)
			return;
	ARENA_PUSH(state->arena, state->images, state->image_count)->reference = reference;
	task_add(probe, TASK_IMAGE, state->image_count - 1);
}

static const struct image_answer *image_by_id(const struct engine_probe_state *state, const char *id)
{
	for (size_t i = 0; id && i < state->image_count; i++)
		if (state->images[i].id && strcmp(state->images[i].id, id) == 0)
			return &state->images[i];
	return NULL;
}

/* Why the Engine as a whole does not count as observed; the first reason stays. */
static void look_fail(struct engine_probe *probe, const struct error *err)
{
	struct engine_probe_state *state = probe->state;

	if (state->failed)
		return;
	state->failed = true;
	probe->reason = arena_strdup(state->arena, err->message);
	probe->hint = err->hint[0] != '\0' ? arena_strdup(state->arena, err->hint) : NULL;
}

static bool wants_files(const struct engine_probe *probe, const struct listed *row)
{
	int generation;

	if (row->command && strstr(row->command, "--config"))
		return true;
	const char *node = node_base_name(probe->state->arena, row->name + strlen(NODE_OBJECT_PREFIX), &generation);
	return probe->with_files && keyed_find(probe->with_files->items, probe->with_files->count, sizeof(node), node);
}

static void keep_container(struct engine_probe *probe, size_t index, const struct container *fresh)
{
	struct container *container = &probe->containers[index], before = *container;

	*container = *fresh;
	container->files = before.files;
	container->files_known = before.files_known;
	probe->problems[index] = NULL;
	image_add(probe, container->image);
}

/* What was asked ahead counts for the very container that is listed; of another one it said nothing. */
static void inspect(struct engine_probe *probe, size_t index)
{
	const struct container *listed = &probe->containers[index];
	const struct ahead *ahead = NULL;

	for (size_t i = 0; i < probe->ahead.count; i++)
		if (text_equal(probe->ahead.items[i], listed->name))
			ahead = &probe->state->ahead[i];
	if (ahead && !ahead->answered)
		return; /* take_ahead() comes back */
	if (ahead && ahead->known && text_equal(ahead->container.id, listed->id))
		keep_container(probe, index, &ahead->container);
	else
		task_add(probe, TASK_CONTAINER, index);
}

static int take_list(struct engine_probe *probe, const struct http_response *response, struct error *err)
{
	struct engine_probe_state *state = probe->state;
	struct listed *rows;

	if (engine_parse_list(state->arena, response->body, response->length, &rows, &probe->container_count, err) < 0)
		return -1;
	probe->containers = ARENA_ARRAY(state->arena, struct container, probe->container_count);
	probe->problems = ARENA_ARRAY(state->arena, const char *, probe->container_count);
	state->gone = ARENA_ARRAY(state->arena, bool, probe->container_count);
	for (size_t i = 0; i < probe->container_count; i++) {
		probe->containers[i] = (struct container){
			.id = rows[i].id,
			.name = rows[i].name,
			.image = rows[i].image,
			.image_id = rows[i].image_id,
			.status = rows[i].status,
			.created = rows[i].created,
		};
		probe->problems[i] = "not inspected";
		inspect(probe, i);
		image_add(probe, rows[i].image);
		if (wants_files(probe, &rows[i]))
			task_add(probe, TASK_FILES, i);
	}
	state->listed = true;
	return 0;
}

static int take_container(struct engine_probe *probe, size_t index, const struct http_response *response,
			  struct error *err)
{
	struct container fresh;

	if (engine_parse_container(probe->state->arena, response->body, response->length, &fresh, err) < 0)
		return -1;
	keep_container(probe, index, &fresh);
	return 0;
}

/* Whatever came of it: the container may be listed and not be found by its name, made or gone in between. */
static void take_ahead(struct engine_probe *probe, size_t index, const struct http_response *response)
{
	struct ahead *ahead = &probe->state->ahead[index];

	ahead->answered = true;
	ahead->known = !response->failure && response->status == 200 &&
		       engine_parse_container(probe->state->arena, response->body, response->length, &ahead->container,
					      NULL) == 0;
	for (size_t i = 0; i < probe->container_count; i++)
		if (text_equal(probe->containers[i].name, probe->ahead.items[index]))
			inspect(probe, i);
}

static int take_files(struct engine_probe *probe, size_t index, const struct http_response *response, struct error *err)
{
	struct container *container = &probe->containers[index];

	if (tar_read(probe->state->arena, response->body, response->length, "buildkit", &container->files, err) < 0)
		return -1;
	container->files_known = true;
	return 0;
}

static int take_image(struct engine_probe *probe, size_t index, const struct http_response *response, struct error *err)
{
	struct image_answer *image = &probe->state->images[index];

	return engine_parse_image(probe->state->arena, response->body, response->length, &image->id, &image->env, err);
}

static int take_answer(const struct task *task, const struct http_response *response, struct error *err)
{
	struct engine_probe *probe = task->probe;
	struct engine_probe_state *state = probe->state;

	switch (task->kind) {
	case TASK_LIST:
		return take_list(probe, response, err);
	case TASK_VOLUMES:
		if (engine_parse_volumes(state->arena, response->body, response->length, &probe->volumes,
					 &probe->volume_count, err) < 0)
			return -1;
		state->volumes_known = true;
		if (probe->sizes && probe->volume_count > 0)
			task_add(probe, TASK_SIZES, 0);
		return 0;
	case TASK_SIZES:
		return engine_parse_sizes(response->body, response->length, probe->volumes, probe->volume_count, err);
	case TASK_AHEAD: /* take_ahead() */
		return 0;
	case TASK_CONTAINER:
		return take_container(probe, task->index, response, err);
	case TASK_FILES:
		return take_files(probe, task->index, response, err);
	case TASK_IMAGE:
		return take_image(probe, task->index, response, err);
	}
	return 0;
}

/* Without lists nothing is known of an Engine; every other answer is missed alone. */
static void take_failure(const struct task *task, bool answered_404, const struct error *err)
{
	struct engine_probe *probe = task->probe;

	switch (task->kind) {
	case TASK_LIST:
	case TASK_VOLUMES:
		look_fail(probe, err);
		break;
	case TASK_CONTAINER:
		probe->problems[task->index] = arena_strdup(probe->state->arena, err->message);
		probe->state->gone[task->index] = answered_404;
		break;
	case TASK_FILES:
		probe->containers[task->index].files_known = answered_404;
		break;
	case TASK_SIZES:
	case TASK_AHEAD:
	case TASK_IMAGE:
		break;
	}
}

static void pump(struct engine_probe *probe);

/* Of an answer that is too large, or nonsense, it is said which one it was. */
static int name_answer(enum task_kind kind, struct error *err)
{
	static const char *const names[] = {
		[TASK_LIST] = "its list of nodes' containers",	   [TASK_VOLUMES] = "its list of nodes' volumes",
		[TASK_SIZES] = "the sizes of its volumes",	   [TASK_CONTAINER] = "what it says of a container",
		[TASK_AHEAD] = "what it says of a container",	   [TASK_IMAGE] = "what it says of an image",
		[TASK_FILES] = "the configuration in a container",
	};

	error_wrap(err, "%s", names[kind]);
	return *err->hint ? -1
			  : error_hint(err, "no Docker Engine says such a thing of its nodes: see what answers at the "
					    "endpoint, and what lies there (docker ps -a, docker volume ls)");
}

static void answered(void *context, const struct http_response *response)
{
	struct task *task = context;
	struct engine_probe *probe = task->probe;
	struct error err = ERROR_INIT;
	int result;

	probe->state->under_way--;
	engine_announces(probe->state->arena, response, probe);
	if (task->kind == TASK_AHEAD)
		take_ahead(probe, task->index, response);
	if (response->failure || response->status != 200)
		result = engine_refusal(response, probe->state->tunnel, probe->api_version, &err);
	else
		result = take_answer(task, response, &err);
	if (result < 0 && err.kind == ERROR_CORRUPT)
		name_answer(task->kind, &err);
	if (result < 0)
		take_failure(task, !response->failure && response->status == 404, &err);
	pump(probe);
}

static void task_path(const struct task *task, struct text *path)
{
	const struct engine_probe *probe = task->probe;
	bool ahead = task->kind == TASK_AHEAD;

	switch (task->kind) {
	case TASK_LIST:
		/* As docker asks: an Engine that has no such version says so, and would to docker and BuildX. All other
		 * requests name none, which is the Engine's newest and never refused. */
		if (!text_empty(probe->api_version))
			text_printf(path, "/v%s", probe->api_version);
		text_puts(path, "/containers/json?all=1&" NAME_FILTER);
		break;
	case TASK_VOLUMES:
		text_puts(path, "/volumes?" NAME_FILTER);
		break;
	case TASK_SIZES:
		text_puts(path, "/system/df?type=volume");
		if (engine_is_able(probe->api, ENGINE_TELLS_USAGE))
			text_puts(path, "&verbose=1");
		break;
	case TASK_AHEAD:
	case TASK_CONTAINER:
	case TASK_FILES:
		text_puts(path, "/containers/");
		http_escape(path, ahead ? probe->ahead.items[task->index] : probe->containers[task->index].id, "");
		text_puts(path, task->kind == TASK_FILES ? "/archive?path=" CONFIG_FOLDER : "/json");
		break;
	case TASK_IMAGE:
		text_puts(path, "/images/");
		http_escape(path, probe->state->images[task->index].reference, "/:@");
		text_puts(path, "/json");
		break;
	}
}

static void task_start(struct task *task)
{
	struct engine_probe_state *state = task->probe->state;
	CLEANUP_TEXT struct text path = TEXT_INIT;
	static const size_t caps[] = {
		[TASK_LIST] = LIMIT_ENGINE_LIST,     [TASK_VOLUMES] = LIMIT_ENGINE_LIST,
		[TASK_SIZES] = LIMIT_ENGINE_LIST,    [TASK_CONTAINER] = LIMIT_ENGINE_ANSWER,
		[TASK_FILES] = LIMIT_ENGINE_ARCHIVE, [TASK_IMAGE] = LIMIT_ENGINE_ANSWER,
		[TASK_AHEAD] = LIMIT_ENGINE_ANSWER,
	};

	task_path(task, &path);
	struct http_request request = {
		.method = "GET",
		.path = text_string(&path),
		.timeout_ms = task->probe->timeout_ms,
		.deadline = state->deadline,
		.cap = caps[task->kind],
		.done = answered,
		.context = task,
	};
	state->under_way++;
	http_start(state->http, &state->target, &request);
}

/* Images that containers run and that none of the names asked for led to: their tag has moved on. */
static void ask_by_id(struct engine_probe *probe)
{
	for (size_t i = 0; i < probe->container_count; i++)
		if (!probe->problems[i] && !image_by_id(probe->state, probe->containers[i].image_id))
			image_add(probe, probe->containers[i].image_id);
}

static void pump(struct engine_probe *probe)
{
	struct engine_probe_state *state = probe->state;

	if (state->failed)
		return;
	if (state->taken == state->count && state->under_way == 0 && !state->by_id) {
		state->by_id = true;
		ask_by_id(probe);
	}
	while (state->taken < state->count && state->under_way < state->parallel)
		task_start(state->queue[state->taken++]);
	if (state->under_way == 0 && !state->told && probe->done) {
		state->told = true;
		probe->done(probe->context, probe);
	}
}

bool engine_probe_goes_ahead(const struct engine_probe *probe)
{
	return !probe->endpoint.target.socket && !probe->endpoint.is_ssh && probe->ahead.count < AHEAD_MOST;
}

void engine_probe_expect(struct engine_probe *probe, struct arena *arena, const char *container, const char *image)
{
	if (!strings_contain(&probe->ahead, container))
		strings_add(arena, &probe->ahead, container);
	if (!strings_contain(&probe->ahead_images, image))
		strings_add(arena, &probe->ahead_images, image);
}

static void ask_ahead(struct engine_probe *probe)
{
	struct engine_probe_state *state = probe->state;

	state->ahead = ARENA_ARRAY(state->arena, struct ahead, probe->ahead.count);
	for (size_t i = 0; i < probe->ahead.count; i++)
		task_add(probe, TASK_AHEAD, i);
	for (size_t i = 0; i < probe->ahead_images.count; i++)
		image_add(probe, probe->ahead_images.items[i]);
}

void engine_probe_start(struct http *http, struct arena *arena, struct engine_probe *probe)
{
	struct engine_probe_state *state = ARENA_NEW(arena, struct engine_probe_state);
	struct error err = ERROR_INIT;

	*state = (struct engine_probe_state){
		.http = http,
		.arena = arena,
		.target = probe->endpoint.target,
		.deadline = clock_ms() + probe->timeout_ms,
		/* Each connection is an ssh that authenticates, perhaps with a key that wants a touch. */
		.parallel = probe->endpoint.is_ssh ? 1 : PARALLEL,
	};
	probe->state = state;
	if (engine_api_check(arena, probe->api_version, &err) < 0) {
		look_fail(probe, &err);
		return;
	}
	if (probe->endpoint.is_ssh) {
		if (tunnel_open(http, &probe->endpoint, TUNNEL_DOCKER, probe->timeout_ms, &state->tunnel, &err) < 0) {
			look_fail(probe, &err);
			return;
		}
		state->target.socket = tunnel_socket(state->tunnel);
	}
	task_add(probe, TASK_LIST, 0);
	task_add(probe, TASK_VOLUMES, 0);
	ask_ahead(probe);
	pump(probe);
}

static void drop_gone(struct engine_probe *probe)
{
	size_t kept = 0;

	for (size_t i = 0; i < probe->container_count; i++) {
		if (probe->state->gone[i])
			continue;
		probe->containers[kept] = probe->containers[i];
		probe->problems[kept++] = probe->problems[i];
	}
	probe->container_count = kept;
}

static void join_images(struct engine_probe *probe)
{
	const struct engine_probe_state *state = probe->state;

	for (size_t i = 0; i < probe->container_count; i++) {
		struct container *container = &probe->containers[i];

		container->unread = probe->problems[i];
		const struct image_answer *runs = image_by_id(state, container->image_id);
		if (runs)
			container->image_env = runs->env;
		for (size_t j = 0; container->image && j < state->image_count; j++)
			if (strcmp(state->images[j].reference, container->image) == 0)
				container->image_now_id = state->images[j].id;
	}
}

bool engine_probe_waits(const struct engine_probe *probe)
{
	return probe->state && probe->state->under_way > 0;
}

void engine_probe_finish(struct engine_probe *probe)
{
	struct engine_probe_state *state = probe->state;

	probe->reachable = !state->failed && state->listed && state->volumes_known;
	if (probe->reachable) {
		drop_gone(probe);
		join_images(probe);
	} else {
		probe->container_count = probe->volume_count = 0;
		if (!probe->reason)
			probe->reason = "it was not asked";
	}
	tunnel_close(state->tunnel);
	probe->state = NULL;
}
