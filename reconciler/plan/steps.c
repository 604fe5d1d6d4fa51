/* Turns what a builder needs into steps, in an order that converges when it is cut off anywhere.
 *
 * The old container goes before the instance file that names it is rewritten, and a builder is forgotten last: whatever
 * is left over after a kill is still named by the store, so the next plan sees it. */
#include "live/store.h"
#include "model/normal.h"
#include "plan/draft.h"

bool volume_is_kept(const struct draft *draft, const struct engine *engine, const struct volume *volume)
{
	const struct pairs *kept = &draft->desired->kept_volumes;

	for (size_t i = 0; volume && engine && i < kept->count; i++)
		if (text_equal(kept->items[i].key, engine->host) && text_equal(kept->items[i].value, volume->name))
			return true;
	return false;
}

static void step_select(struct draft *draft, struct change *change, const char *name)
{
	const struct live_builder *live = live_builder(draft->live, name);
	struct step *step = step_add(draft, change, STEP_SELECT, live && live->context_builder ? "" : name);

	step->detail = arena_printf(draft->arena, "select %s", name);
}

static void step_engine(struct draft *draft, struct change *change, enum step_kind kind, const char *endpoint,
			const char *name, const char *detail)
{
	struct step *step = step_add(draft, change, kind, name);

	step->endpoint = arena_strdup(draft->arena, endpoint);
	step->detail = arena_strdup(draft->arena, detail);
}

static bool remakes(const struct node_draft *node, bool reset)
{
	return node->act == NODE_REMAKE || node->act == NODE_MOVE || node->act == NODE_DROP || reset;
}

static void steps_pull(struct draft *draft, struct builder_draft *builder, bool reset)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		if (node->act == NODE_DROP || !remakes(node, reset))
			continue;
		const char *image = pairs_get(&node->want.driver_opts, "image");
		step_engine(draft, builder->change, STEP_PULL_IMAGE, node->want.endpoint,
			    image ? image : image_default(), "so that the node is away for as short as can be");
	}
}

static void steps_clear_node(struct draft *draft, struct builder_draft *builder, const struct node_draft *node,
			     bool reset)
{
	const char *name = node->have ? node->have->spec.name : node->want.name;
	const char *endpoint = node->have ? node->have->spec.endpoint : node->want.endpoint;
	bool elsewhere = node->have && (node->act == NODE_MOVE || node->act == NODE_DROP);
	const struct container *container = elsewhere ? node->have->container : node->container;
	const struct volume *volume = elsewhere ? node->have->volume : node->volume;
	const struct engine *engine = elsewhere ? node->have->engine : node->engine;
	bool keep = (builder->want.cache.keep_state != TRI_NO && !reset && !elsewhere) ||
		    volume_is_kept(draft, engine, volume);

	if (container)
		step_engine(draft, builder->change, STEP_REMOVE_CONTAINER, endpoint,
			    node_container_name(draft->arena, name), container->id);
	if (volume && !keep)
		step_engine(draft, builder->change, STEP_REMOVE_VOLUME, endpoint, node_volume_name(draft->arena, name),
			    NULL);
}

static void step_instance(struct draft *draft, struct builder_draft *builder)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	const char *path = arena_printf(draft->arena, "instances/%s", builder->want.name);

	if (builder->want.exact)
		(void)buffer_append(&data, builder->want.exact->data, builder->want.exact->length);
	else
		instance_print(&builder->want, &data);
	step_write(draft, builder->change, path, &data)->name = builder->change->name;
}

void steps_for_builder(struct draft *draft, struct builder_draft *builder)
{
	struct change *change = builder->change;
	bool reset = change->action == ACTION_RESET, boot = false, clear = false;

	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		clear = clear || remakes(node, reset);
		boot = boot || (node->act != NODE_KEEP && node->act != NODE_DROP) || reset;
	}
	bool divert = clear && builder->want.fallback && text_equal(draft->live->selected, builder->want.name);
	if (divert)
		step_select(draft, change, builder->want.fallback);
	steps_pull(draft, builder, reset);
	for (size_t i = 0; i < builder->node_count; i++)
		if (remakes(&builder->nodes[i], reset))
			steps_clear_node(draft, builder, &builder->nodes[i], reset);
	if (builder->write_instance)
		step_instance(draft, builder);
	if (boot && builder->want.bootstrap != TRI_NO && text_equal(builder->want.driver, "docker-container"))
		step_add(draft, change, STEP_BOOT, builder->want.name);
	if (divert)
		step_select(draft, change, builder->want.name);
}

void steps_for_removal(struct draft *draft, struct change *change, const struct live_builder *have)
{
	for (size_t i = 0; i < have->node_count; i++) {
		const struct live_node *node = &have->nodes[i];
		if (!text_equal(have->driver, "docker-container"))
			continue;
		if (!node->engine || !node->engine->reachable) {
			change->action = ACTION_UNKNOWN;
			change->reason = arena_printf(draft->arena, "engine %s of node %s: %s", node->spec.endpoint,
						      node->spec.name, node->reason ? node->reason : "was not asked");
			change_block(draft, change, ERROR_UNREACHABLE, "%s; unreachable is not absent", change->reason);
			continue;
		}
		if (node->container)
			step_engine(draft, change, STEP_REMOVE_CONTAINER, node->spec.endpoint, node->container->name,
				    node->container->id);
		if (volume_is_kept(draft, node->engine, node->volume)) {
			if (change->cache == CACHE_NONE)
				change->cache = CACHE_KEPT;
			if (change->cache == CACHE_KEPT)
				change->cache_note = arena_printf(draft->arena, "kept: volume %s was there before",
								  node->volume->name);
		} else if (node->volume) {
			step_engine(draft, change, STEP_REMOVE_VOLUME, node->spec.endpoint, node->volume->name, NULL);
			change->cache = CACHE_LOST;
			change->cache_note =
				arena_printf(draft->arena, "lost: volume %s is removed", node->volume->name);
		}
	}
	step_add(draft, change, STEP_FORGET_BUILDER, have->name);
}
