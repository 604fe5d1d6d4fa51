/* The steps of a builder whose nodes are made anew under the name that they have.
 *
 * The old container goes before the instance file that names it is rewritten: whatever is left over after a kill is
 * still named by the store, so the next plan sees it. */
#include "plan/in_place.h"

#include "model/driver.h"
#include "model/normal.h"
#include "plan/change.h"
#include "plan/draft.h"
#include "plan/emulation.h"
#include "plan/steps.h"

static void steps_drain(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		struct clearing clearing = clearing_of(draft, builder, &builder->nodes[i]);
		if (node_remade(builder, &builder->nodes[i]) || builder->nodes[i].restart)
			step_drain_add(draft, builder->change, builder->want.name, clearing.name, clearing.endpoint,
				       clearing.container);
	}
}

static void steps_stop(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		if (node->restart && !node_remade(builder, node))
			step_engine_add(draft, builder->change, STEP_STOP_CONTAINER, node->want.endpoint,
					node->container->name, node->container->id);
	}
}

/* Nothing is booted under the name that it has. */
static bool node_goes(const struct node_draft *node)
{
	return node->action == NODE_MOVE || node->action == NODE_DROP;
}

static void steps_clear(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		struct clearing clearing = clearing_of(draft, builder, &builder->nodes[i]);
		if (!node_remade(builder, &builder->nodes[i]))
			continue;
		if (clearing.volume && node_goes(&builder->nodes[i]))
			step_note_add(draft, builder->change, clearing.name, clearing.endpoint, clearing.keep_s);
		if (clearing.container)
			step_engine_add(draft, builder->change, STEP_REMOVE_CONTAINER, clearing.endpoint,
					node_container_name(draft->arena, clearing.name), clearing.container->id);
		if (clearing.volume && !node_goes(&builder->nodes[i]))
			step_engine_add(draft, builder->change, STEP_REMOVE_VOLUME, clearing.endpoint,
					node_volume_name(draft->arena, clearing.name), NULL);
	}
}

/* What nothing brings back goes when all else is done. */
static void steps_discard(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		struct clearing clearing = clearing_of(draft, builder, &builder->nodes[i]);

		if (node_remade(builder, &builder->nodes[i]) && node_goes(&builder->nodes[i]) && clearing.volume &&
		    clearing.keep_s == 0)
			step_engine_add(draft, builder->change, STEP_REMOVE_VOLUME, clearing.endpoint,
					node_volume_name(draft->arena, clearing.name), NULL);
	}
}

void steps_in_place(struct draft *draft, struct builder_draft *builder)
{
	struct change *change = builder->change;
	bool boot = false, clear = false, restart = false;

	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		clear = clear || node_remade(builder, node);
		restart = restart || (node->restart && !node_remade(builder, node));
		boot = boot || (node->action != NODE_KEEP && node->action != NODE_DROP);
	}
	bool diverted = clear && step_divert_add(draft, builder);
	steps_emulation(draft, builder);
	steps_pull(draft, builder);
	steps_drain(draft, builder);
	steps_stop(draft, builder);
	steps_clear(draft, builder);
	if (builder->write_instance)
		step_instance_add(draft, builder);
	if ((restart || (boot && builder->want.bootstrap != TRI_NO)) && driver_has_containers(builder->want.driver))
		step_add(draft, change, STEP_BOOT, builder->want.name);
	steps_verify(draft, builder);
	if (diverted)
		step_select_add(draft, change, builder->want.name);
	steps_discard(draft, builder);
}
