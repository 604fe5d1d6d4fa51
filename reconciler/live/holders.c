/* Finds the containers that run with the volumes of nodes that do not. */
#include "live/holders.h"

#include "base/cleanup.h"
#include "base/json.h"
#include "base/keyed.h"
#include "base/limits.h"
#include "base/shell.h"
#include "base/xalloc.h"
#include "live/buildkit/observe.h"
#include "live/engine/ask.h"
#include "live/engine/parse.h"
#include "model/driver.h"
#include "model/normal.h"

#include <string.h>

/* Those that hold a lock: one that ended holds none. */
#define RUNNING_ONES                                                                                                   \
	"/containers/json?filters=%7B%22status%22%3A%5B%22running%22%2C%22paused%22%2C%22restarting%22%5D%7D"

#define STATE_FOLDER "/var/lib/buildkit"

struct question {
	struct live *live;
	struct engine *engine;
};

/* One that its Engine starts again and again does not, though it may at this moment. */
static bool is_up(const struct container *container)
{
	return text_equal(container->status, "running") && !(container->restarts > 0 && container_is_young(container));
}

/* A container of BuildX's runs with the volume: nobody else is looked for. */
static bool is_in_use(const struct engine *engine, const struct volume *volume)
{
	CLEANUP_FREE char *owner = xstrndup(volume->name, strlen(volume->name) - strlen(NODE_VOLUME_SUFFIX));
	const struct container *container = engine_container(engine, owner);

	return container && is_up(container);
}

static const char *name_of(const cJSON *container)
{
	const cJSON *names = json_get(container, "Names");
	const char *name = cJSON_IsArray(names) ? cJSON_GetStringValue(cJSON_GetArrayItem(names, 0)) : NULL;

	return name && *name == '/' ? name + 1 : name;
}

static bool is_own(const char *volume, const char *container)
{
	size_t length = strlen(container);

	return strncmp(volume, container, length) == 0 && text_equal(volume + length, NODE_VOLUME_SUFFIX);
}

/* One of those that run. Mounts are looked up among the volumes, and not the other way round: both lists may be long.
 */
static void take_running(const struct question *question, const cJSON *container)
{
	const char *name = name_of(container);
	const cJSON *mount;

	if (!name || text_equal(json_string(container, "State"), "restarting"))
		return;
	cJSON_ArrayForEach(mount, json_get(container, "Mounts")) {
		struct volume *volume = KEYED_FIND(question->engine->volumes, question->engine->volume_count,
						   json_string(mount, "Name"));

		if (!volume || volume->holder || !text_equal(json_string(mount, "Destination"), STATE_FOLDER) ||
		    is_own(volume->name, name) || is_in_use(question->engine, volume))
			continue;
		volume->holder = text_printable(question->live->arena, name, false);
	}
}

static void answered(void *context, const struct http_response *response)
{
	const cJSON *container;
	CLEANUP_JSON cJSON *list = NULL;

	if (response->failure || response->status != 200 ||
	    json_parse(response->body, response->length, &list, NULL) < 0)
		return;
	cJSON_ArrayForEach(container, list)
		take_running(context, container);
}

/* A builder that is to be made takes over a volume that is there. */
static bool makes_some(const struct live *live, const struct state *desired)
{
	size_t at = 0;

	for (size_t i = 0; desired && i < desired->builder_count; i++)
		if (!builder_absent(&desired->builders[i]) && !live_builder_next(live, desired->builders[i].name, &at))
			return true;
	return false;
}

static bool has_idle_node(const struct live *live, const struct engine *engine)
{
	for (size_t i = 0; i < live->builder_count; i++)
		for (size_t j = 0; j < live->builders[i].node_count; j++) {
			const struct live_node *node = &live->builders[i].nodes[j];

			if (node->engine == engine && node->volume && !(node->container && is_up(node->container)))
				return true;
		}
	return false;
}

static void assess(struct live *live, const struct live_builder *builder, struct live_node *node)
{
	struct arena *arena = live->arena;

	if (!node->volume || !node->volume->holder || seen_kind(node->seen)->proves == EVIDENCE_WELL)
		return;
	const char *own = node_container_name(arena, node->spec.name);
	node->seen = SEEN_HELD;
	node->state = seen_kind(SEEN_HELD)->state;
	node->reason = arena_printf(arena, "its volume %s is in use by container %s", node->volume->name,
				    node->volume->holder);
	faults_add(arena, &live->faults, seen_kind(SEEN_HELD)->fault, arena_printf(arena, "builder.%s", builder->name),
		   NULL,
		   arena_printf(arena,
				"stop container %s, or give the node back its own with `docker -H %s rename %s %s`",
				node->volume->holder, shell_word(arena, node->engine->host),
				shell_word(arena, node->volume->holder), shell_word(arena, own)),
		   "node %s: %s", node->spec.name, node->reason);
}

void holders_ask(struct http *http, struct live *live, const struct state *desired, struct engine_probe *const *probes,
		 size_t count)
{
	struct engine_asker asker;
	bool making = makes_some(live, desired);

	engine_asker_init(&asker, http, live, probes, count);
	for (size_t i = 0; i < live->engine_count; i++) {
		struct question *question = ARENA_NEW(live->arena, struct question);

		*question = (struct question){live, &live->engines[i]};
		if (question->engine->volume_count > 0 && (making || has_idle_node(live, question->engine)))
			engine_ask(&asker, question->engine, RUNNING_ONES, LIMIT_ENGINE_LIST, answered, question);
	}
	engine_asker_run(&asker);
	for (size_t i = 0; i < live->builder_count; i++)
		for (size_t j = 0; driver_has_containers(live->builders[i].driver) && j < live->builders[i].node_count;
		     j++)
			assess(live, &live->builders[i], &live->builders[i].nodes[j]);
}
