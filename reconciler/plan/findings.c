/* What is wrong between what the state asks for and what the daemons say, and no change mends by itself. */
#include "plan/findings.h"

#include "model/driver.h"
#include "model/normal.h"
#include "plan/buildx.h"
#include "plan/draft.h"
#include "plan/effective.h"
#include "plan/gc_policy.h"

#include <string.h>

struct findings_search {
	struct arena *arena;
	const struct live *live;
	struct faults *faults;
	const struct engine *last_engine;
	const struct daemon *last_daemon; /* that runs there; NULL: none that answered */
};

/* A node as the state asks for it; NULL when no state file does. */
static const struct node *wanted_node(struct findings_search *search, const struct builder *builder, const char *name)
{
	int generation;

	for (size_t i = 0; builder && i < builder->node_count; i++)
		if (text_equal(builder->nodes[i].name, name) ||
		    text_equal(builder->nodes[i].name, node_base_name(search->arena, name, &generation)))
			return &builder->nodes[i];
	return NULL;
}

static const char *use_text(struct arena *arena, const struct daemon *daemon)
{
	struct strings parts = {0};

	for (size_t i = 0; i < daemon->disk_count; i++)
		if (daemon->disk[i].bytes > 0)
			strings_add(arena, &parts,
				    arena_printf(arena, "%s %s", daemon->disk[i].type,
						 bytes_text(arena, daemon->disk[i].bytes)));
	return strings_join(arena, &parts, ", ");
}

/* The state file's cap where it is a size, else the one that the daemon works with. */
static int64_t limit_of(const struct builder *desired, const struct daemon *daemon)
{
	const char *cap = desired && !builder_absent(desired) ? desired->cache.max_used_space : NULL;

	if (cap && !text_ends(cap, "%"))
		return memory_bytes(cap);
	return daemon->worker_count > 0 ? worker_cache_limit(&daemon->workers[0]) : 0;
}

static void find_over_limit(struct findings_search *search, const struct live_builder *have,
			    const struct live_node *node, const struct builder *desired)
{
	struct arena *arena = search->arena;
	int64_t limit = limit_of(desired, node->daemon), used = daemon_disk_total(node->daemon);

	if (!node->daemon->disk_known || limit <= 0 || used <= limit)
		return;
	faults_add(arena, search->faults, FAULT_CACHE_OVER_LIMIT, arena_printf(arena, "builder.%s", have->name), NULL,
		   arena_printf(arena,
				desired ? "run `reconcile --reset %s --cache-only`, or raise `cache: {max-used-space: "
					  "…}` in the state file"
					: "run `docker buildx prune --builder %s`",
				have->name),
		   "the cache of node %s holds %s, over its limit of %s: %s", node->spec.name, bytes_text(arena, used),
		   bytes_text(arena, limit), use_text(arena, node->daemon));
}

static void find_unknown_policy(struct findings_search *search, const struct live_builder *have,
				const struct live_node *node, const struct node *want)
{
	struct gc_policy policy;

	if (!gc_policy_is_old(node->daemon) || !gc_policy_wanted(search->arena, want, &policy) || !policy.new_names)
		return;
	faults_add(search->arena, search->faults, FAULT_CACHE_POLICY_UNKNOWN,
		   arena_printf(search->arena, "builder.%s", have->name), NULL, NULL,
		   "BuildKit %s of node %s ignores reserved-space, max-used-space and min-free-space",
		   node->daemon->version, node->spec.name);
}

const struct daemon *daemon_at(const struct live *live, const struct live_node *node, const struct engine *engine)
{
	if (node && node->daemon)
		return node->daemon;
	for (size_t i = 0; engine && engine->host && i < live->builder_count; i++) {
		for (size_t k = 0; k < live->builders[i].node_count; k++) {
			const struct live_node *other = &live->builders[i].nodes[k];
			if (other->daemon && other->engine && engine_same(other->engine, engine))
				return other->daemon;
		}
	}
	return NULL;
}

/* Most nodes share an engine, and looking through thousands of them for each of them takes time. */
static const struct daemon *find_daemon(struct findings_search *search, const struct live_node *node,
					const struct engine *engine)
{
	if (node && node->daemon)
		return node->daemon;
	if (engine != search->last_engine) {
		search->last_engine = engine;
		search->last_daemon = daemon_at(search->live, NULL, engine);
	}
	return search->last_daemon;
}

bool daemon_runs(const struct daemon *daemon, const char *platform)
{
	for (size_t i = 0; i < daemon->worker_count; i++)
		if (strings_contain(&daemon->workers[i].platforms, platform))
			return true;
	return false;
}

/* "arm64" of "linux/arm64", as binfmt images call it. */
static const char *architecture(struct arena *arena, const char *platform)
{
	const char *slash = strchr(platform, '/');

	return slash ? arena_strndup(arena, slash + 1, strcspn(slash + 1, "/")) : platform;
}

static void find_missing_platforms(struct findings_search *search, const struct builder *desired,
				   const struct node *want, const struct live_node *have)
{
	struct arena *arena = search->arena;
	const char *endpoint = want->endpoint		     ? want->endpoint
			       : have && have->spec.endpoint ? have->spec.endpoint
							     : live_node_endpoint(search->live);
	const struct engine *engine = endpoint ? live_engine(search->live, endpoint) : NULL;
	const struct daemon *daemon = want->platforms.count > 0 ? find_daemon(search, have, engine) : NULL;

	for (size_t i = 0; daemon && daemon->worker_count > 0 && i < want->platforms.count; i++) {
		const char *platform = want->platforms.items[i];
		if (daemon_runs(daemon, platform) || pairs_get(&desired->emulation, architecture(arena, platform)))
			continue;
		faults_add(arena, search->faults, FAULT_PLATFORM_MISSING,
			   arena_printf(arena, "builder.%s", desired->name), NULL,
			   arena_printf(arena,
					"write `emulation: {%s: install}` in the state file, or give the platform to a "
					"node that has it",
					architecture(arena, platform)),
			   "%s on %s: no emulation registered on that machine; it runs %s", platform, want->name,
			   strings_join(arena, &daemon->workers[0].platforms, ", "));
	}
}

/* What is asked for as the Engine's own builder is a container there (live/assess.h, assess_context_builders). */
static void find_without_buildkit(struct findings_search *search, const struct builder *desired,
				  const struct live_builder *have)
{
	if (builder_absent(desired) || driver_home(desired->driver) != HOME_ENGINE || !have || !have->context_builder ||
	    driver_home(have->driver) == HOME_ENGINE || have->node_count == 0 || !have->nodes[0].engine)
		return;
	const struct engine *engine = have->nodes[0].engine;
	faults_add(search->arena, search->faults, FAULT_ENGINE_WITHOUT_BUILDKIT,
		   arena_printf(search->arena, "builder.%s", have->name), NULL, NULL,
		   "builder %s is one of driver %s: %s %s at %s has no BuildKit of its own", have->name, have->driver,
		   maker_kind(engine->maker)->title, engine->version ? engine->version : "", engine->host);
}

/* Whether the state says how the subject of the fault shall be. */
static bool says(const struct state *desired, const struct fault *fault)
{
	const char *subject = fault->subject;

	if (!desired)
		return fault_heals(fault);
	if (fault_is(fault, FAULT_CURRENT_STALE))
		return desired->selected;
	if (fault_is(fault, FAULT_CONTEXT_MISSING) && desired->current_context)
		return true;
	if (text_starts(subject, "builder.")) {
		const struct builder *builder = state_builder(desired, subject + strlen("builder."));

		return builder && !builder_absent(builder);
	}
	return text_starts(subject, "context.") && state_context(desired, subject + strlen("context."));
}

void plan_advise(struct arena *arena, const struct state *desired, const char *files, struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		fault_advise(arena, &faults->items[i], says(desired, &faults->items[i]), files);
}

void plan_findings(struct arena *arena, const struct live *live, const struct state *desired, struct faults *faults)
{
	struct findings_search search = {.arena = arena, .live = live, .faults = faults};
	size_t wanted = 0, there = 0;

	for (size_t i = 0; i < live->builder_count; i++) {
		const struct live_builder *have = &live->builders[i];
		const struct builder *builder = desired ? state_builder_next(desired, have->name, &wanted) : NULL;
		for (size_t k = 0; k < have->node_count; k++) {
			const struct live_node *node = &have->nodes[k];
			const struct node *want = wanted_node(&search, builder, node->spec.name);
			if (!node->daemon)
				continue;
			find_over_limit(&search, have, node, builder);
			if (want)
				find_unknown_policy(&search, have, node, want);
		}
	}
	for (size_t i = 0; desired && i < desired->builder_count; i++) {
		const struct builder *builder = &desired->builders[i];
		const struct live_builder *have = live_builder_next(live, builder->name, &there);
		find_without_buildkit(&search, builder, have);
		for (size_t k = 0; !builder_absent(builder) && k < builder->node_count; k++)
			find_missing_platforms(&search, builder, &builder->nodes[k],
					       live_node_of(search.arena, have, builder->nodes[k].name));
	}
	find_new_options(arena, live, faults);
}
