/* The steps that make nodes afresh beside those that build: noted as ours, booted, tried, switched over in one rename;
 * then the old ones are drained and retired. The builder answers at every moment, and whatever a kill leaves over is in
 * the ledger: the next plan sees it. */
#include "plan/blue_green.h"

#include "model/normal.h"
#include "plan/draft.h"
#include "plan/effective.h"
#include "plan/emulation.h"
#include "plan/steps.h"

static bool goes(const struct builder_draft *builder, const struct node_draft *node)
{
	if (node->action == NODE_DROP || node->action == NODE_MOVE)
		return node_had_container(builder, node);
	return node->action == NODE_FRESH;
}

static void notes(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		struct clearing clearing = clearing_of(draft, builder, node);

		/* A volume that waits for a rollback is no new one of ours. */
		if (node->action == NODE_FRESH && !node->volume)
			step_note_add(draft, builder->change, node->want.name, node->want.endpoint, 0);
		if (goes(builder, node) && (clearing.container || clearing.volume))
			step_note_add(draft, builder->change, clearing.name, clearing.endpoint, clearing.keep_s);
	}
}

/* A container that waits to be retired under the name that comes back may be another than the one that is wanted. */
static void clear_way(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];

		if (node->action == NODE_FRESH && node->container)
			step_retire_add(draft, builder->change, builder->want.name, node->want.name,
					node->want.endpoint, 1);
	}
}

static void retire(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		struct clearing clearing = clearing_of(draft, builder, node);

		if (!goes(builder, node) || (!clearing.container && !clearing.volume))
			continue;
		step_retire_add(draft, builder->change, builder->want.name, clearing.name, clearing.endpoint,
				clearing.volume ? clearing.keep_s : 1)
			->lingers = true;
	}
}

void steps_blue_green(struct draft *draft, struct builder_draft *builder)
{
	bool boots = builder->want.bootstrap != TRI_NO;

	steps_emulation(draft, builder);
	steps_pull(draft, builder);
	notes(draft, builder);
	clear_way(draft, builder);
	if (boots) {
		struct step *boot = step_instance_add(draft, builder); /* the same bytes, in no store yet */
		boot->kind = STEP_BOOT_BESIDE;
		boot->path = NULL;
	}
	steps_verify(draft, builder);
	step_instance_add(draft, builder);
	retire(draft, builder);
}
