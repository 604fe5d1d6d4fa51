/* Builders of the remote driver: BuildKit daemons that somebody else runs. The instance file is all there is of them
 * here: nothing is booted, stopped or removed, and a daemon's cache stays where it is.
 *
 * A daemon that is silent differs in nothing from what the state file says, and no plan makes it speak. So
 *   - a builder that needs nothing is reported as such, with the node's reason among what could not be observed, and
 *     `--check` ends in 0: it would otherwise fail for as long as another machine is down, with nothing to apply;
 *   - a builder that is to be changed, and keeps a silent node as it is dialled now, is blocked (exit 8): the change
 * could not be verified, and would be rolled back at once. A node whose endpoint or TLS files change is dialled
 * otherwise than it was, so its old silence says nothing: that is how a dead daemon is replaced;
 *   - after an apply the daemons must answer (apply/verify.c, by plan->silent).
 * `bootstrap: false` takes the last two back, and so does a rollback: a daemon that died must not bar the way back. */
#include "plan/remote.h"

#include "base/buffer.h"
#include "model/driver.h"
#include "plan/change.h"
#include "plan/draft.h"
#include "plan/effective.h"
#include "plan/silence.h"

void assess_remote(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	if (!node_had_container(builder, node))
		return;
	/* Its container goes, and so must have been seen. */
	const struct engine *engine = node->have->engine;
	node->action = NODE_MOVE;
	if (!engine || engine->reachable || !engine->host || text_starts(engine->host, "npipe:"))
		return;
	node->action = NODE_BLIND;
	node->why = arena_printf(draft->arena, "engine %s of node %s: %s", node->have->spec.endpoint,
				 node->have->spec.name, engine->reason ? engine->reason : "no answer");
}

static const struct node *wanted_node(const struct builder_draft *builder, const struct live_node *have)
{
	for (size_t i = 0; builder && i < builder->node_count; i++)
		if (builder->nodes[i].have == have && builder->nodes[i].action != NODE_DROP)
			return &builder->nodes[i].want;
	return NULL;
}

void note_remote(struct draft *draft, struct change *change, const struct live_builder *have,
		 const struct builder_draft *builder)
{
	struct strings left = {0};

	for (size_t i = 0; have && i < have->node_count; i++) {
		const struct node *want = wanted_node(builder, &have->nodes[i]);
		if (!want || !text_equal(want->endpoint, have->nodes[i].spec.endpoint) ||
		    change->action == ACTION_RESET)
			strings_add(draft->arena, &left, have->nodes[i].spec.endpoint);
	}
	if (left.count == 0 || change->cache == CACHE_LOST)
		return;
	const char *alone = arena_printf(draft->arena, "the daemon%s at %s %s left alone", left.count > 1 ? "s" : "",
					 strings_join(draft->arena, &left, ", "), left.count > 1 ? "are" : "is");
	change->cache_note = change->cache_note ? arena_printf(draft->arena, "%s; %s", change->cache_note, alone)
						: arena_printf(draft->arena, "kept: %s", alone);
	change->cache = CACHE_KEPT;
}

/* Whether the option is one that decides how BuildX dials a node, besides its endpoint. */
static bool is_dialling(const struct driver_option *option)
{
	return option->home == HOME_ELSEWHERE && option->where == WHERE_DIAL;
}

static bool dialled_alike(const struct node *a, const struct node *b)
{
	size_t count;
	const struct driver_option *options = driver_option_table(&count);

	for (size_t i = 0; i < count; i++)
		if (is_dialling(&options[i]) &&
		    !text_equal(pairs_get(&a->driver_opts, options[i].key), pairs_get(&b->driver_opts, options[i].key)))
			return false;
	return text_equal(a->endpoint, b->endpoint);
}

/* A file that BuildX would be told to use, and that is not there or not ours to read. */
static const struct fault *missing_file(const struct draft *draft, const struct node *node)
{
	const struct faults *faults = &draft->live->faults;

	for (size_t i = 0; i < faults->count; i++) {
		if (!fault_is_remote_tls(&faults->items[i]))
			continue;
		for (size_t k = 0; k < node->driver_opts.count; k++)
			if (text_equal(node->driver_opts.items[k].value, faults->items[i].path))
				return &faults->items[i];
	}
	return NULL;
}

static void settle_node(struct draft *draft, const struct builder_draft *builder, const struct node_draft *node)
{
	struct change *change = builder->change;
	bool tolerated = builder->want.bootstrap == TRI_NO || draft->request->rollback;
	bool needed = change->action != ACTION_NONE && !tolerated;
	const struct fault *fault = needed ? missing_file(draft, &node->want) : NULL;

	if (fault)
		change_block(draft, change, ERROR_NOT_FOUND, "%s", fault->message);
	if (!node->have || node_had_container(builder, node) || !node_silence(node->have) ||
	    !dialled_alike(&node->have->spec, &node->want))
		return;
	silent_add(draft, builder, node->have, tolerated);
	if (!needed)
		return;
	draft->plan->complete = false;
	change_block(
		draft, change, ERROR_UNREACHABLE,
		"node %s does not answer, so the change could not be verified: %s; give it another endpoint, start "
		"its daemon, or write `bootstrap: false`",
		node->have->spec.name, node_silence(node->have));
}

void settle_remote(struct draft *draft, const struct builder_draft *builder)
{
	if (driver_home(builder->want.driver) != HOME_ELSEWHERE)
		return;
	for (size_t i = 0; i < builder->node_count; i++)
		if (builder->nodes[i].action != NODE_DROP)
			settle_node(draft, builder, &builder->nodes[i]);
}
