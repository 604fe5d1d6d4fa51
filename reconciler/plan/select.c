/* Plans which builder a bare `docker buildx build` uses, as `docker buildx use --default` would set it. */
#include "plan/select.h"

#include "base/count.h"
#include "plan/change.h"
#include "plan/context_tls.h"
#include "plan/draft.h"
#include "plan/fingerprint.h"
#include "plan/steps.h"

/* A builder that is going away in this plan. */
static bool is_removed(const struct draft *draft, const char *name)
{
	for (size_t i = 0; name && i < draft->plan->change_count; i++) {
		const struct change *change = &draft->plan->changes[i];
		if (change->object == OBJECT_BUILDER && change->action == ACTION_REMOVE &&
		    text_equal(change->name, name))
			return true;
	}
	return false;
}

static bool will_exist(const struct draft *draft, const char *name)
{
	const struct builder *desired = state_builder(draft->desired, name);
	const struct live_builder *have = live_builder(draft->live, name);

	return (desired && !builder_absent(desired)) || (have && !is_removed(draft, name)) ||
	       state_context(draft->desired, name);
}

/* The plan sets the current context, too. */
static const char *wanted_context(const struct draft *draft)
{
	const struct plan_request *request = draft->request;
	bool whole = !plan_is_narrow(request) && !request->reset_all && request->reset_count == 0;

	return whole ? live_wanted_context(draft->live, draft->desired) : NULL;
}

/* Where things are selected. */
static const char *context_after(const struct draft *draft)
{
	const char *wanted = wanted_context(draft);

	return wanted ? wanted : draft->live->current_context;
}

/* What BuildX will use when the plan has set the current context and selected nothing yet. NULL: unknown; a snapshot
 * tells only of the context that is current now. */
static const char *selected_before(const struct draft *draft)
{
	if (draft->live->from_snapshot && wanted_context(draft))
		return NULL;
	return live_planned_selected(draft->live);
}

static struct change *selection_change(struct draft *draft, const char *after, const char *reason, struct source source)
{
	const char *before = selected_before(draft);
	struct change *change = change_add(draft, OBJECT_SELECTED, "", ACTION_SELECT);

	change->source = source;
	change->source.file = arena_strdup(draft->arena, source.file);
	change->reason = reason;
	change->live_fingerprint = fingerprint_text(draft, before ? before : "");
	change_target(draft, change, "selected", before, after, source);
	return change;
}

/* What is at this path now, NULL when it was not read. */
static const struct store_file *selection_file(const struct live *live, const char *path)
{
	const struct store_file *files[] = {live->planned ? &live->planned->defaults_file : NULL, &live->current_file,
					    &live->defaults_file};

	for (size_t i = 0; i < COUNT(files); i++)
		if (files[i] && text_equal(files[i]->path, path))
			return files[i];
	return NULL;
}

static bool is_restored(const struct draft *draft, const struct store_file *want)
{
	const struct store_file *have = want ? selection_file(draft->live, want->path) : NULL;

	/* The default of another endpoint than the current one is looked at only while that is being changed. */
	if (!want || !have)
		return true;
	return want->exists ? raw_same(have, want) : !have->exists;
}

static void step_restore(struct draft *draft, struct change *change, const struct store_file *want)
{
	CLEANUP_TEXT struct text data = TEXT_INIT;

	if (!want)
		return;
	if (!want->exists) {
		step_add(draft, change, STEP_REMOVE_FILE, NULL)->path = arena_strdup(draft->arena, want->path);
		return;
	}
	text_append(&data, want->data, want->length);
	step_write_add(draft, change, want->path, &data)->mode = want->mode ? want->mode & 0777 : 0600;
}

/* The builder of a Docker context, which lives in no file: it is there now, or the plan makes the context. */
static bool is_of_context(const struct draft *draft, const char *name)
{
	const struct live_builder *have = live_builder(draft->live, name);
	const struct context *context = state_context(draft->desired, name);

	if (have)
		return have->context_builder;
	return !state_builder(draft->desired, name) && context && !text_equal(context->state, "absent");
}

/* Nothing is to be done. `current` may name a builder that is gone, and another then answers in its place. */
static bool is_settled(const struct draft *draft, const char *want)
{
	const struct state *desired = draft->desired;

	if (!text_equal(selected_before(draft), want))
		return false;
	if (draft->request->rollback && desired->exact_current)
		return is_restored(draft, desired->exact_current) && is_restored(draft, desired->exact_defaults);
	for (size_t i = 0; i < draft->live->faults.count; i++)
		if (fault_is(&draft->live->faults.items[i], FAULT_CURRENT_STALE))
			return false;
	return true;
}

static const char *why_selected(struct draft *draft, const char *want)
{
	const char *before = selected_before(draft);

	if (!before)
		return draft->live->selected ? "the current context changes" : "what is selected is unknown";
	if (!text_equal(before, want))
		return arena_printf(draft->arena, "\"%s\" is selected%s", before,
				    draft->live->planned ? " on the context that becomes current" : "");
	return draft->request->rollback ? "it was selected in another way before"
					: "it is used only because the selected builder is gone";
}

static void plan_wanted(struct draft *draft, const char *want)
{
	const struct live *live = draft->live;
	const struct state *desired = draft->desired;

	if (is_settled(draft, want))
		return;
	struct change *change = selection_change(draft, want, why_selected(draft, want), desired->selected_source);
	if (text_equal(live->selected_by, "BUILDX_BUILDER"))
		change_block(draft, change, ERROR_REFUSED,
			     "the environment variable BUILDX_BUILDER=%s overrides every selection: unset it",
			     live->selected);
	if (!will_exist(draft, want))
		change_block(draft, change, ERROR_REFUSED, "there is no builder \"%s\" to select", want);
	if (draft->request->rollback && desired->exact_current) {
		step_restore(draft, change, desired->exact_current);
		step_restore(draft, change, desired->exact_defaults);
		return;
	}
	if (is_of_context(draft, want) && !text_equal(want, context_after(draft)))
		change_block(draft, change, ERROR_REFUSED,
			     "\"%s\" is the builder of another Docker context: write `current-context: %s` into the "
			     "state file, or run `docker context use %s`",
			     want, want, want);
	step_add(draft, change, STEP_SELECT, want)->of_context = is_of_context(draft, want);
}

static bool is_diverted(const struct draft *draft)
{
	const struct diversion *diversion = &draft->live->leftovers.diversion;

	return diversion->builder && text_equal(live_planned_selected(draft->live), diversion->fallback) &&
	       live_builder(draft->live, diversion->builder) && !is_removed(draft, diversion->builder);
}

void plan_diversion(struct draft *draft)
{
	const struct diversion *diversion = &draft->live->leftovers.diversion;

	if (!is_diverted(draft))
		return;
	struct change *change = selection_change(
		draft, diversion->builder,
		arena_printf(draft->arena, "a run that did not end selected \"%s\" meanwhile", diversion->fallback),
		(struct source){0});
	step_select_add(draft, change, diversion->builder);
}

static bool is_only(const struct draft *draft, const char *name)
{
	return name && strings_contain(draft->request->only, name);
}

void plan_selection(struct draft *draft)
{
	const char *selected = live_planned_selected(draft->live);

	if (plan_is_narrow(draft->request) && !is_only(draft, draft->desired->selected) && !is_only(draft, selected))
		return;
	if (draft->desired->selected) {
		plan_wanted(draft, draft->desired->selected);
	} else if (is_diverted(draft)) {
		plan_diversion(draft);
	} else if (is_removed(draft, selected)) {
		struct change *change =
			selection_change(draft, context_after(draft),
					 arena_printf(draft->arena, "\"%s\", which is selected, is removed", selected),
					 (struct source){0});
		step_add(draft, change, STEP_SELECT, change->to)->of_context = true;
	}
}
