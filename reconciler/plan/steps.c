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
static bool remakes(const struct builder_draft *builder, const struct node_draft *node, bool reset)
{
	if (node->act == NODE_DROP)
		return node_had_container(builder, node);
	return node->act == NODE_REMAKE || node->act == NODE_MOVE ||
	       (reset && driver_has_containers(builder->want.driver));
}

static void steps_pull(struct draft *draft, struct builder_draft *builder, bool reset)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		if (node->act == NODE_DROP || !remakes(builder, node, reset) ||
		    !driver_has_containers(builder->want.driver))
			continue;
		const char *image = pairs_get(&node->want.driver_opts, "image");
		step_engine(draft, builder->change, STEP_PULL_IMAGE, node->want.endpoint,
			    image ? image : image_default(), "so that the node is away for as short as can be");
	}
}

/* What of a node goes. */
struct clearing {
	const char *name, *endpoint;
	const struct container *container;
	const struct volume *volume; /* NULL too when it stays */
};

static struct clearing clearing_of(const struct draft *draft, const struct builder_draft *builder,
				   const struct node_draft *node, bool reset)
{
	bool elsewhere = node->have && (node->act == NODE_MOVE || node->act == NODE_DROP);
	const struct volume *volume = elsewhere ? node->have->volume : node->volume;
	const struct engine *engine = elsewhere ? node->have->engine : node->engine;
	bool keep = (builder->want.cache.keep_state != TRI_NO && !reset && !elsewhere) ||
		    volume_is_kept(draft, engine, volume);

	return (struct clearing){
		.name = node->have ? node->have->spec.name : node->want.name,
		.endpoint = node->have ? node->have->spec.endpoint : node->want.endpoint,
		.container = elsewhere ? node->have->container : node->container,
		.volume = keep ? NULL : volume,
	};
}

static void steps_drain(struct draft *draft, struct builder_draft *builder, bool reset)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		struct clearing clearing = clearing_of(draft, builder, &builder->nodes[i], reset);
		if (remakes(builder, &builder->nodes[i], reset) || builder->nodes[i].restart)
			step_drain(draft, builder->change, builder->want.name, clearing.name, clearing.endpoint,
				   clearing.container);
	}
}

static void steps_stop(struct draft *draft, struct builder_draft *builder, bool reset)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		if (node->restart && !remakes(builder, node, reset))
			step_engine(draft, builder->change, STEP_STOP_CONTAINER, node->want.endpoint,
				    node->container->name, node->container->id);
	}
}

static void steps_clear(struct draft *draft, struct builder_draft *builder, bool reset)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		struct clearing clearing = clearing_of(draft, builder, &builder->nodes[i], reset);
		if (!remakes(builder, &builder->nodes[i], reset))
			continue;
		if (clearing.container)
			step_engine(draft, builder->change, STEP_REMOVE_CONTAINER, clearing.endpoint,
				    node_container_name(draft->arena, clearing.name), clearing.container->id);
		if (clearing.volume)
			step_engine(draft, builder->change, STEP_REMOVE_VOLUME, clearing.endpoint,
				    node_volume_name(draft->arena, clearing.name), NULL);
	}
}

/* Each node is tried through an instance of its own, for BuildX picks among a builder's nodes as it likes. */
static void steps_verify(struct draft *draft, struct builder_draft *builder)
{
	const struct builder *want = &builder->want;

	if (draft->request->rollback || want->bootstrap == TRI_NO ||
	    (want->verify_build != TRI_YES && !want->verify_dockerfile))
		return;
	for (size_t i = 0; i < want->node_count; i++) {
		CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
		struct builder alone = *want;
		struct step *step = step_add(draft, builder->change, STEP_VERIFY_BUILD, want->name);

		alone.nodes = &want->nodes[i];
		alone.node_count = 1;
		instance_print(&alone, &data);
		step->node = arena_strdup(draft->arena, want->nodes[i].name);
		step->dockerfile = arena_strdup(draft->arena, want->verify_dockerfile);
		for (size_t k = 0; k < want->nodes[i].platforms.count; k++)
			strings_add(draft->arena, &step->platforms, want->nodes[i].platforms.items[k]);
		step->data = arena_copy(draft->arena, buffer_text(&data), data.length);
		step->length = data.length;
	}
}

static void step_instance(struct draft *draft, struct builder_draft *builder)
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
}

void steps_for_builder(struct draft *draft, struct builder_draft *builder)
{
	struct change *change = builder->change;
	bool reset = change->action == ACTION_RESET, boot = false, clear = false, restart = false;

	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		clear = clear || remakes(builder, node, reset);
		restart = restart || (node->restart && !remakes(builder, node, reset));
		boot = boot || (node->act != NODE_KEEP && node->act != NODE_DROP) || reset;
	}
	bool divert = clear && builder->want.fallback && text_equal(draft->live->selected, builder->want.name);
	if (divert)
		step_select(draft, change, builder->want.fallback);
	steps_emulation(draft, builder);
	steps_pull(draft, builder, reset);
	steps_drain(draft, builder, reset);
	steps_stop(draft, builder, reset);
	steps_clear(draft, builder, reset);
	/* All there is to make afresh of a builder without containers is its file. */
	if (builder->write_instance || (reset && !driver_has_containers(builder->want.driver)))
		step_instance(draft, builder);
	if ((restart || (boot && builder->want.bootstrap != TRI_NO)) && driver_has_containers(builder->want.driver))
		step_add(draft, change, STEP_BOOT, builder->want.name);
	steps_verify(draft, builder);
	if (divert)
		step_select(draft, change, builder->want.name);
}

void steps_for_removal(struct draft *draft, struct change *change, const struct live_builder *have)
{
	for (size_t i = 0; i < have->node_count && text_equal(have->driver, "docker-container"); i++)
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
