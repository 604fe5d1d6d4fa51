/* Builders grouped by where their nodes live: what the drawing draws. */
#include "report/page_facts.h"

#include "model/driver.h"
#include "model/normal.h"
#include "report/words.h"

/* Those that are in no Engine, by where the driver's nodes live. */
static const struct {
	const char *kind, *name;
} elsewhere[HOME_COUNT] = {
	[HOME_UNKNOWN] = {"Store", "In the store, and not understood"},
	[HOME_ENGINE] = {"Engine", "Of a Docker context"},
	[HOME_CONTAINER] = {"Engine", "Not asked"},
	[HOME_POD] = {"Cluster", "Kubernetes"},
	[HOME_ELSEWHERE] = {"Network", "Daemons that somebody else runs"},
};

static enum tone tone_of_style(enum style style)
{
	switch (style) {
	case STYLE_ADD:
		return TONE_GOOD;
	case STYLE_CHANGE:
		return TONE_CHANGE;
	case STYLE_REMOVE:
	case STYLE_FAULT:
		return TONE_BAD;
	case STYLE_UNKNOWN:
		return TONE_UNKNOWN;
	default:
		return TONE_QUIET;
	}
}

/* What a run has done to it just now, which the plan before it does not know. */
static struct said said_by_result(struct arena *arena, const struct page_content *content, const char *name)
{
	for (size_t i = 0; content->results && i < content->plan->change_count; i++)
		if (content->plan->changes[i].object == OBJECT_BUILDER &&
		    text_equal(content->plan->changes[i].name, name))
			return change_said(arena, content, i);
	return (struct said){TONE_QUIET, NULL};
}

static struct said builder_said(struct arena *arena, const struct page_content *content, const char *name)
{
	struct said said = said_by_result(arena, content, name);
	enum style style = STYLE_PLAIN;

	if (said.words || !content->status || !content->plan || content->record)
		return said;
	said.words = status_of_builder(content->status, arena, name, &style);
	/* To be made is no fault, and not yet well either. */
	said.tone = text_starts(said.words, "pending create") ? TONE_CHANGE : tone_of_style(style);
	return said;
}

struct said node_said(struct arena *arena, const struct live_node *node)
{
	static const enum tone by_state[] = {
		[NODE_UNKNOWN] = TONE_UNKNOWN, [NODE_INACTIVE] = TONE_QUIET, [NODE_STOPPED] = TONE_QUIET,
		[NODE_RUNNING] = TONE_GOOD,    [NODE_UNHEALTHY] = TONE_BAD,
	};

	return (struct said){by_state[node->state], status_of_node(arena, node)};
}

const char *node_platforms(struct arena *arena, const struct live_node *node, size_t most)
{
	const struct daemon *daemon = node->daemon;
	const struct strings *told = daemon && daemon->worker_count > 0 ? &daemon->workers[0].platforms : NULL;
	struct strings shown = {0};

	if (!told || told->count == 0)
		told = &node->spec.platforms;
	for (size_t i = 0; i < told->count && i < most; i++)
		strings_add(arena, &shown, told->items[i]);
	const char *list = strings_join(arena, &shown, ", ");
	return told->count > most ? arena_printf(arena, "%s and %zu more", list, told->count - most) : list;
}

static struct lane *find(struct lanes *lanes, const struct engine *engine, const char *name)
{
	for (size_t i = 0; i < lanes->count; i++) {
		struct lane *lane = &lanes->items[i];

		if (engine ? lane->engine && engine_same(lane->engine, engine) : text_equal(lane->name, name))
			return lane;
	}
	return NULL;
}

static struct lane *lane_of_engine(struct arena *arena, const struct live *live, struct lanes *lanes,
				   const struct engine *engine)
{
	struct lane *lane = find(lanes, engine, NULL);

	if (lane)
		return lane;
	lane = ARENA_PUSH(arena, lanes->items, lanes->count);
	*lane = (struct lane){.engine = engine, .kind = "Engine", .name = engine_names(arena, live, engine)};
	lane->tone = engine->reachable ? TONE_GOOD : TONE_UNKNOWN;
	if (!engine->reachable)
		lane->note = arena_printf(arena, "does not answer: %s", engine->reason ? engine->reason : "no reason");
	else if (engine->version)
		lane->note = arena_printf(arena, "%s %s", maker_kind(engine->maker)->title, engine->version);
	return lane;
}

static struct lane *lane_named(struct arena *arena, struct lanes *lanes, const char *kind, const char *name)
{
	struct lane *lane = find(lanes, NULL, name);

	if (lane)
		return lane;
	lane = ARENA_PUSH(arena, lanes->items, lanes->count);
	*lane = (struct lane){.kind = kind, .name = name};
	return lane;
}

static const struct engine *engine_of(const struct live_builder *builder)
{
	for (size_t i = 0; i < builder->node_count; i++)
		if (builder->nodes[i].engine)
			return builder->nodes[i].engine;
	return NULL;
}

static void add_live(struct arena *arena, const struct page_content *content, struct lanes *lanes,
		     const struct live_builder *builder)
{
	const struct engine *engine = engine_of(builder);
	enum driver_home home = builder->damaged ? HOME_UNKNOWN : driver_home(builder->driver);
	struct lane *lane = engine ? lane_of_engine(arena, content->live, lanes, engine)
				   : lane_named(arena, lanes, elsewhere[home].kind, elsewhere[home].name);
	struct drawn *drawn = ARENA_PUSH(arena, lane->items, lane->count);

	*drawn = (struct drawn){
		.name = builder->name,
		.driver = builder->driver ? builder->driver : "no driver",
		.live = builder,
		.selected = text_equal(content->live->selected, builder->name),
		.state = builder_said(arena, content, builder->name),
	};
	if (builder->damaged)
		drawn->state = (struct said){TONE_BAD, "damaged"};
	lane->nodes += builder->node_count;
	lanes->builders++;
	lanes->nodes += builder->node_count;
	for (size_t i = 0; i < builder->node_count; i++)
		lanes->running += builder->nodes[i].state == NODE_RUNNING;
}

static void add_missing(struct arena *arena, const struct page_content *content, struct lanes *lanes,
			const struct builder *builder)
{
	struct lane *lane = lane_named(arena, lanes, "State file", "Asked for, and not here yet");
	struct drawn *drawn = ARENA_PUSH(arena, lane->items, lane->count);

	*drawn = (struct drawn){
		.name = builder->name,
		.driver = builder->driver ? builder->driver : driver_name(HOME_CONTAINER),
		.missing = builder,
		.state = builder_said(arena, content, builder->name),
	};
}

static bool is_asked(const struct page_content *content, const char *name)
{
	const struct strings *only = content->status ? content->status->only : NULL;

	return !only || only->count == 0 || strings_contain(only, name);
}

void lanes_collect(struct arena *arena, const struct page_content *content, struct lanes *ret_lanes)
{
	const struct live *live = content->live;
	const struct state *desired = content->status && !content->record ? content->status->desired : NULL;

	*ret_lanes = (struct lanes){0};
	for (size_t i = 0; live && i < live->builder_count; i++)
		if (is_asked(content, live->builders[i].name))
			add_live(arena, content, ret_lanes, &live->builders[i]);
	for (size_t i = 0; live && desired && i < desired->builder_count; i++)
		if (is_asked(content, desired->builders[i].name) && !live_builder(live, desired->builders[i].name) &&
		    !builder_absent(&desired->builders[i]))
			add_missing(arena, content, ret_lanes, &desired->builders[i]);
}
