/* Plans emptying a builder's cache: once per id that the state file gives, or because it was asked for. */
#include "plan/cache.h"

#include "model/driver.h"
#include "model/normal.h"
#include "plan/change.h"
#include "plan/draft.h"
#include "plan/effective.h"
#include "plan/fingerprint.h"

/* What is known of the space that goes. */
static void note_use(struct draft *draft, struct change *change, const struct live_builder *have)
{
	int64_t bytes = 0, free = 0;
	bool known = have;

	for (size_t i = 0; have && i < have->node_count; i++) {
		const struct daemon *daemon = have->nodes[i].daemon;
		known = known && daemon && daemon->disk_known;
		for (size_t k = 0; known && k < daemon->disk_count; k++) {
			bytes += daemon->disk[k].bytes;
			free += daemon->disk[k].reclaimable;
		}
	}
	change->cache = CACHE_LOST;
	change->cache_note = known ? arena_printf(draft->arena, "lost: %s of %s, all that no build uses",
						  bytes_text(draft->arena, free), bytes_text(draft->arena, bytes))
				   : "lost: all that no build uses";
}

static void step_prune(struct draft *draft, struct change *change, const char *node, const char *endpoint)
{
	struct step *step = step_add(draft, change, STEP_PRUNE_CACHE, change->name);

	step->node = arena_strdup(draft->arena, node);
	step->endpoint = arena_strdup(draft->arena, endpoint);
}

static bool will_run(const struct draft *draft, const struct builder_draft *builder, const struct node_draft *node)
{
	if (node->container && text_equal(node->container->status, "running"))
		return true;
	return !draft->request->cache_only && builder->want.bootstrap != TRI_NO;
}

static void steps_of_container(struct draft *draft, struct change *change, const struct builder *desired)
{
	struct builder_draft builder;

	draft_complete(draft, desired, live_builder(draft->live, desired->name), &builder);
	for (size_t i = 0; i < desired->node_count; i++) {
		const struct node_draft *node = &builder.nodes[i];
		if (!node->engine || !node->engine->reachable) {
			change->action = ACTION_UNKNOWN;
			change->reason = arena_printf(
				draft->arena, "engine %s of node %s: %s", node->want.endpoint, node->want.name,
				node->engine && node->engine->reason ? node->engine->reason : "was not asked");
			change_block(draft, change, ERROR_UNREACHABLE, "%s", change->reason);
			return;
		}
		if (!node->container && !node->volume && !will_run(draft, &builder, node))
			continue; /* never booted: it has no cache */
		if (!will_run(draft, &builder, node))
			change_block(draft, change, ERROR_OTHER,
				     "node %s does not run, so nothing can empty its cache: boot it with `docker "
				     "buildx inspect --bootstrap %s`",
				     node->want.name, desired->name);
		step_prune(draft, change, node->want.name, node->want.endpoint);
	}
}

static void steps_of_live(struct draft *draft, struct change *change, const struct live_builder *have)
{
	if (!have)
		change_block(draft, change, ERROR_REFUSED, "there is no builder \"%s\" whose cache could be emptied",
			     change->name);
	for (size_t i = 0; have && i < have->node_count; i++)
		step_prune(draft, change, have->nodes[i].spec.name, have->nodes[i].spec.endpoint);
}

void plan_cache(struct draft *draft, const struct builder *desired, bool asked)
{
	const struct plan_request *request = draft->request;
	const char *id = desired->cache.reset;
	const char *done = request->cache_resets ? pairs_get(request->cache_resets, desired->name) : NULL;
	bool due = id && !text_equal(id, done) && !request->rollback;
	bool resets = request->reset_count > 0 || request->reset_all;

	/* --reset makes the volume anew, or is about the cache alone; an id waits for the next apply then. */
	if (builder_absent(desired) || (resets ? !asked : !due))
		return;
	struct change *change = change_add(draft, OBJECT_CACHE, desired->name, ACTION_PRUNE);
	change->source = places_find(&desired->cache.places, "reset", desired->source);
	change->source.file = arena_strdup(draft->arena, change->source.file);
	change->reason = asked ? "asked for" : "the state file gives a new reset id";
	change->live_fingerprint = fingerprint_text(draft, done ? done : "");
	if (due)
		change_target(draft, change, "reset", done, id, change->source);
	note_use(draft, change, live_builder(draft->live, desired->name));
	if (driver_has_containers(desired->driver))
		steps_of_container(draft, change, desired);
	else
		steps_of_live(draft, change, live_builder(draft->live, desired->name));
	if (asked && desired->protect == TRI_YES && !request->allow_protected)
		change_block(draft, change, ERROR_REFUSED,
			     "builder \"%s\" is protected: pass --allow-protected to reset it", desired->name);
	if (change->step_count == 0 && !change->blocked)
		draft->plan->change_count--;
}
