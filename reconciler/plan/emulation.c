/* Plans that the machines of a builder's nodes emulate what the state file says. */
#include "plan/emulation.h"

#include "model/normal.h"
#include "plan/change.h"
#include "plan/draft.h"
#include "plan/findings.h"

static const char default_image[] = "tonistiigi/binfmt";

static bool can_register(const struct node_draft *node)
{
	return node->action != NODE_DROP && node->action != NODE_BLIND && node->engine && node->engine->reachable;
}

/* Of a machine on which no daemon runs yet nothing is known: registering again what is there does no harm. */
static bool lacks(struct draft *draft, const struct node_draft *node, const char *architecture)
{
	const struct daemon *daemon = daemon_at(draft->live, node->have, node->engine);
	const char *platform = platform_normal(draft->arena, arena_printf(draft->arena, "linux/%s", architecture));

	if (text_equal(architecture, "image") || !platform)
		return false;
	if (!daemon || daemon->worker_count == 0)
		return node->action == NODE_BOOT && !node->have;
	return !daemon_runs(daemon, platform);
}

void diff_emulation(struct draft *draft, struct builder_draft *builder)
{
	const struct pairs *emulation = &builder->want.emulation;

	for (size_t i = 0; i < builder->node_count; i++) {
		struct node_draft *node = &builder->nodes[i];
		for (size_t k = 0; can_register(node) && k < emulation->count; k++) {
			const char *key = emulation->items[k].key;
			if (!lacks(draft, node, key))
				continue;
			const char *path = arena_printf(draft->arena, "nodes.%s.emulation.%s", node->label, key);
			struct field_change *field =
				field_add(draft, builder->change, path, NULL, "registered", emulation->items[k].source);
			field->where = FIELD_MACHINE;
			field->note = node->have ? "registrations are lost at a reboot" : NULL;
			builder->emulate = true;
			/* A daemon looks at what the kernel runs when it starts, and then once an hour (moby/buildkit
			 * util/archutil/detect.go, CacheMaxAge). */
			node->restart = node->action == NODE_KEEP && node->container;
			if (!node->why && node->have)
				node->why = arena_printf(draft->arena, "no emulation of %s on the machine of node %s",
							 key, node->want.name);
		}
	}
}

static bool is_planned(const struct change *change, const char *endpoint, const char *architecture)
{
	for (size_t i = 0; i < change->step_count; i++)
		if (change->steps[i].kind == STEP_INSTALL_EMULATION &&
		    text_equal(change->steps[i].endpoint, endpoint) &&
		    text_equal(change->steps[i].detail, architecture))
			return true;
	return false;
}

void steps_emulation(struct draft *draft, struct builder_draft *builder)
{
	const struct pairs *emulation = &builder->want.emulation;
	const char *image = pairs_get(emulation, "image");

	for (size_t i = 0; builder->emulate && i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		for (size_t k = 0; can_register(node) && k < emulation->count; k++) {
			const char *key = emulation->items[k].key;
			if (!lacks(draft, node, key) || is_planned(builder->change, node->want.endpoint, key))
				continue;
			struct step *step =
				step_add(draft, builder->change, STEP_INSTALL_EMULATION, image ? image : default_image);
			step->endpoint = arena_strdup(draft->arena, node->want.endpoint);
			step->detail = arena_strdup(draft->arena, key);
		}
	}
}
