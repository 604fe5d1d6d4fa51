/* Makes desired state of the builders that live here. */
#include "desired/standing.h"

#include "model/driver.h"
#include "model/normal.h"

/* Nothing of it runs, and nobody asked for it to. One that ended by itself was asked for. */
static bool is_asleep(const struct live_builder *have)
{
	for (size_t i = 0; i < have->node_count; i++) {
		enum seen seen = seen_of_node(&have->nodes[i]);

		if (seen != SEEN_NO_CONTAINER && seen != SEEN_CREATED && seen != SEEN_ENDED)
			return false;
	}
	return driver_has_containers(have->driver);
}

static void add_builder(struct state *state, const struct live_builder *have)
{
	struct builder *builder = ARENA_PUSH(state->arena, state->builders, state->builder_count);
	int generation; /* is the planner's business */

	builder->name = have->name;
	builder->driver = have->driver;
	builder->bootstrap = is_asleep(have) ? TRI_NO : TRI_UNSET;
	builder->nodes = ARENA_ARRAY(state->arena, struct node, have->node_count + 1);
	builder->node_count = have->node_count;
	for (size_t i = 0; i < have->node_count; i++) {
		builder->nodes[i] = have->nodes[i].spec;
		builder->nodes[i].name = node_base_name(state->arena, have->nodes[i].spec.name, &generation);
	}
}

struct state *state_standing(const struct live *live)
{
	struct state *state = state_new();

	state->version = 1;
	for (size_t i = 0; i < live->builder_count; i++) {
		const struct live_builder *have = &live->builders[i];
		const struct driver *driver = driver_find(have->driver);

		if (!have->context_builder && !have->damaged && driver)
			add_builder(state, have);
	}
	return state;
}
