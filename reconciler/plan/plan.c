/* Makes the plan: contexts and repairs first, builders next, the selection last. */
#include "plan/plan.h"

#include "base/keyed.h"
#include "model/normal.h"
#include "plan/builder.h"
#include "plan/cache.h"
#include "plan/change.h"
#include "plan/context.h"
#include "plan/current.h"
#include "plan/draft.h"
#include "plan/findings.h"
#include "plan/finish.h"
#include "plan/generation.h"
#include "plan/leftovers.h"
#include "plan/repair.h"
#include "plan/restore.h"
#include "plan/select.h"
#include "plan/stray_objects.h"

#include <string.h>

bool plan_is_narrow(const struct plan_request *request)
{
	return request->only && request->only->count > 0;
}

static bool is_reset(const struct plan_request *request, const char *name)
{
	if (request->reset_all)
		return true;
	for (size_t i = 0; i < request->reset_count; i++)
		if (text_equal(request->reset[i], name))
			return true;
	return false;
}

bool is_claimed(const struct draft *draft, const char *node)
{
	return keyed_find(draft->claimed.items, draft->claimed.count, sizeof(char *), node);
}

static bool is_in_scope(const struct plan_request *request, const char *name)
{
	bool resets = request->reset_count > 0 || request->reset_all;

	if (plan_is_narrow(request) && !strings_contain(request->only, name))
		return false;
	return !resets || is_reset(request, name);
}

static void plan_builders(struct draft *draft)
{
	const struct plan_request *request = draft->request;

	for (size_t i = 0; i < draft->desired->builder_count; i++) {
		const struct builder *desired = &draft->desired->builders[i];
		if (!is_in_scope(request, desired->name))
			continue;
		bool reset = is_reset(request, desired->name) && !builder_absent(desired);
		draft->plan->desired_count++;
		if (!request->cache_only)
			plan_builder(draft, desired, reset);
		plan_cache(draft, desired, reset && request->cache_only);
	}
	strings_sort(&draft->claimed);
}

/* What is left over was let go before, and counts only where it is all that is asked for. */
static bool is_removal(const struct draft *draft, const struct change *change)
{
	bool is_leftover = change->object == OBJECT_CONTAINER || change->object == OBJECT_VOLUME ||
			   change->object == OBJECT_WORKLOAD || change->object == OBJECT_CLAIM;

	return change->action == ACTION_REMOVE && (draft->request->gc || !is_leftover);
}

/* --max-remove guards against a state file that lost half of its lines. */
static void bound_removals(struct draft *draft)
{
	long most = draft->request->max_remove;
	size_t removals = 0;

	for (size_t i = 0; i < draft->plan->change_count; i++)
		removals += is_removal(draft, &draft->plan->changes[i]);
	if (most < 0 || removals <= (size_t)most)
		return;
	for (size_t i = 0; i < draft->plan->change_count; i++) {
		struct change *change = &draft->plan->changes[i];
		if (is_removal(draft, change))
			change_block(draft, change, ERROR_REFUSED,
				     "the plan removes %zu object%s and --max-remove allows %ld", removals,
				     removals == 1 ? "" : "s", most);
	}
}

static void note_unknown(struct draft *draft)
{
	struct plan *plan = draft->plan;

	for (size_t i = 0; i < plan->change_count; i++)
		if (plan->changes[i].action == ACTION_UNKNOWN)
			plan->complete = false;
	for (size_t i = 0; i < draft->live->cluster_count; i++)
		if (!draft->live->clusters[i].reachable)
			strings_add(draft->arena, &plan->unknown,
				    arena_printf(draft->arena, "cluster %s: %s", draft->live->clusters[i].key,
						 draft->live->clusters[i].reason ? draft->live->clusters[i].reason
										 : "no answer"));
	for (size_t i = 0; i < draft->live->engine_count; i++) {
		const struct engine *engine = &draft->live->engines[i];
		if (!engine->reachable && !engine->same_as)
			strings_add(draft->arena, &plan->unknown,
				    arena_printf(draft->arena, "engine %s: %s",
						 engine_names(draft->arena, draft->live, engine),
						 engine->reason ? engine->reason : "no answer"));
	}
}

/* An orphan that bears a wanted node's name is no leftover: it is taken over. */
static bool is_taken_over(struct draft *draft, const struct fault *fault)
{
	if (!fault_is_orphan(fault))
		return false;
	const char *name = strchr(fault->subject, '.');
	const char *node = name ? node_of(draft->arena, name + 1, text_starts(fault->subject, "volume.")) : NULL;
	return node && is_claimed(draft, node);
}

static void copy_faults(struct draft *draft)
{
	const struct faults *faults = &draft->live->faults;

	for (size_t i = 0; i < faults->count; i++) {
		if (is_taken_over(draft, &faults->items[i]))
			continue;
		struct fault *fault = ARENA_PUSH(draft->arena, draft->plan->faults.items, draft->plan->faults.count);
		*fault = faults->items[i];
		fault->subject = arena_strdup(draft->arena, fault->subject);
		fault->path = arena_strdup(draft->arena, fault->path);
		fault->message = arena_strdup(draft->arena, fault->message);
		fault->mend = arena_strdup(draft->arena, fault->mend);
	}
}

static bool is_applyable(const struct plan *plan)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (plan->changes[i].blocked)
			return false;
	return plan_has_changes(plan) && !plan->speculative;
}

static void plan_all(struct draft *draft)
{
	const struct plan_request *request = draft->request;
	bool whole = !plan_is_narrow(request) && !request->reset_all && request->reset_count == 0;

	if (whole) {
		plan_contexts(draft);
		plan_current_context(draft);
	}
	plan_builders(draft);
	plan_environment(draft);
	if (whole && !request->rollback) {
		plan_repairs(draft);
		plan_unmanaged(draft);
	}
	if (whole && request->rollback)
		plan_restores(draft);
	if (whole) {
		plan_leftovers(draft);
		plan_stray_objects(draft);
	}
	if (whole || plan_is_narrow(request))
		plan_selection(draft);
	else
		plan_diversion(draft);
}

struct plan *plan_make(const struct plan_request *request)
{
	struct plan *plan = plan_new();
	struct draft draft = {.request = request,
			      .desired = request->desired,
			      .live = request->live,
			      .arena = plan->arena,
			      .plan = plan};
	plan->desired_digest = arena_strdup(plan->arena, request->desired_digest);
	plan->lineage = arena_strdup(plan->arena, request->lineage);
	plan->subject = arena_strdup(plan->arena, request->subject);
	plan->serial = request->serial;
	plan->standing = request->standing;
	plan->speculative = request->live->from_snapshot;
	plan->taken = (struct taken){.host = arena_strdup(plan->arena, request->live->taken.host),
				     .at = arena_strdup(plan->arena, request->live->taken.at),
				     .version = arena_strdup(plan->arena, request->live->taken.version)};
	plan->complete = true;
	for (size_t i = 0; i < request->desired->files.count; i++)
		strings_add(plan->arena, &plan->state_files, request->desired->files.items[i]);
	if (request->gc) {
		plan_leftovers(&draft);
		plan_stray_objects(&draft);
	} else
		plan_all(&draft);
	changes_sort(plan);
	bound_removals(&draft);
	note_unknown(&draft);
	copy_faults(&draft);
	plan_findings(draft.arena, draft.live, draft.desired, &plan->faults);
	if (request->state_options)
		plan_advise(draft.arena, request->standing ? NULL : draft.desired, request->state_options,
			    &plan->faults);
	faults_sort(&plan->faults);
	plan_own_texts(&draft);
	plan->applyable = is_applyable(plan);
	plan_identify(&draft);
	return plan;
}
