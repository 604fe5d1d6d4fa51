/* Asks Podman for networks whose names tell nothing. */
#include "live/networks.h"

#include "base/cleanup.h"
#include "base/json.h"
#include "live/engine/ask.h"
#include "live/http/text.h"

enum { ANSWER_CAP = 1024 * 1024 };

#define MODE "bridge"

struct network {
	struct arena *arena;
	const struct engine *engine;
	const char *name;
	const char *id; /* NULL: not answered */
};

struct networks {
	struct live *live;
	struct engine_asker asker;
	struct network **items;
	size_t count;
};

/* NULL: it is on the usual one, or on several, or says itself. */
static const char *unsaid_network(const struct engine *engine, const struct container *container)
{
	const char *usual = maker_kind(engine->maker)->network;
	bool unsaid = usual && text_equal(container->network, MODE) && container->networks.count == 1 &&
		      !strings_contain(&container->networks, usual);

	return unsaid ? container->networks.items[0] : NULL;
}

static struct network *find(const struct networks *networks, const struct engine *engine, const char *name)
{
	for (size_t i = 0; i < networks->count; i++)
		if (networks->items[i]->engine == engine && text_equal(networks->items[i]->name, name))
			return networks->items[i];
	return NULL;
}

static void answered(void *context, const struct http_response *response)
{
	struct network *network = context;
	CLEANUP_JSON cJSON *json = NULL;

	if (!response->failure && response->status == 200 &&
	    json_parse(response->body, response->length, &json, NULL) == 0)
		network->id = arena_strdup(network->arena, json_string(json, "Id"));
}

static void want(struct networks *networks, const struct engine *engine, const char *name)
{
	struct arena *arena = networks->live->arena;
	CLEANUP_TEXT struct text path = TEXT_INIT;

	if (find(networks, engine, name))
		return;
	struct network *network = ARENA_NEW(arena, struct network);
	*network = (struct network){.arena = arena, .engine = engine, .name = name};
	*ARENA_PUSH(arena, networks->items, networks->count) = network;
	text_puts(&path, "/networks/");
	http_escape(&path, name, "");
	engine_ask(&networks->asker, engine, arena_strdup(arena, text_string(&path)), ANSWER_CAP, answered, network);
}

static void each_unsaid(struct networks *networks, void (*each)(struct networks *networks, const struct engine *engine,
								struct container *container, const char *name))
{
	for (size_t i = 0; i < networks->live->engine_count; i++) {
		const struct engine *engine = &networks->live->engines[i];

		for (size_t k = 0; engine->reachable && !engine->same_as && k < engine->container_count; k++) {
			const char *name = unsaid_network(engine, &engine->containers[k]);

			if (name)
				each(networks, engine, &engine->containers[k], name);
		}
	}
}

static void ask_for(struct networks *networks, const struct engine *engine, struct container *container,
		    const char *name)
{
	(void)container;
	want(networks, engine, MODE);
	want(networks, engine, name);
}

static void settle(struct networks *networks, const struct engine *engine, struct container *container,
		   const char *name)
{
	const struct network *own = find(networks, engine, MODE), *other = find(networks, engine, name);

	if (own->id && other->id && !text_equal(own->id, other->id))
		container->network = name;
}

void networks_ask(struct http *http, struct live *live, struct engine_probe *const *probes, size_t count)
{
	struct networks networks = {.live = live};

	engine_asker_init(&networks.asker, http, live, probes, count);
	each_unsaid(&networks, ask_for);
	engine_asker_run(&networks.asker);
	each_unsaid(&networks, settle);
}
