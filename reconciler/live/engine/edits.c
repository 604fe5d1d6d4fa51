/* Asks which files were changed inside the containers that a plan gives up. */
#include "live/engine/edits.h"

#include "base/count.h"
#include "base/json.h"
#include "live/engine/ask.h"
#include "live/engine/parse.h"
#include "live/http/endpoint.h"
#include "live/http/text.h"
#include "model/normal.h"
#include "model/plan.h"

#include <stdlib.h>
#include <string.h>

enum {
	ANSWER_CAP = 2 * 1024 * 1024, /* some 30,000 files: nobody copies as many by hand */
};

/* What containers show without anybody's hand, before and after builds and a restart: seen with BuildX 0.36, BuildKit
 * v0.32 and Engine 26.1. Paths of a rootless daemon are those of its image, and were not seen. */
static const char *const by_themselves[] = {
	"/dev",
	"/etc/buildkit",
	"/etc/cdi",
	"/etc/hostname",
	"/etc/hosts",
	"/etc/resolv.conf",
	"/proc",
	"/run",
	"/sbin/docker-init",
	"/sys",
	"/tmp",
	"/var/lib/buildkit",
	"/var/lib/cni",
	"/var/run",
	"/var/tmp",
	"/home/user/.local/share/buildkit",
	"/home/user/.local/tmp",
};

/* The folder itself, or something in it. */
static bool is_within(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static bool is_own(const char *path)
{
	for (size_t i = 0; i < COUNT(by_themselves); i++)
		if (is_within(path, by_themselves[i]) || is_within(by_themselves[i], path))
			return true;
	return false;
}

/* "/a" < "/a/b" < "/a.b": what is in a folder follows it. */
static int path_order(const void *a, const void *b)
{
	const unsigned char *one = *(const unsigned char *const *)a, *other = *(const unsigned char *const *)b;

	for (; *one == *other && *one != '\0'; one++, other++)
		;
	return (*one == '/' ? 1 : *one == '\0' ? 0 : *one + 1) - (*other == '/' ? 1 : *other == '\0' ? 0 : *other + 1);
}

int engine_parse_edits(struct arena *arena, const char *data, size_t length, struct strings *ret_paths,
		       struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;
	struct strings paths = {0};
	const cJSON *row;

	if (json_parse(data, length, &json, err) < 0)
		return error_wrap(err, "the Engine's answer");
	if (!cJSON_IsArray(json) && !cJSON_IsNull(json)) /* null: nothing was changed */
		return error_set(err, ERROR_CORRUPT, "the Engine's answer does not list changes");
	cJSON_ArrayForEach(row, json) {
		const char *path = json_string(row, "Path");

		if (path && *path == '/' && !is_own(path))
			strings_add(arena, &paths, arena_strdup(arena, path));
	}
	if (paths.count > 1)
		qsort(paths.items, paths.count, sizeof(*paths.items), path_order);
	for (size_t i = 0; i < paths.count; i++)
		if (i + 1 == paths.count || !is_within(paths.items[i + 1], paths.items[i]))
			strings_add(arena, ret_paths, paths.items[i]);
	return 0;
}

struct question {
	struct live *live;
	const struct engine *engine;
	const char *name; /* of the container */
	bool answered, found;
};

/* An Engine that goes by two names has its containers twice. */
static void note(struct question *question, const struct strings *edits, const char *unknown)
{
	struct live *live = question->live;

	question->answered = true;
	question->found = edits->count > 0 || unknown;
	for (size_t i = 0; i < live->engine_count; i++)
		for (size_t k = 0; k < live->engines[i].container_count; k++) {
			struct container *container = &live->engines[i].containers[k];

			if (!text_equal(live->engines[i].host, question->engine->host) ||
			    !text_equal(container->name, question->name))
				continue;
			container->edits = *edits;
			container->edits_unknown = unknown;
		}
}

static void answered(void *context, const struct http_response *response)
{
	struct question *question = context;
	struct arena *arena = question->live->arena;
	struct strings edits = {0};
	struct error err = ERROR_INIT;
	char message[400];

	if (response->failure) {
		error_copy(&err, response->failure);
	} else if (response->status == 404) {
		question->answered = true; /* it went away meanwhile: there is nothing to lose */
		return;
	} else if (response->status != 200) {
		engine_parse_message(response->body, response->length, message, sizeof(message));
		error_set(&err, ERROR_OTHER, "the Engine answered %d: %s", response->status, message);
	} else if (engine_parse_edits(arena, response->body, response->length, &edits, &err) == 0) {
		note(question, &edits, NULL);
		return;
	}
	note(question, &edits, text_printable(arena, err.message, false));
}

/* The containers that the plan gives up, each once, at the Engines that were observed. */
struct questions {
	struct live *live;
	struct question **items;
	size_t count;
};

static void add_question(struct questions *questions, const char *endpoint, const char *name)
{
	const struct engine *engine = endpoint ? live_engine(questions->live, endpoint) : NULL;

	if (!engine || !engine->reachable || !engine_container(engine, name))
		return;
	for (size_t i = 0; i < questions->count; i++)
		if (text_equal(questions->items[i]->name, name) &&
		    text_equal(questions->items[i]->engine->host, engine->host))
			return;
	struct question *question = ARENA_NEW(questions->live->arena, struct question);
	*question = (struct question){.live = questions->live, .engine = engine, .name = name};
	*ARENA_PUSH(questions->live->arena, questions->items, questions->count) = question;
}

static struct questions questions_of(struct live *live, const struct plan *plan)
{
	struct questions questions = {.live = live};

	for (size_t i = 0; i < plan->change_count; i++) {
		const struct change *change = &plan->changes[i];

		if (change->object != OBJECT_BUILDER || change->action == ACTION_REMOVE)
			continue;
		for (size_t k = 0; k < change->step_count; k++) {
			const struct step *step = &change->steps[k];

			if (step->kind == STEP_REMOVE_CONTAINER)
				add_question(&questions, step->endpoint, arena_strdup(live->arena, step->name));
			else if (step->kind == STEP_RETIRE)
				add_question(&questions, step->endpoint, node_container_name(live->arena, step->node));
		}
	}
	return questions;
}

static struct engine_probe *way_to(struct live *live, const struct engine *engine, int timeout_ms)
{
	struct engine_probe *probe = ARENA_NEW(live->arena, struct engine_probe);

	probe->timeout_ms = timeout_ms;
	return endpoint_resolve(live->arena, live, engine->endpoint, &probe->endpoint, NULL) == 0 ? probe : NULL;
}

static void ask(struct questions *questions, int timeout_ms, const struct interrupt *interrupt)
{
	struct live *live = questions->live;
	struct engine_probe **probes = ARENA_ARRAY(live->arena, struct engine_probe *, questions->count);
	struct http *http = http_new();
	struct engine_asker asker;
	size_t count = 0;

	for (size_t i = 0; i < questions->count; i++) {
		const struct engine *engine = questions->items[i]->engine;
		struct engine_probe *probe =
			engine_probe_of(probes, count, engine) < count ? NULL : way_to(live, engine, timeout_ms);

		if (probe)
			probes[count++] = probe;
	}
	http_heed(http, interrupt);
	engine_asker_init(&asker, http, live, probes, count);
	for (size_t i = 0; i < questions->count; i++) {
		struct question *question = questions->items[i];
		CLEANUP_TEXT struct text path = TEXT_INIT;

		text_puts(&path, "/containers/");
		http_escape(&path, engine_container(question->engine, question->name)->id, "");
		text_puts(&path, "/changes");
		engine_ask(&asker, question->engine, arena_strdup(live->arena, text_string(&path)), ANSWER_CAP,
			   answered, question);
	}
	engine_asker_run(&asker);
	http_free(http);
}

bool edits_ask(struct live *live, const struct plan *plan, int timeout_ms, const struct interrupt *interrupt)
{
	struct questions questions = questions_of(live, plan);
	bool found = false;

	if (questions.count == 0)
		return false;
	ask(&questions, timeout_ms, interrupt);
	for (size_t i = 0; i < questions.count; i++) {
		if (!questions.items[i]->answered)
			note(questions.items[i], &(struct strings){0}, "the Engine is not reached any more");
		found = found || questions.items[i]->found;
	}
	return found;
}
