/* Turns what a builder needs into steps, in an order that converges when it is cut off anywhere.
 *
 * The old container goes before the instance file that names it is rewritten, and a builder is forgotten last: whatever
 * is left over after a kill is still named by the store, so the next plan sees it. */
#include "live/store.h"
#include "model/driver.h"
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

void step_select_add(struct draft *draft, struct change *change, const char *name)
{
	const struct live_builder *live = live_builder(draft->live, name);
	struct step *step = step_add(draft, change, STEP_SELECT, live && live->context_builder ? "" : name);

	step->detail = arena_printf(draft->arena, "select %s", name);
}

/* The builder is selected and says which other one is to be while it is being made anew. */
bool step_divert_add(struct draft *draft, struct builder_draft *builder)
{
	const char *fallback = builder->want.fallback;
	const struct live_builder *live = fallback ? live_builder(draft->live, fallback) : NULL;

	if (!fallback || !text_equal(live_planned_selected(draft->live), builder->want.name))
		return false;
	struct step *step =
		step_add(draft, builder->change, STEP_DIVERT, live && live->context_builder ? "" : fallback);
	step->node = arena_strdup(draft->arena, builder->want.name);
	step->detail = arena_strdup(draft->arena, fallback);
	return true;
}

static void step_engine(struct draft *draft, struct change *change, enum step_kind kind, const char *endpoint,
			const char *name, const char *detail)
{
	struct step *step = step_add(draft, change, kind, name);

	step->endpoint = arena_strdup(draft->arena, endpoint);
	step->detail = arena_strdup(draft->arena, detail);
}

/* What runs in a container that goes may be building: it is waited for before anything of the builder is touched. One
 * that is paused, dead or forever restarting builds nothing. */
static void step_drain(struct draft *draft, struct change *change, const char *builder, const char *node,
		       const char *endpoint, const struct container *container)
{
	if (!container || !text_equal(container->status, "running"))
		return;
	struct step *step = step_add(draft, change, STEP_DRAIN, builder);
	step->node = arena_strdup(draft->arena, node);
	step->endpoint = arena_strdup(draft->arena, endpoint);
}

/* The container that the node has is in the way. Nodes without any are changed by the instance file alone. */
static bool remakes(const struct builder_draft *builder, const struct node_draft *node)
{
	if (node->act == NODE_DROP)
		return node_had_container(builder, node);
	return node->act == NODE_REMAKE || node->act == NODE_MOVE;
}

void steps_pull(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		if (node->act == NODE_DROP || (node->act != NODE_FRESH && !remakes(builder, node)) ||
		    !driver_has_containers(builder->want.driver))
			continue;
		const char *image = pairs_get(&node->want.driver_opts, "image");
		step_engine(draft, builder->change, STEP_PULL_IMAGE, node->want.endpoint,
			    image ? image : image_default(), "so that the node is away for as short as can be");
	}
}

struct clearing clearing_of(const struct draft *draft, const struct builder_draft *builder,
			    const struct node_draft *node)
{
	bool goes = node->act == NODE_MOVE || node->act == NODE_DROP || node->act == NODE_FRESH;
	struct clearing clearing = {
		.name = node->have ? node->have->spec.name : node->want.name,
		.endpoint = node->have ? node->have->spec.endpoint : node->want.endpoint,
		.container = node->container,
		.volume = node->volume,
		.keep_s = goes ? draft->request->keep_s : 0,
	};
	const struct engine *engine = node->engine;

	if (goes && node->have) {
		clearing.container = node->have->container;
		clearing.volume = node->have->volume;
		engine = node->have->engine;
	} else if (goes) {
		clearing.name = node->was_name;
		clearing.container = node->was_container;
		clearing.volume = node->was_volume;
	}
	if ((builder->want.cache.keep_state != TRI_NO && !goes) || volume_is_kept(draft, engine, clearing.volume))
		clearing.volume = NULL;
	return clearing;
}

static void steps_drain(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		struct clearing clearing = clearing_of(draft, builder, &builder->nodes[i]);
		if (remakes(builder, &builder->nodes[i]) || builder->nodes[i].restart)
			step_drain(draft, builder->change, builder->want.name, clearing.name, clearing.endpoint,
				   clearing.container);
	}
}

static void steps_stop(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		if (node->restart && !remakes(builder, node))
			step_engine(draft, builder->change, STEP_STOP_CONTAINER, node->want.endpoint,
				    node->container->name, node->container->id);
	}
}

static void steps_clear(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		struct clearing clearing = clearing_of(draft, builder, &builder->nodes[i]);
		if (!remakes(builder, &builder->nodes[i]))
			continue;
		if (clearing.volume && clearing.keep_s > 0)
			step_note(draft, builder->change, clearing.name, clearing.endpoint, clearing.keep_s);
		if (clearing.container)
			step_engine(draft, builder->change, STEP_REMOVE_CONTAINER, clearing.endpoint,
				    node_container_name(draft->arena, clearing.name), clearing.container->id);
		if (clearing.volume && clearing.keep_s == 0)
			step_engine(draft, builder->change, STEP_REMOVE_VOLUME, clearing.endpoint,
				    node_volume_name(draft->arena, clearing.name), NULL);
	}
}

/* Each node is tried through an instance of its own, for BuildX picks among a builder's nodes as it likes. */
void step_alone(struct draft *draft, struct step *step, const struct builder *want, size_t node)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	struct builder alone = *want;

	alone.nodes = &want->nodes[node];
	alone.node_count = 1;
	instance_print(&alone, &data);
	step->node = arena_strdup(draft->arena, want->nodes[node].name);
	step->dockerfile = arena_strdup(draft->arena, want->verify_dockerfile);
	for (size_t k = 0; k < want->nodes[node].platforms.count; k++)
		strings_add(draft->arena, &step->platforms, want->nodes[node].platforms.items[k]);
	step->data = arena_copy(draft->arena, buffer_text(&data), data.length);
	step->length = data.length;
}

void steps_verify(struct draft *draft, struct builder_draft *builder)
{
	const struct builder *want = &builder->want;

	if (draft->request->rollback || want->bootstrap == TRI_NO ||
	    (want->verify_build != TRI_YES && !want->verify_dockerfile))
		return;
	for (size_t i = 0; i < want->node_count; i++)
		step_alone(draft, step_add(draft, builder->change, STEP_VERIFY_BUILD, want->name), want, i);
}

struct step *step_instance(struct draft *draft, struct builder_draft *builder)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	const char *path = arena_printf(draft->arena, "instances/%s", builder->want.name);

	if (builder->want.exact)
		(void)buffer_append(&data, builder->want.exact->data, builder->want.exact->length);
	else
		instance_print(&builder->want, &data);
	struct step *step = step_write(draft, builder->change, path, &data);
	step->name = builder->change->name;
	if (builder->want.exact && builder->want.exact->mode)
		step->mode = builder->want.exact->mode & 0777;
	return step;
}

static bool any_act(const struct builder_draft *builder, enum node_act act)
{
	for (size_t i = 0; i < builder->node_count; i++)
		if (builder->nodes[i].act == act)
			return true;
	return false;
}

static void steps_in_place(struct draft *draft, struct builder_draft *builder)
{
	struct change *change = builder->change;
	bool boot = false, clear = false, restart = false;

	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		clear = clear || remakes(builder, node);
		restart = restart || (node->restart && !remakes(builder, node));
		boot = boot || (node->act != NODE_KEEP && node->act != NODE_DROP);
	}
	bool diverted = clear && step_divert_add(draft, builder);
	steps_emulation(draft, builder);
	steps_pull(draft, builder);
	steps_drain(draft, builder);
	steps_stop(draft, builder);
	steps_clear(draft, builder);
	if (builder->write_instance)
		(void)step_instance(draft, builder);
	if ((restart || (boot && builder->want.bootstrap != TRI_NO)) && driver_has_containers(builder->want.driver))
		step_add(draft, change, STEP_BOOT, builder->want.name);
	steps_verify(draft, builder);
	if (diverted)
		step_select_add(draft, change, builder->want.name);
}

void steps_for_builder(struct draft *draft, struct builder_draft *builder)
{
	if (any_act(builder, NODE_HEAL))
		steps_heal(draft, builder);
	else if (any_act(builder, NODE_FRESH))
		steps_beside(draft, builder);
	else
		steps_in_place(draft, builder);
}

/* Another builder of the store has this container as well: it stays when one of them goes. */
static bool is_shared(const struct draft *draft, const struct live_builder *have, const struct live_node *node)
{
	for (size_t i = 0; node->container && i < draft->live->builder_count; i++) {
		const struct live_builder *other = &draft->live->builders[i];
		for (size_t k = 0; other != have && k < other->node_count; k++)
			if (other->nodes[k].container && text_equal(other->nodes[k].container->id, node->container->id))
				return true;
	}
	return false;
}

void steps_for_removal(struct draft *draft, struct change *change, const struct live_builder *have)
{
	for (size_t i = 0; i < have->node_count && driver_has_containers(have->driver); i++)
		if (!is_shared(draft, have, &have->nodes[i]))
			step_drain(draft, change, have->name, have->nodes[i].spec.name, have->nodes[i].spec.endpoint,
				   have->nodes[i].container);
	for (size_t i = 0; i < have->node_count; i++) {
		const struct live_node *node = &have->nodes[i];
		if (!driver_has_containers(have->driver))
			continue;
		if (!node->engine || !node->engine->reachable) {
			change->action = ACTION_UNKNOWN;
			change->reason = arena_printf(draft->arena, "engine %s of node %s: %s", node->spec.endpoint,
						      node->spec.name, node->reason ? node->reason : "was not asked");
			change_block(draft, change, ERROR_UNREACHABLE, "%s; unreachable is not absent", change->reason);
			continue;
		}
		if (is_shared(draft, have, node))
			continue;
		bool kept = volume_is_kept(draft, node->engine, node->volume);
		if (node->volume && !kept && draft->request->keep_s > 0)
			step_note(draft, change, node->spec.name, node->spec.endpoint, draft->request->keep_s);
		if (node->container)
			step_engine(draft, change, STEP_REMOVE_CONTAINER, node->spec.endpoint, node->container->name,
				    node->container->id);
		if (node->volume && !kept && draft->request->keep_s == 0)
			step_engine(draft, change, STEP_REMOVE_VOLUME, node->spec.endpoint, node->volume->name, NULL);
		if (node->volume)
			note_removed_cache(draft, change, node->volume->name, kept);
	}
	step_add(draft, change, STEP_FORGET_BUILDER, have->name);
}
