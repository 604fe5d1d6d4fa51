/* Plans the repair of damaged files that no desired builder stands for: they are moved into the record. */
#include "plan/repair.h"

#include "model/driver.h"
#include "plan/change.h"
#include "plan/detail.h"
#include "plan/draft.h"
#include "plan/fingerprint.h"

#include <string.h>

/* The path below the store, or NULL when it is elsewhere. */
static const char *below(const char *root, const char *path)
{
	size_t length = root ? strlen(root) : 0;

	if (!path || length == 0 || strncmp(path, root, length) != 0 || path[length] != '/')
		return NULL;
	return path + length + 1;
}

/* A builder that the state wants is repaired by its own change; one that it wants gone is moved aside here. */
static bool repaired_elsewhere(const struct draft *draft, const struct fault *fault)
{
	if (!text_starts(fault->subject, "builder.") ||
	    !text_starts(below(draft->live->store, fault->path), "instances/"))
		return false;
	const struct builder *desired = state_builder(draft->desired, fault->subject + strlen("builder."));
	return desired && !builder_absent(desired) && driver_home(desired->driver) != HOME_ENGINE;
}

void plan_repairs(struct draft *draft)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	const struct faults *faults = &draft->live->faults;
	struct lookup planned = {0};

	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];
		const char *path = below(draft->live->store, fault->path);

		if (fault->kind->repair != REPAIR_ASIDE)
			continue;
		if (!path || repaired_elsewhere(draft, fault) || !lookup_add(scratch, &planned, path, fault))
			continue;
		struct change *change = change_add(draft, OBJECT_FILE, path, ACTION_REPAIR);
		change->reason = fault->message;
		change->live_fingerprint = fingerprint_text(draft, fault->message);
		detail_file(draft, change);
		struct step *step = step_add(draft, change, STEP_REMOVE_FILE, NULL);
		step->path = change->name;
		step->detail = "its bytes are in the record";
	}
}
