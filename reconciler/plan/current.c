/* Plans which Docker context is the current one, as `docker context use` would set it. */
#include "plan/current.h"

#include "plan/change.h"
#include "plan/draft.h"
#include "plan/fingerprint.h"

/* NULL when the context will be there once the plan is done. */
static const char *missing(struct draft *draft, const char *name)
{
	const struct context *want = state_context(draft->desired, name);
	const struct live_context *have = live_context(draft->live, name);

	if (want && !text_equal(want->state, "absent"))
		return NULL;
	if (!have)
		return arena_printf(draft->arena,
				    "there is no context \"%s\": write it below `contexts`, with its endpoint", name);
	if (have->damaged)
		return arena_printf(
			draft->arena,
			"the metadata of context \"%s\" cannot be read: write it below `contexts`, with its "
			"endpoint",
			name);
	return NULL;
}

/* DOCKER_HOST stands for the context "default". */
static void block_overridden(struct draft *draft, struct change *change, const char *want)
{
	const struct live *live = draft->live;
	const char *from = live->current_context_from;

	if (!draft->desired->current_context || draft->request->rollback || text_equal(want, live->current_context) ||
	    !from || !text_starts(from, "DOCKER_"))
		return;
	change_block(draft, change, ERROR_REFUSED,
		     "the environment variable %s=%s overrides the current context: unset it", from,
		     text_equal(from, "DOCKER_HOST") ? live->current_endpoint : live->current_context);
}

static struct change *current_change(struct draft *draft, const char *have, const char *want, const char *reason)
{
	struct change *change = change_add(draft, OBJECT_CURRENT_CONTEXT, "", ACTION_SELECT);

	change->source = places_find(&draft->desired->places, "current-context", (struct source){0});
	change->source.file = arena_strdup(draft->arena, change->source.file);
	change->reason = reason;
	change->live_fingerprint = fingerprint_text(draft, have ? have : "unknown");
	change_target(draft, change, "current-context", have, want, change->source);
	return change;
}

/* What is not understood is not edited. */
static void plan_unknown(struct draft *draft)
{
	struct change *change =
		current_change(draft, NULL, draft->desired->current_context, "what config.json names is unknown");

	change_block(draft, change, ERROR_CORRUPT,
		     "%s/config.json cannot be understood, so it cannot be edited (`reconcile --doctor` says why): "
		     "correct it, or move it away",
		     draft->live->docker_config);
}

void plan_current_context(struct draft *draft)
{
	const struct live *live = draft->live;
	const char *want = live_wanted_context(live, draft->desired), *have = live->configured_context;

	if (!have && draft->desired->current_context)
		plan_unknown(draft);
	if (!want)
		return;
	have = text_empty(have) ? "default" : have;
	struct change *change =
		current_change(draft, have, want,
			       arena_printf(draft->arena,
					    draft->desired->current_context ? "\"%s\" is current"
									    : "\"%s\", which is current, is removed",
					    have));
	const char *problem = text_equal(want, "default") ? NULL : missing(draft, want);
	if (problem)
		change_block(draft, change, ERROR_REFUSED, "%s", problem);
	block_overridden(draft, change, want);
	step_add(draft, change, STEP_USE_CONTEXT, text_equal(want, "default") ? NULL : want);
}
