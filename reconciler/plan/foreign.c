/* Tells what is ours from what only has our name. */
#include "plan/foreign.h"

#include "model/mark.h"
#include "plan/change.h"
#include "plan/steps.h"

/* A node of any builder of this store, by its name, which is the container's. */
static bool store_names(const struct live *live, const char *node)
{
	for (size_t i = 0; i < live->builder_count; i++)
		for (size_t k = 0; k < live->builders[i].node_count; k++)
			if (text_equal(live->builders[i].nodes[k].spec.name, node))
				return true;
	return false;
}

static bool is_foreign(const struct draft *draft, const struct builder_draft *builder, const struct node_draft *node)
{
	if (draft->request->rollback || !node->container || node->have || node->action == NODE_DROP)
		return false;
	/* A damaged file may have named it. */
	if (builder->have && builder->have->damaged)
		return false;
	if (node->volume && text_equal(node->container->state_volume, node->volume->name) &&
	    mark_is_ours(node->volume, draft->request->lineage, draft->request->host))
		return false;
	return !store_names(draft->live, node->want.name) &&
	       !(node->engine && leftovers_find(&draft->live->leftovers, node->engine->host, node->want.name));
}

static bool is_in_use(const struct container *container)
{
	return text_equal(container->status, "running") || text_equal(container->status, "paused") ||
	       text_equal(container->status, "restarting");
}

void foreign_check(struct draft *draft, struct builder_draft *builder)
{
	struct change *change = builder->change;
	const struct strings *adopted = draft->request->adopt;

	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];

		if (!is_foreign(draft, builder, node))
			continue;
		bool in_use = is_in_use(node->container);
		if (change->action == ACTION_CREATE)
			change->action = ACTION_REPLACE;
		change->reason = arena_printf(draft->arena, "container %s is there, and not this store's%s",
					      node->container->name, in_use ? ": in use" : "");
		if (in_use && !(adopted && strings_contain(adopted, builder->want.name)))
			change_block(
				draft, change, ERROR_REFUSED,
				"container %s is in use and was not made by this store: another user's builder, or "
				"one made by hand; pass --adopt %s to take it over, or give the node another name",
				node->container->name, builder->want.name);
	}
}

/* The network that the Engine connects a container to by itself (moby/moby api/types/container, NetworkMode). Podman
 * calls that of "bridge" as its configuration says, and does not tell it apart (containers.conf, default_network). */
static const char *own_network(const struct container *container)
{
	const char *mode = text_empty(container->network) || text_equal(container->network, "default")
				   ? "bridge"
				   : container->network;

	if (text_equal(mode, "bridge") && !strings_contain(&container->networks, mode) && container->networks.count > 0)
		return strings_contain(&container->networks, "podman") ? "podman" : container->networks.items[0];
	return mode;
}

struct strings foreign_networks(struct arena *arena, const struct container *container)
{
	struct strings others = {0};

	for (size_t i = 0; i < container->networks.count; i++)
		if (!text_equal(container->networks.items[i], own_network(container)))
			strings_add(arena, &others, container->networks.items[i]);
	return others;
}

static void note_networks(struct draft *draft, struct change *change, const struct node_draft *node,
			  const struct container *container)
{
	struct strings others = foreign_networks(draft->arena, container);

	if (others.count == 0)
		return;
	struct field_change *field =
		field_add(draft, change, arena_printf(draft->arena, "nodes.%s.container.networks", node->label),
			  strings_join(draft->arena, &others, ","), NULL, node->want.source);
	field->note = "connected by hand: not brought back";
}

static void note_edits(struct draft *draft, struct change *change, const struct node_draft *node,
		       const struct container *container)
{
	enum { SHOWN = 4 };
	const struct strings *edits = &container->edits;
	struct strings shown = {edits->items, edits->count < SHOWN ? edits->count : SHOWN};
	const char *path = arena_printf(draft->arena, "nodes.%s.container.changed-files", node->label);

	if (container->edits_unknown) {
		field_add(draft, change, path, "unknown", NULL, node->want.source)->note = arena_printf(
			draft->arena, "could not be listed, and are not brought back: %s", container->edits_unknown);
		return;
	}
	if (edits->count == 0)
		return;
	const char *said = text_printable(draft->arena, strings_join(draft->arena, &shown, ", "), false);
	if (edits->count > SHOWN)
		said = arena_printf(draft->arena, "%s and %zu more", said, edits->count - SHOWN);
	field_add(draft, change, path, said, NULL, node->want.source)->note =
		"changed by hand in the container: not brought back";
}

void foreign_note_lost(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];

		if (node->action == NODE_DROP || (!node_remade(builder, node) && node->action != NODE_FRESH))
			continue;
		const struct container *lost = clearing_of(draft, builder, node).container;
		if (!lost)
			continue;
		note_networks(draft, builder->change, node, lost);
		note_edits(draft, builder->change, node, lost);
	}
}
