/* Plans the end of what the ledger of leftovers tells of: containers and volumes that this store let go, or that a run
 * was making when it died. Only what was noted, only where the Engine answered, never what a builder names. */
#include "plan/leftovers.h"

#include "base/clock.h"
#include "model/normal.h"
#include "plan/change.h"
#include "plan/draft.h"
#include "plan/fingerprint.h"
#include "plan/steps.h"

/* The same volume that was noted: one made later under its name is somebody's. */
static const struct volume *own_volume(const struct engine *engine, const struct leftover *entry)
{
	const struct volume *volume = engine_node_volume(engine, entry->node);

	if (volume && entry->volume_created && !text_equal(volume->created, entry->volume_created))
		return NULL;
	return volume;
}

static struct change *add(struct draft *draft, enum object_kind object, const char *name, const struct leftover *entry)
{
	struct change *change = change_add(draft, object, name, ACTION_REMOVE);

	change->live_fingerprint = fingerprint_text(draft, name);
	change->reason = arena_printf(draft->arena, "left by: %s", entry->reason ? entry->reason : "an earlier run");
	return change;
}

static const char *size_text(struct draft *draft, const struct volume *volume)
{
	return volume->size >= 0 ? bytes_text(draft->arena, volume->size) : "of unknown size";
}

static const char *time_text(struct draft *draft, int64_t when)
{
	char text[32];

	clock_rfc3339((time_t)when, text);
	return arena_strdup(draft->arena, text);
}

static void plan_one(struct draft *draft, const struct engine *engine, const struct leftover *entry)
{
	const char *name = node_container_name(draft->arena, entry->node);
	const struct container *container = engine_container(engine, name);
	const struct volume *volume = own_volume(engine, entry);
	bool is_due = entry->until == 0 ||
		      (draft->request->gc && (draft->request->gc_kept || draft->request->now >= entry->until));

	if (volume && is_due) {
		struct change *change = add(draft, OBJECT_VOLUME, volume->name, entry);

		if (entry->until > 0)
			change->reason = arena_printf(draft->arena, "%s, kept until %s", change->reason,
						      time_text(draft, entry->until));
		step_retire_add(draft, change, entry->builder, entry->node, entry->endpoint, 0);
		change->cache = CACHE_LOST;
		change->cache_note =
			arena_printf(draft->arena, "lost: volume %s, %s", volume->name, size_text(draft, volume));
		return;
	}
	if (container)
		step_retire_add(draft, add(draft, OBJECT_CONTAINER, name, entry), entry->builder, entry->node,
				entry->endpoint, 1)
			->lingers = true;
}

void plan_leftovers(struct draft *draft)
{
	const struct leftovers *leftovers = &draft->live->leftovers;

	for (size_t i = 0; i < leftovers->count; i++) {
		const struct leftover *entry = &leftovers->items[i];
		const struct engine *engine = live_engine(draft->live, entry->endpoint);

		if (engine && engine->reachable && text_equal(engine->host, entry->host) &&
		    !live_names_node(draft->live, entry->host, entry) && !is_claimed(draft, entry->node))
			plan_one(draft, engine, entry);
	}
}
