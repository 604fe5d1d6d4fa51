/* Generations of a node: ci0, ci0.g2, ci0.g3 … Each has a container and a volume of its own, so that the next one can
 * be booted and tried beside the one that builds. */
#include "plan/generation.h"

#include "model/driver.h"
#include "model/normal.h"
#include "plan/draft.h"

#include <string.h>

const char *node_of(struct arena *arena, const char *name, bool is_volume)
{
	size_t length = strlen(name);

	if (!text_starts(name, NODE_OBJECT_PREFIX) || (is_volume && !text_ends(name, NODE_VOLUME_SUFFIX)))
		return NULL;
	name += strlen(NODE_OBJECT_PREFIX);
	length -= strlen(NODE_OBJECT_PREFIX);
	return arena_strndup(arena, name, is_volume ? length - strlen(NODE_VOLUME_SUFFIX) : length);
}

static int generation_of(struct arena *arena, const char *node, const char *base)
{
	int generation = 0;

	return node && text_equal(node_base_name(arena, node, &generation), base) ? generation : 0;
}

static int highest(int a, int b)
{
	return a > b ? a : b;
}

/* Objects have "-" where nodes have "_". */
static int generation_in_cluster(struct arena *arena, const char *object, const char *label)
{
	const char *base = workload_name(arena, label), *mark = "-gen";
	size_t length = strlen(base);

	if (!text_starts(object, base) || !text_starts(object + length, mark))
		return 0;
	return generation_of(arena, arena_printf(arena, "%s_gen%s", base, object + length + strlen(mark)), base);
}

static const char *generation_next(struct draft *draft, const struct node_draft *node)
{
	const struct leftovers *leftovers = &draft->live->leftovers;
	const struct engine *engine = node->engine;
	struct arena *arena = draft->arena;
	int last = 1;

	if (node->have)
		last = highest(last, generation_of(arena, node->have->spec.name, node->label));
	for (size_t i = 0; engine && i < engine->container_count; i++)
		last = highest(last,
			       generation_of(arena, node_of(arena, engine->containers[i].name, false), node->label));
	for (size_t i = 0; engine && i < engine->volume_count; i++)
		last = highest(last, generation_of(arena, node_of(arena, engine->volumes[i].name, true), node->label));
	for (size_t i = 0; i < leftovers->count; i++)
		last = highest(last, generation_of(arena, leftovers->items[i].node, node->label));
	for (size_t i = 0; node->cluster && i < node->cluster->workload_count; i++)
		last = highest(last, generation_in_cluster(arena, node->cluster->workloads[i].name, node->label));
	return arena_printf(arena, node->cluster ? "%s_gen%d" : "%s.g%d", node->label, last + 1);
}

/* How well something that is there serves as the node whose instance file was lost: what runs and was not let go. */
static int worth(const struct draft *draft, const struct engine *engine, const char *node, bool has_container)
{
	const struct leftover *leftover = leftovers_find(&draft->live->leftovers, engine->host, node);

	if (leftover && leftover->until == 0)
		return 0; /* never finished */
	return (leftover ? 1 : 3) + (has_container ? 1 : 0);
}

const char *generation_there(struct draft *draft, const struct engine *engine, const char *base)
{
	struct arena *arena = draft->arena;
	const char *best = base;
	int best_worth = 0, best_generation = 0;

	for (size_t i = 0; engine && i < engine->container_count + engine->volume_count; i++) {
		bool is_volume = i >= engine->container_count;
		const char *node = is_volume ? node_of(arena, engine->volumes[i - engine->container_count].name, true)
					     : node_of(arena, engine->containers[i].name, false);
		int generation = generation_of(arena, node, base);
		int value = generation ? worth(draft, engine, node, !is_volume) : 0;

		if (value < best_worth || value == 0 || (value == best_worth && generation <= best_generation))
			continue;
		best = node;
		best_worth = value;
		best_generation = generation;
	}
	return best;
}

void generation_begin(struct draft *draft, struct builder_draft *builder, size_t index)
{
	struct node_draft *node = &builder->nodes[index];

	node->was_name = node->want.name;
	node->was_container = node->container;
	node->was_volume = node->volume;
	node->want.name = generation_next(draft, node);
	builder->want.nodes[index].name = node->want.name;
	node->container = NULL;
	node->volume = NULL;
	node->workload = NULL;
	node->action = NODE_FRESH;
}

/* Made anew in place they would find their volume again, so it would have to go before the new node is known to run. */
void generation_discard(struct draft *draft, struct builder_draft *builder)
{
	if (builder->want.cache.keep_state != TRI_NO || builder->want.bootstrap == TRI_NO || draft->request->rollback)
		return;
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];

		if (node->restart || (node->action == NODE_REMAKE && (!node->have || !node->volume)))
			return;
	}
	for (size_t i = 0; i < builder->want.node_count; i++)
		if (builder->nodes[i].action == NODE_REMAKE) {
			generation_begin(draft, builder, i);
			builder->nodes[i].discard = true;
		}
}

void generation_fresh(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->want.node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		const struct live_node *have = node->have;

		if (node->container || node->volume || node->workload || (have && (have->container || have->volume)))
			generation_begin(draft, builder, i);
	}
}
