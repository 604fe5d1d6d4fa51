/* Decides what one builder needs: nothing, a boot, a new instance file, new containers, or to go. */
#include "plan/builder.h"

#include "model/driver.h"
#include "model/normal.h"
#include "plan/assess_pod.h"
#include "plan/blue_green.h"
#include "plan/buildx.h"
#include "plan/cache_note.h"
#include "plan/change.h"
#include "plan/detail.h"
#include "plan/diff_container.h"
#include "plan/diff_instance.h"
#include "plan/draft.h"
#include "plan/effective.h"
#include "plan/emulation.h"
#include "plan/fingerprint.h"
#include "plan/foreign.h"
#include "plan/gc_policy.h"
#include "plan/generation.h"
#include "plan/heal.h"
#include "plan/in_place.h"
#include "plan/pods.h"
#include "plan/remote.h"
#include "plan/removal.h"
#include "plan/silence.h"

#include <stdio.h>
#include <string.h>

static bool wants_boot(const struct builder_draft *builder)
{
	return builder->want.bootstrap != TRI_NO;
}

static bool is_sick(struct draft *draft, struct node_draft *node)
{
	const char *why = sickness_of(draft, node);

	if (!why)
		return false;
	node->why = why;
	node->action = NODE_HEAL;
	return true;
}

/* What the Engine's word for the container's state asks for; why is NULL when it is well. */
static void assess_status(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	const struct container *container = node->container;
	const char *status = container->status;

	if (!wants_boot(builder))
		return;
	if (is_sick(draft, node))
		return;
	if (text_equal(status, "running"))
		return;
	/* `docker start`, which is all that a bootstrap does, mends these two only. */
	node->action = text_equal(status, "exited") || text_equal(status, "created") ? NODE_BOOT : NODE_REMAKE;
	node->why =
		arena_printf(draft->arena, "node %s is %s%s", node->want.name, status ? status : "in an unknown state",
			     container->oom_killed ? " (out of memory)" : "");
}

static bool same_engine(const struct draft *draft, const char *a, const char *b)
{
	const struct engine *x = live_engine(draft->live, a), *y = live_engine(draft->live, b);

	return text_equal(a, b) || (x && engine_same(x, y));
}

/* A node whose engine is silent is neither dropped nor moved away unseen; one whose endpoint leads nowhere from here
 * has nothing to lose.
 */
static void assess_drop(struct draft *draft, const struct builder_draft *builder, struct node_draft *node)
{
	const struct engine *engine = node->have->engine;

	if (!driver_has_containers(builder->have->driver) || !engine || engine->reachable || !engine->host ||
	    text_starts(engine->host, "npipe:"))
		return;
	node->action = NODE_BLIND;
	node->why = arena_printf(draft->arena, "engine %s of node %s: %s", node->have->spec.endpoint,
				 node->have->spec.name, engine->reason);
}

/* A snapshot knows the Engines that lived when it was taken: of another one nobody says that it is silent. */
static void assess_unseen(struct draft *draft, const struct builder_draft *builder, struct node_draft *node)
{
	const char *why = arena_printf(draft->arena, "engine %s was not seen", node->want.endpoint);
	bool moved = node_had_container(builder, node) && !text_equal(node->have->spec.endpoint, node->want.endpoint) &&
		     field_replaces(SCOPE_NODE, "endpoint");

	node->action = moved ? NODE_MOVE : wants_boot(builder) ? NODE_BOOT : NODE_KEEP;
	node->why = moved ? arena_printf(draft->arena, "endpoint changed, and %s", why) : why;
	if (moved)
		assess_drop(draft, builder, node);
}

static void assess_container(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	const char *name = node->want.name;
	bool had = node_had_container(builder, node);

	if (!node->engine && node->want.endpoint && draft->live->from_snapshot) {
		assess_unseen(draft, builder, node);
		return;
	}
	if (!node->engine || !node->engine->reachable) {
		node->action = NODE_BLIND;
		node->why = arena_printf(draft->arena, "engine %s of node %s: %s", node->want.endpoint, name,
					 node->engine && node->engine->reason ? node->engine->reason : "was not asked");
		return;
	}
	if (node->action == NODE_FRESH) {
		if (had)
			assess_drop(draft, builder, node);
		return;
	}
	if (node->container && node->container->unread) {
		node->action = NODE_BLIND;
		node->why = arena_printf(draft->arena, "container %s of node %s: %s", node->container->name, name,
					 node->container->unread);
		return;
	}
	if (node->container) {
		diff_container(draft, builder, node);
		if (node->action == NODE_KEEP)
			assess_status(draft, builder, node);
		else if (!node->why)
			node->why = had ? NULL : "a container of that name is there and differs";
		if (node->action == NODE_KEEP)
			diff_gc_policy(draft, builder, node);
	} else if (!node->have && node->volume && node->volume->holder && wants_boot(builder)) {
		node->action = NODE_BLIND;
		node->why = arena_printf(draft->arena, "volume %s of node %s is in use by container %s",
					 node->volume->name, name, node->volume->holder);
	} else if (wants_boot(builder) && !is_sick(draft, node)) {
		node->action = NODE_BOOT;
		node->why =
			had ? arena_printf(draft->arena, "container of node %s is gone or was never made", name) : NULL;
	}
	if (had && !same_engine(draft, node->have->spec.endpoint, node->want.endpoint) &&
	    field_replaces(SCOPE_NODE, "endpoint")) {
		node->action = NODE_MOVE;
		node->why = "endpoint changed";
		assess_drop(draft, builder, node);
	}
}

/* What a wanted node needs, by where it is to live. */
static void (*const assess[HOME_COUNT])(struct draft *, struct builder_draft *, struct node_draft *) = {
	[HOME_CONTAINER] = assess_container,
	[HOME_POD] = assess_pod,
	[HOME_ELSEWHERE] = assess_remote,
};

static void assess_node(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	enum driver_home home = driver_home(builder->want.driver);

	if (node->action == NODE_DROP && node_had_pods(builder, node))
		assess_pod_drop(draft, builder, node);
	else if (node->action == NODE_DROP)
		assess_drop(draft, builder, node);
	else if (assess[home])
		assess[home](draft, builder, node);
}

static const char *first_why(const struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++)
		if (builder->nodes[i].why)
			return builder->nodes[i].why;
	return NULL;
}

static bool any(const struct builder_draft *builder, enum node_action action)
{
	for (size_t i = 0; i < builder->node_count; i++)
		if (builder->nodes[i].action == action)
			return true;
	return false;
}

/* Every difference is one that neither a file nor a container shows. */
static bool only_in_daemon(const struct change *change)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (change->fields[i].where != FIELD_DAEMON && change->fields[i].where != FIELD_MACHINE)
			return false;
	return true;
}

static enum action action_of(const struct builder_draft *builder, bool reset)
{
	if (builder->have && builder->have->damaged)
		return ACTION_REPAIR;
	if (!builder->have)
		return ACTION_CREATE;
	if (reset)
		return ACTION_RESET;
	if (any(builder, NODE_HEAL))
		return ACTION_REPAIR;
	if (any(builder, NODE_REMAKE) || any(builder, NODE_MOVE) || any(builder, NODE_FRESH) ||
	    (!text_equal(builder->have->driver, builder->want.driver) && field_replaces(SCOPE_BUILDER, "driver")))
		return ACTION_REPLACE;
	if (builder->write_instance || builder->emulate || any(builder, NODE_BOOT) || any(builder, NODE_DROP) ||
	    any(builder, NODE_ROLL))
		return ACTION_CHANGE;
	return ACTION_NONE;
}

static const char *reason_of(struct draft *draft, const struct builder_draft *builder)
{
	const char *why = first_why(builder), *fault = fault_on(draft, builder->change->address);

	switch (builder->change->action) {
	case ACTION_CREATE:
		return why ? arena_printf(draft->arena, "not in the store; %s", why) : "not in the store";
	case ACTION_REPAIR:
		if (builder->have && !builder->have->damaged && why)
			return why;
		return fault ? fault : "its file in the store is damaged";
	case ACTION_RESET:
		return "asked for";
	default:
		if (why && only_in_daemon(builder->change))
			return why;
		return why && any(builder, NODE_BOOT) && !builder->write_instance
			       ? why
			       : change_reason(draft, builder->change);
	}
}

/* What such a builder is made of, and what its removal would leave behind, nobody here can tell. */
static void block_unknown_driver(struct draft *draft, const struct live_builder *have, struct change *change)
{
	if (!have || have->damaged || !have->driver || driver_find(have->driver))
		return;
	change_block(
		draft, change, ERROR_REFUSED,
		"builder \"%s\" in the store is of driver \"%s\", which this version does not know, and is left alone: "
		"%s, or run `docker buildx rm %s` yourself",
		have->name, have->driver,
		change->action == ACTION_REMOVE ? "take it out of the state file" : "give yours another name",
		have->name);
}

static void begin_builder(struct draft *draft, struct change *change, const struct builder *desired)
{
	change_begin(draft, change, OBJECT_BUILDER, desired->name);
	change->source = desired->source;
	change->protect = desired->protect == TRI_YES;
}

/* The docker driver's builder is its context's: it is there or it is not. */
static void plan_docker(struct draft *draft, const struct builder *desired)
{
	const struct live_builder *have = live_builder(draft->live, desired->name);

	if ((have && have->context_builder) || state_context(draft->desired, desired->name)) {
		draft->plan->matching++;
		return;
	}
	struct change made = {.action = ACTION_CREATE}, *change = &made;
	begin_builder(draft, change, desired);
	change->reason = have ? "the store has a builder of that name" : "there is no Docker context of that name";
	change->live_fingerprint = fingerprint_builder(draft, desired->name, NULL);
	change_block(
		draft, change, ERROR_REFUSED,
		"a docker builder is its context's and cannot be created: declare contexts.%s, or run `docker context "
		"create %s`",
		desired->name, desired->name);
	change_keep(draft, change);
}

static bool was_protected_before(const struct draft *draft, const char *name)
{
	return draft->request->protected && strings_contain(draft->request->protected, name);
}

static void plan_removal(struct draft *draft, const struct live_builder *have, struct source source, enum tri protect,
			 const char *reason)
{
	struct change *change = change_add(draft, OBJECT_BUILDER, have->name, ACTION_REMOVE);

	change->source = source;
	change->reason = reason;
	if (driver_home(have->driver) == HOME_POD)
		steps_pods_removal(draft, change, have);
	else
		steps_for_removal(draft, change, have);
	detail_removal(draft, change, have);
	if (driver_home(have->driver) == HOME_ELSEWHERE)
		note_remote(draft, change, have, NULL);
	if (driver_home(have->driver) == HOME_POD)
		note_removed_pods(draft, change, have);
	struct builder_draft observed = {.have = have};
	change->live_fingerprint = fingerprint_builder(draft, have->name, &observed);
	bool was_protected = protect == TRI_UNSET && was_protected_before(draft, have->name);
	if ((protect == TRI_YES || was_protected) && !draft->request->allow_protected)
		change_block(draft, change, ERROR_REFUSED,
			     "builder \"%s\" is protected%s: pass --allow-protected to remove it", have->name,
			     was_protected ? " by the state that was applied last" : "");
	block_unknown_driver(draft, have, change);
}

static void steps_for_builder(struct draft *draft, struct builder_draft *builder)
{
	if (driver_home(builder->want.driver) == HOME_POD)
		steps_pods(draft, builder);
	else if (any(builder, NODE_HEAL))
		steps_heal(draft, builder);
	else if (any(builder, NODE_FRESH))
		steps_blue_green(draft, builder);
	else
		steps_in_place(draft, builder);
}

static void finish_builder(struct draft *draft, struct builder_draft *builder, bool reset)
{
	struct change *change = builder->change;

	change->action = any(builder, NODE_BLIND) ? ACTION_UNKNOWN : action_of(builder, reset);
	if (change->action == ACTION_NONE)
		return;
	change->live_fingerprint = fingerprint_builder(draft, builder->want.name, builder);
	if (change->action == ACTION_UNKNOWN) {
		change->reason = first_why(builder);
		change_block(draft, change, ERROR_UNREACHABLE, "%s", change->reason);
		return;
	}
	change->reason = reason_of(draft, builder);
	note_cache(draft, builder);
	foreign_note_lost(draft, builder);
	if (builder->have && driver_home(builder->have->driver) == HOME_ELSEWHERE)
		note_remote(draft, change, builder->have, builder);
	steps_for_builder(draft, builder);
	detail_builder(draft, builder);
	foreign_check(draft, builder);
	check_buildx(draft, builder);
	if (builder->have && builder->have->damaged && builder->have->file.exists && !builder->have->file.readable)
		change_block(draft, change, ERROR_OTHER, "%s: it cannot be read, and nothing is replaced unread",
			     change->reason);
	if (reset && !draft->request->allow_protected &&
	    (builder->want.protect == TRI_YES ||
	     (draft->request->standing && was_protected_before(draft, builder->want.name))))
		change_block(draft, change, ERROR_REFUSED,
			     "builder \"%s\" is protected: pass --allow-protected to reset it", builder->want.name);
}

/* BuildX grants network.host when it makes an instance, and boots what stands there (docker/buildx builder/builder.go):
 * a file without it means the same and boots something else. */
static void rewrite_flags(struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];

		if (node->have &&
		    (node->action == NODE_BOOT || node->action == NODE_REMAKE || node->action == NODE_MOVE) &&
		    driver_has_containers(builder->want.driver) &&
		    !strings_equal(&node->have->spec.flags, &node->want.flags) && !builder->want.exact)
			builder->write_instance = true;
	}
}

static void settle_builder(struct draft *draft, const struct builder_draft *builder, const struct builder *desired,
			   bool reset)
{
	struct change *change = builder->change;

	if (builder->have && driver_home(builder->have->driver) == HOME_POD && driver_home(desired->driver) != HOME_POD)
		change_block(
			draft, change, ERROR_OTHER,
			"builder \"%s\" is of the kubernetes driver, whose Deployment this version cannot remove: run "
			"`docker buildx rm %s` first",
			desired->name, desired->name);
	block_unknown_driver(draft, builder->have, change);
	/* What lives here is what is wanted, as far as it works. */
	if (draft->request->standing && !reset && change->action != ACTION_REPAIR) {
		draft->plan->complete = draft->plan->complete && change->action != ACTION_UNKNOWN;
		change->action = ACTION_NONE;
	}
	if (change->action == ACTION_NONE) {
		draft->plan->matching++;
		draft->room = builder->room;
		return;
	}
	change_keep(draft, change);
}

void plan_builder(struct draft *draft, const struct builder *desired, bool reset)
{
	const struct live_builder *have = live_builder_next(draft->live, desired->name, &draft->next);

	if (builder_absent(desired)) {
		if (have && !have->context_builder && !have->damaged)
			plan_removal(draft, have, desired->source, desired->protect,
				     draft->request->rollback ? "it was not there before" : "state: absent");
		else if (!have || have->context_builder)
			draft->plan->matching++;
		return;
	}
	if (driver_home(desired->driver) == HOME_ENGINE) {
		plan_docker(draft, desired);
		return;
	}
	struct builder_draft builder;
	draft_complete(draft, desired, have, &builder);
	builder.change = builder.room.change;
	begin_builder(draft, builder.change, desired);
	if (reset && builder.have && driver_makes_nodes(desired->driver))
		generation_fresh(draft, &builder);
	diff_instance(draft, &builder);
	/* All there is to make afresh of a builder whose nodes are somebody else's is its file. */
	if (reset && !driver_makes_nodes(desired->driver))
		builder.write_instance = true;
	for (size_t i = 0; i < builder.node_count; i++)
		assess_node(draft, &builder, &builder.nodes[i]);
	if (driver_has_containers(desired->driver))
		diff_emulation(draft, &builder);
	settle_heal(&builder);
	generation_discard(draft, &builder);
	rewrite_flags(&builder);
	finish_builder(draft, &builder, reset);
	settle_sick(draft, &builder);
	settle_silence(draft, &builder);
	settle_remote(draft, &builder);
	for (size_t i = 0; i < builder.want.node_count; i++)
		*ARENA_PUSH(draft->arena, draft->claimed.items, draft->claimed.count) = builder.nodes[i].want.name;
	settle_builder(draft, &builder, desired, reset);
}

void plan_unmanaged(struct draft *draft)
{
	bool remove = text_equal(draft->desired->unmanaged, "remove");
	size_t at = 0;

	for (size_t i = 0; i < draft->live->builder_count; i++) {
		const struct live_builder *have = &draft->live->builders[i];
		if (have->context_builder || have->damaged || state_builder_next(draft->desired, have->name, &at))
			continue;
		if (remove && !plan_is_narrow(draft->request) && driver_find(have->driver))
			plan_removal(draft, have, draft->desired->unmanaged_source, TRI_UNSET,
				     "no state file names it, and unmanaged is remove");
		else
			strings_add(draft->arena, &draft->plan->unmanaged, have->name);
	}
}
