/* The steps that make nodes afresh beside those that build: noted as ours, booted, tried, switched over in one rename;
 * then the old ones are drained and retired. The builder answers at every moment, and whatever a kill leaves over is in
 * the ledger: the next plan sees it. */
#include "model/normal.h"
#include "plan/draft.h"

void step_note(struct draft *draft, struct change *change, const char *node, const char *endpoint, int64_t keep_s)
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

static bool goes(const struct builder_draft *builder, const struct node_draft *node)
{
	if (node->act == NODE_DROP || node->act == NODE_MOVE)
		return node_had_container(builder, node);
	return node->act == NODE_FRESH;
}

static void notes(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		struct clearing clearing = clearing_of(draft, builder, node);

		/* A volume that waits for a rollback is no new one of ours. */
		if (node->act == NODE_FRESH && !node->volume)
			step_note(draft, builder->change, node->want.name, node->want.endpoint, 0);
		if (goes(builder, node) && (clearing.container || clearing.volume))
			step_note(draft, builder->change, clearing.name, clearing.endpoint, clearing.keep_s);
	}
}

/* A container that waits to be retired under the name that comes back may be another than the one that is wanted. */
static void clear_way(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];

		if (node->act == NODE_FRESH && node->container)
			(void)step_retire_add(draft, builder->change, builder->want.name, node->want.name,
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

void steps_beside(struct draft *draft, struct builder_draft *builder)
{
	struct change *change = builder->change;
	bool boots = builder->want.bootstrap != TRI_NO;
	bool diverted = step_divert_add(draft, builder);

	steps_emulation(draft, builder);
	steps_pull(draft, builder);
	notes(draft, builder);
	clear_way(draft, builder);
	if (boots) {
		struct step *boot = step_instance(draft, builder); /* the same bytes, in no store yet */
		boot->kind = STEP_BOOT_BESIDE;
		boot->path = NULL;
	}
	steps_verify(draft, builder);
	(void)step_instance(draft, builder);
	if (diverted)
		step_select_add(draft, change, builder->want.name);
	retire(draft, builder);
}
