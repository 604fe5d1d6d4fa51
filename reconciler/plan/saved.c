/* Holds a saved plan against the world as it is now. */
#include "plan/saved.h"

/* The first field on which the two changes disagree, for the message. */
static const char *first_difference(const struct change *fresh, const struct change *saved)
{
	for (size_t i = 0; i < fresh->field_count; i++) {
		const struct field_change *now = &fresh->fields[i];
		const struct field_change *then = NULL;
		for (size_t k = 0; k < saved->field_count && !then; k++)
			if (text_equal(saved->fields[k].path, now->path))
				then = &saved->fields[k];
		if (!then || !text_equal(then->before, now->before) || !text_equal(then->after, now->after))
			return now->path;
	}
	for (size_t i = 0; i < saved->field_count; i++) {
		bool found = false;
		for (size_t k = 0; k < fresh->field_count && !found; k++)
			found = text_equal(saved->fields[i].path, fresh->fields[k].path);
		if (!found)
			return saved->fields[i].path;
	}
	return NULL;
}

static int check_change(const struct change *fresh, const struct change *saved, struct error *err)
{
	if (fresh->action == saved->action && text_equal(fresh->live_fingerprint, saved->live_fingerprint))
		return 0;
	const char *field = first_difference(fresh, saved);
	error_set(err, ERROR_STALE, "the saved plan is stale: %s is neither as it was planned nor at its target (%s)",
		  saved->address,
		  field				   ? field
		  : fresh->action != saved->action ? "another action is needed"
						   : "its container or file was changed or made anew");
	return error_hint(err, "review a new one: reconcile --plan -o FILE");
}

static int check_head(const struct plan *fresh, const struct plan *saved, struct error *err)
{
	if (saved->speculative)
		return error_set(err, ERROR_REFUSED,
				 "the saved plan is speculative: it was made from a snapshot or against a "
				 "revision, not from what lives here");
	if (!text_equal(fresh->lineage, saved->lineage)) {
		error_set(err, ERROR_STALE, "the saved plan was made for another BuildX store (%s, this one is %s)",
			  saved->lineage, fresh->lineage);
		return error_hint(err, "plan on this machine, as this user: reconcile --plan -o FILE");
	}
	if (!text_equal(fresh->desired_digest, saved->desired_digest)) {
		error_set(err, ERROR_STALE, "the saved plan is stale: the state files say something else now");
		return error_hint(err, "review a new one: reconcile --plan -o FILE");
	}
	return 0;
}

int plan_restrict_to_saved(struct plan *fresh, const struct plan *saved, struct error *err)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct lookup of_fresh = plan_addresses(scratch, fresh), of_saved = plan_addresses(scratch, saved);
	size_t kept = 0;

	if (check_head(fresh, saved, err) < 0)
		return -1;
	for (size_t i = 0; i < saved->change_count; i++) {
		const struct change *now = lookup_find(&of_fresh, saved->changes[i].address);
		if (now && check_change(now, &saved->changes[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < fresh->change_count; i++)
		if (lookup_find(&of_saved, fresh->changes[i].address))
			fresh->changes[kept++] = fresh->changes[i];
	fresh->change_count = kept;
	fresh->plan_id = arena_strdup(fresh->arena, saved->plan_id);
	fresh->applyable = plan_has_changes(fresh);
	for (size_t i = 0; i < kept; i++)
		if (fresh->changes[i].blocked)
			fresh->applyable = false;
	return 0;
}
