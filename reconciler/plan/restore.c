/* Plans what a rollback puts back in the store besides builders and contexts: files that were damaged before they were
 * mended, byte for byte, and what was moved aside. */
#include "plan/restore.h"

#include "plan/change.h"
#include "plan/draft.h"
#include "plan/fingerprint.h"

#include <string.h>

static bool is_as_before(const struct exact_file *want, const struct store_file *have)
{
	const struct store_file *raw = want->raw;

	if (!raw->exists || !have->exists)
		return raw->exists == have->exists;
	if (want->aside)
		return !have->readable; /* as it was: that is why it was moved */
	return have->readable && have->length == raw->length && (have->mode & 0777) == (raw->mode & 0777) &&
	       (raw->length == 0 || memcmp(have->data, raw->data, raw->length) == 0);
}

static enum action action_of(const struct exact_file *want, const struct store_file *have)
{
	if (!want->raw->exists)
		return ACTION_REMOVE;
	return have->exists ? ACTION_CHANGE : ACTION_CREATE;
}

static void add_step(struct draft *draft, struct change *change, const struct exact_file *want)
{
	bool remove = change->action == ACTION_REMOVE;
	struct step *step = step_add(draft, change, remove ? STEP_REMOVE_FILE : STEP_RESTORE_FILE, want->aside);

	step->path = change->name;
	if (remove || want->aside)
		return;
	step->data =
		arena_copy(draft->arena, want->raw->length > 0 ? want->raw->data : (const void *)"", want->raw->length);
	step->length = want->raw->length;
	step->mode = want->raw->mode & 0777;
}

void plan_restores(struct draft *draft)
{
	for (size_t i = 0; i < draft->desired->exact_file_count; i++) {
		const struct exact_file *want = &draft->desired->exact_files[i];
		const struct store_file *have = live_file(draft->live, want->raw->path, false);

		if (!have || is_as_before(want, have))
			continue;
		struct change *change = change_add(draft, OBJECT_FILE, want->raw->path, action_of(want, have));
		change->reason = want->why;
		change->phase = PHASE_LAST;
		change->live_fingerprint = fingerprint_file(draft, have);
		add_step(draft, change, want);
		if (want->aside && have->exists)
			change_block(draft, change, ERROR_EXISTS, "something else is there now: move it away first");
	}
}
