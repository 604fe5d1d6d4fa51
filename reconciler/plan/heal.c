/* Nodes that are there and sick: the gentlest remedy first, each tried and verified, and a fresh volume when none
 * helps. */
#include "plan/heal.h"

#include "model/normal.h"
#include "plan/blue_green.h"
#include "plan/change.h"
#include "plan/draft.h"
#include "plan/generation.h"
#include "plan/steps.h"

static const char again[] = "look again at", unpause[] = "unpause", restart[] = "restart",
		  prune[] = "prune the cache of";

/* A container that its Engine starts again whenever it ends has ended because somebody stopped it: buildkitd's exit
 * code is 1 then as well. Of another one SIGKILL and SIGTERM tell, as at the machine's end. */
static bool was_stopped(const struct container *container)
{
	return text_equal(container->restart_policy, "unless-stopped") ||
	       text_equal(container->restart_policy, "always") || container->exit_code == 0 ||
	       container->exit_code == 137 || container->exit_code == 143 || container->oom_killed;
}

const char *sickness_of(struct draft *draft, const struct node_draft *node)
{
	const struct container *container = node->container;
	const char *status = container->status, *label = node->label;

	/* What was before is brought back as it was. One that is new here has no past to heal. */
	if (draft->request->rollback || !node->have)
		return NULL;
	if (text_equal(status, "paused"))
		return arena_printf(draft->arena, "node %s is paused", label);
	if (text_equal(status, "restarting"))
		return arena_printf(draft->arena, "node %s ends right after each start (exit code %lld)", label,
				    (long long)container->exit_code);
	if (text_equal(status, "exited") && !was_stopped(container))
		return arena_printf(draft->arena, "node %s ended with exit code %lld", label,
				    (long long)container->exit_code);
	if (text_equal(status, "running") && node->have->state == NODE_UNHEALTHY)
		return arena_printf(draft->arena, "node %s is unhealthy: %s", label,
				    node->have->reason ? node->have->reason : "its daemon says so");
	return NULL;
}

static void add_remedy(struct draft *draft, struct builder_draft *builder, size_t node, const char *remedy)
{
	struct step *step = step_add(draft, builder->change, STEP_HEAL, builder->want.name);

	step_node_set(draft, step, &builder->want, node);
	step->endpoint = arena_strdup(draft->arena, builder->nodes[node].want.endpoint);
	step->detail = remedy;
	step->unless_healed = true;
}

/* What can be tried with a container in this state. */
static bool suits(const struct node_draft *node, const char *remedy)
{
	if (remedy == again)
		return text_equal(node->container->status, "running");
	return remedy != unpause || text_equal(node->container->status, "paused");
}

static void add_remedies(struct draft *draft, struct builder_draft *builder, const char *remedy)
{
	for (size_t i = 0; i < builder->want.node_count; i++)
		if (builder->nodes[i].action == NODE_HEAL && suits(&builder->nodes[i], remedy))
			add_remedy(draft, builder, i, remedy);
}

/* The last resort: what the steps before healed is left alone. */
static void add_fresh(struct draft *draft, struct builder_draft *builder)
{
	size_t first = builder->change->step_count;

	for (size_t i = 0; i < builder->want.node_count; i++) {
		struct node_draft *node = &builder->nodes[i];

		if (node->action == NODE_HEAL)
			generation_begin(draft, builder, i);
	}
	steps_blue_green(draft, builder);
	for (size_t i = first; i < builder->change->step_count; i++)
		builder->change->steps[i].unless_healed = true;
}

void steps_heal(struct draft *draft, struct builder_draft *builder)
{
	add_remedies(draft, builder, again);
	add_remedies(draft, builder, unpause);
	add_remedies(draft, builder, restart);
	add_remedies(draft, builder, prune);
	add_fresh(draft, builder);
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
		if (builder->nodes[i].action == NODE_HEAL)
			builder->nodes[i].action = NODE_REMAKE;
}
