/* Turns what a builder needs into steps, in an order that converges when it is cut off anywhere.
 *
 * The old container goes before the instance file that names it is rewritten, and a builder is forgotten last: whatever
 * is left over after a kill is still named by the store, so the next plan sees it. */
#include "plan/steps.h"

#include "base/json.h"
#include "codec/instance.h"
#include "model/driver.h"
#include "model/normal.h"
#include "plan/change.h"
#include "plan/draft.h"
#include "plan/effective.h"

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
	struct step *step = step_add(draft, change, STEP_SELECT, name);

	step->of_context = live && live->context_builder;
	step->detail = arena_printf(draft->arena, "select %s", name);
}

/* The builder is selected and says which other one is to be while it is being made anew. */
bool step_divert_add(struct draft *draft, struct builder_draft *builder)
{
	const char *fallback = builder->want.fallback;
	const struct live_builder *live = fallback ? live_builder(draft->live, fallback) : NULL;

	if (!fallback || !text_equal(live_planned_selected(draft->live), builder->want.name))
		return false;
	/* It is the fallback of then: it may be gone, and the rollback itself may take it away. */
	if (draft->request->rollback && (!live || live->damaged || state_builder(draft->desired, fallback)))
		return false;
	struct step *step = step_add(draft, builder->change, STEP_DIVERT, fallback);
	step->of_context = live && live->context_builder;
	step->node = arena_strdup(draft->arena, builder->want.name);
	step->detail = arena_strdup(draft->arena, fallback);
	return true;
}

void step_engine_add(struct draft *draft, struct change *change, enum step_kind kind, const char *endpoint,
		     const char *name, const char *detail)
{
	struct step *step = step_add(draft, change, kind, name);

	step->endpoint = arena_strdup(draft->arena, endpoint);
	step->detail = arena_strdup(draft->arena, detail);
}

/* What runs in a container that goes may be building: it is waited for before anything of the builder is touched. One
 * that is paused, dead or forever restarting builds nothing. */
void step_drain_add(struct draft *draft, struct change *change, const char *builder, const char *node,
		    const char *endpoint, const struct container *container)
{
	if (!container || !text_equal(container->status, "running"))
		return;
	struct step *step = step_add(draft, change, STEP_DRAIN, builder);
	step->node = arena_strdup(draft->arena, node);
	step->endpoint = arena_strdup(draft->arena, endpoint);
}

void step_note_add(struct draft *draft, struct change *change, const char *node, const char *endpoint, int64_t keep_s)
{
	struct step *step = step_add(draft, change, STEP_NOTE_LEFTOVER, change->name);

	step->node = arena_strdup(draft->arena, node);
	step->endpoint = arena_strdup(draft->arena, endpoint);
	step->keep_s = keep_s;
	step->detail = draft->request->subject
			       ? arena_strdup(draft->arena, draft->request->subject)
			       : arena_printf(draft->arena, "%s %s", action_kind(change->action)->name, change->name);
}

struct step *step_retire_add(struct draft *draft, struct change *change, const char *builder, const char *node,
			     const char *endpoint, int64_t keep_s)
{
	struct step *step = step_add(draft, change, STEP_RETIRE, builder);

	step->node = arena_strdup(draft->arena, node);
	step->endpoint = arena_strdup(draft->arena, endpoint);
	step->keep_s = keep_s;
	return step;
}

/* The container that the node has is in the way. Nodes without any are changed by the instance file alone. */
bool node_remade(const struct builder_draft *builder, const struct node_draft *node)
{
	if (node->action == NODE_DROP)
		return node_had_container(builder, node);
	return node->action == NODE_REMAKE || node->action == NODE_MOVE;
}

void steps_pull(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		if (node->action == NODE_DROP || (node->action != NODE_FRESH && !node_remade(builder, node)) ||
		    !driver_has_containers(builder->want.driver))
			continue;
		const char *image = pairs_get(&node->want.driver_opts, "image");
		step_engine_add(draft, builder->change, STEP_PULL_IMAGE, node->want.endpoint,
				image ? image : image_default(), "so that the node is away for as short as can be");
	}
}

struct clearing clearing_of(const struct draft *draft, const struct builder_draft *builder,
			    const struct node_draft *node)
{
	bool goes = node->action == NODE_MOVE || node->action == NODE_DROP || node->action == NODE_FRESH;
	struct clearing clearing = {
		.name = node->have ? node->have->spec.name : node->want.name,
		.endpoint = node->have ? node->have->spec.endpoint : node->want.endpoint,
		.container = node->container,
		.volume = node->volume,
		.keep_s = goes && !node->discard ? draft->request->keep_s : 0,
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

/* Each node is tried through an instance of its own, for BuildX picks among a builder's nodes as it likes. */
void step_node_set(struct draft *draft, struct step *step, const struct builder *want, size_t node)
{
	CLEANUP_TEXT struct text data = TEXT_INIT;
	struct builder alone = *want;

	alone.nodes = &want->nodes[node];
	alone.node_count = 1;
	instance_print(&alone, &data);
	step->node = arena_strdup(draft->arena, want->nodes[node].name);
	step->dockerfile = arena_strdup(draft->arena, want->verify_dockerfile);
	for (size_t k = 0; k < want->nodes[node].platforms.count; k++)
		strings_add(draft->arena, &step->platforms, want->nodes[node].platforms.items[k]);
	step->data = arena_copy(draft->arena, text_string(&data), data.length);
	step->length = data.length;
}

void steps_verify(struct draft *draft, struct builder_draft *builder)
{
	const struct builder *want = &builder->want;

	if (draft->request->rollback || want->bootstrap == TRI_NO ||
	    (want->verify_build != TRI_YES && !want->verify_dockerfile))
		return;
	for (size_t i = 0; i < want->node_count; i++)
		step_node_set(draft, step_add(draft, builder->change, STEP_VERIFY_BUILD, want->name), want, i);
}

struct step *step_instance_add(struct draft *draft, struct builder_draft *builder)
{
	CLEANUP_TEXT struct text data = TEXT_INIT;
	const char *path = arena_printf(draft->arena, "instances/%s", builder->want.name);

	if (builder->want.exact)
		text_append(&data, builder->want.exact->data, builder->want.exact->length);
	else
		instance_print(&builder->want, &data);
	struct step *step = step_write_add(draft, builder->change, path, &data);
	step->name = builder->change->name;
	if (builder->want.exact && builder->want.exact->mode)
		step->mode = builder->want.exact->mode & 0777;
	return step;
}

void step_requests_set(struct arena *arena, struct step *step, const char *cluster, cJSON *requests)
{
	CLEANUP_JSON cJSON *owned = requests;
	CLEANUP_TEXT struct text text = TEXT_INIT;

	json_print_canonical(owned, &text);
	step->endpoint = arena_strdup(arena, cluster);
	step->data = arena_copy(arena, text_string(&text), text.length + 1);
	step->length = text.length;
}

struct step *step_objects_add(struct draft *draft, struct change *change, enum step_kind kind,
			      const struct cluster *cluster, const char *name, cJSON *requests)
{
	struct step *step = step_add(draft, change, kind, name);

	step_requests_set(draft->arena, step, cluster->key, requests);
	return step;
}
