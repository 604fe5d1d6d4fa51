/* Nodes that are there and sick: the gentlest remedy first, each tried and verified, and a fresh volume when none
 * helps. */
#include "plan/heal.h"

#include "model/driver.h"
#include "model/normal.h"
#include "plan/blue_green.h"
#include "plan/change.h"
#include "plan/draft.h"
#include "plan/generation.h"
#include "plan/steps.h"

static const char again[] = "look again at", unpause[] = "unpause", restart[] = "restart";

static const struct seen_kind *kind_of(const struct node_draft *node)
{
	return seen_kind(node->have ? seen_of_node(node->have) : SEEN_NOTHING);
}

/* A snapshot may say anything. */
static long long exit_code_of(const struct live_node *node)
{
	return node->container ? (long long)node->container->exit_code : 0;
}

const char *sickness_of(struct draft *draft, const struct node_draft *node)
{
	const char *label = node->label;

	/* What was before is brought back as it was. One that is new here has no past to heal. */
	if (draft->request->rollback || !node->have)
		return NULL;
	const struct seen_kind *kind = kind_of(node);
	if (kind->proves != EVIDENCE_SICK && kind->proves != EVIDENCE_HELD)
		return NULL;
	switch (seen_of_node(node->have)) {
	case SEEN_PAUSED:
		return arena_printf(draft->arena, "node %s is paused", label);
	case SEEN_RESTARTING:
		return arena_printf(draft->arena, "node %s ends right after each start (exit code %lld)", label,
				    exit_code_of(node->have));
	case SEEN_FAILED:
		return arena_printf(draft->arena, "node %s ended with exit code %lld", label, exit_code_of(node->have));
	default:
		return kind->may & MAY_REMAKE
			       ? NULL
			       : arena_printf(draft->arena, "node %s is %s: %s", label,
					      kind->proves == EVIDENCE_HELD ? "held" : "unhealthy",
					      node->have->reason ? node->have->reason : "its daemon says so");
	}
}

static void add_remedy(struct draft *draft, struct builder_draft *builder, size_t node, const char *remedy)
{
	struct step *step = step_add(draft, builder->change, STEP_HEAL, builder->want.name);

	step_node_set(draft, step, &builder->want, node);
	step->endpoint = arena_strdup(draft->arena, builder->nodes[node].want.endpoint);
	step->detail = remedy;
	step->unless_healed = true;
}

static void add_remedies(struct draft *draft, struct builder_draft *builder, const char *remedy, unsigned may)
{
	for (size_t i = 0; i < builder->want.node_count; i++)
		if (builder->nodes[i].action == NODE_HEAL && (kind_of(&builder->nodes[i])->may & may))
			add_remedy(draft, builder, i, remedy);
}

/* What answered with an error may answer otherwise a moment later. */
static void add_second_looks(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->want.node_count; i++)
		if (builder->nodes[i].action == NODE_HEAL && kind_of(&builder->nodes[i])->may != 0 &&
		    builder->nodes[i].container && text_equal(builder->nodes[i].container->status, "running"))
			add_remedy(draft, builder, i, again);
}

bool heal_renews(const struct draft *draft, const struct node_draft *node)
{
	return (kind_of(node)->may & MAY_RENEW) && draft->request->keep_s > 0;
}

/* The last resort: what the steps before healed is left alone. */
static void add_fresh(struct draft *draft, struct builder_draft *builder)
{
	size_t first = builder->change->step_count;
	bool any = false;

	for (size_t i = 0; i < builder->want.node_count; i++) {
		struct node_draft *node = &builder->nodes[i];

		if (node->action != NODE_HEAL || !heal_renews(draft, node))
			continue;
		generation_begin(draft, builder, i);
		any = true;
	}
	if (!any)
		return;
	steps_blue_green(draft, builder);
	for (size_t i = first; i < builder->change->step_count; i++)
		builder->change->steps[i].unless_healed = true;
}

void steps_heal(struct draft *draft, struct builder_draft *builder)
{
	add_second_looks(draft, builder);
	add_remedies(draft, builder, unpause, MAY_UNPAUSE);
	add_remedies(draft, builder, restart, MAY_RESTART);
	add_fresh(draft, builder);
}

static void block_node(struct draft *draft, struct builder_draft *builder, const struct node_draft *node,
		       const char *why)
{
	if (kind_of(node)->proves == EVIDENCE_HELD)
		change_block(draft, builder->change, ERROR_REFUSED,
			     "%s; stop that container, or give it back its name: the volume is taken from nobody", why);
	else
		change_block(draft, builder->change, ERROR_REFUSED,
			     "%s; make room there, or give up what is in its cache, which is not removed unasked, with "
			     "`reconcile --reset %s --cache-only` or `cache: {reset: …}`",
			     why, builder->want.name);
}

void settle_sick(struct draft *draft, struct builder_draft *builder)
{
	bool asked = builder->change->action == ACTION_NONE || builder->change->action == ACTION_RESET;

	/* What pods lack, the change may be about: an image, room, a quota. */
	if (!driver_has_containers(builder->want.driver))
		return;
	for (size_t i = 0; !asked && i < builder->want.node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		const char *why = kind_of(node)->may == 0 ? sickness_of(draft, node) : NULL;

		if (why && node->action != NODE_KEEP)
			block_node(draft, builder, node, why);
	}
}

void settle_heal(struct builder_draft *builder)
{
	bool otherwise = builder->write_instance || builder->emulate;

	for (size_t i = 0; i < builder->node_count; i++) {
		enum node_action action = builder->nodes[i].action;
		otherwise = otherwise || action == NODE_REMAKE || action == NODE_MOVE || action == NODE_DROP ||
			    action == NODE_FRESH;
	}
	for (size_t i = 0; otherwise && i < builder->node_count; i++)
		if (builder->nodes[i].action == NODE_HEAL && kind_of(&builder->nodes[i])->may != 0)
			builder->nodes[i].action = NODE_REMAKE;
}
