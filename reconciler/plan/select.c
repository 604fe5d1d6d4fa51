/* Plans which builder a bare `docker buildx build` uses, as `docker buildx use --default` would set it. */
#include "plan/draft.h"

#include <string.h>

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

static const char *selection_fingerprint(struct draft *draft)
{
	return fingerprint_text(draft, draft->live->selected ? draft->live->selected : "");
}

static struct change *selection_change(struct draft *draft, const char *after, const char *reason, struct source source)
{
	struct change *change = change_add(draft, OBJECT_SELECTED, "", ACTION_SELECT);

	change->source = source;
	change->source.file = arena_strdup(draft->arena, source.file);
	change->reason = reason;
	change->live_fingerprint = selection_fingerprint(draft);
	field_add(draft, change, "selected", draft->live->selected, after, source);
	return change;
}

static void step_restore(struct draft *draft, struct change *change, const struct raw_file *want)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);

	if (!want)
		return;
	if (!want->exists) {
		step_add(draft, change, STEP_REMOVE_FILE, NULL)->path = arena_strdup(draft->arena, want->path);
		return;
	}
	(void)buffer_append(&data, want->data, want->length);
	step_write(draft, change, want->path, &data)->mode = want->mode ? want->mode & 0777 : 0600;
}

static bool same_bytes(const struct raw_file *want, const struct raw_file *have)
{
	if (!want || !text_equal(want->path, have->path) || (want->exists && !want->readable))
		return true; /* not a file that could be put back here */
	return want->exists == have->exists && want->length == have->length &&
	       (want->length == 0 || (have->data && memcmp(want->data, have->data, want->length) == 0));
}

/* Nothing is to be done. `current` may name a builder that is gone, and another then answers in its place. */
static bool is_settled(const struct draft *draft, const char *want)
{
	const struct live *live = draft->live;

	if (!text_equal(live->selected, want))
		return false;
	if (draft->request->rollback && draft->desired->exact_current)
		return same_bytes(draft->desired->exact_current, &live->current_file) &&
		       same_bytes(draft->desired->exact_defaults, &live->defaults_file);
	for (size_t i = 0; i < live->faults.count; i++)
		if (text_equal(live->faults.items[i].kind->code, "current-stale"))
			return false;
	return true;
}

static const char *why_selected(struct draft *draft, const char *want)
{
	const char *selected = draft->live->selected;

	if (!selected)
		return "what is selected is unknown";
	if (!text_equal(selected, want))
		return arena_printf(draft->arena, "\"%s\" is selected", selected);
	return draft->request->rollback ? "it was selected in another way before"
					: "it is used only because the selected builder is gone";
}

static void plan_wanted(struct draft *draft, const char *want)
{
	const struct live *live = draft->live;
	const struct live_builder *have = live_builder(live, want);
	bool is_context = have && have->context_builder && !state_builder(draft->desired, want);

	if (is_settled(draft, want))
		return;
	struct change *change =
		selection_change(draft, want, why_selected(draft, want), draft->desired->selected_source);
	if (text_equal(live->selected_by, "BUILDX_BUILDER"))
		change_block(draft, change, ERROR_REFUSED,
			     "the environment variable BUILDX_BUILDER=%s overrides every selection: unset it",
			     live->selected);
	if (!will_exist(draft, want))
		change_block(draft, change, ERROR_REFUSED, "there is no builder \"%s\" to select", want);
	if (draft->request->rollback && draft->desired->exact_current) {
		step_restore(draft, change, draft->desired->exact_current);
		step_restore(draft, change, draft->desired->exact_defaults);
		return;
	}
	if (have && have->context_builder)
		is_context = true;
	if (is_context && !text_equal(want, live->current_context))
		change_block(draft, change, ERROR_REFUSED,
			     "\"%s\" is the builder of another Docker context: run `docker context use %s`", want,
			     want);
	step_add(draft, change, STEP_SELECT, is_context ? "" : want);
}

void plan_selection(struct draft *draft)
{
	const char *selected = draft->live->selected;

	if (draft->request->only && !text_equal(draft->desired->selected, draft->request->only) &&
	    !text_equal(selected, draft->request->only))
		return;
	if (draft->desired->selected) {
		plan_wanted(draft, draft->desired->selected);
	} else if (is_removed(draft, selected)) {
		struct change *change =
			selection_change(draft, draft->live->current_context,
					 arena_printf(draft->arena, "\"%s\", which is selected, is removed", selected),
					 (struct source){0});
		step_add(draft, change, STEP_SELECT, "");
	}
}
