/* The words and symbols of plans, as tables, and counting over the changes. */
#include "model/plan.h"

#include "base/count.h"

#include <string.h>

static const struct action_kind kinds[] = {
	{ACTION_NONE, " ", "none", "unchanged", {"no-op"}},
	{ACTION_CREATE, "+", "create", "to create", {"create"}},
	{ACTION_CHANGE, "~", "change", "to change", {"update"}},
	{ACTION_REPLACE, "-/+", "replace", "to replace", {"delete", "create"}},
	{ACTION_RESET, "!", "reset", "to reset", {"delete", "create"}},
	{ACTION_REMOVE, "-", "remove", "to remove", {"delete"}},
	{ACTION_REPAIR, "!", "repair", "to repair", {"update"}},
	{ACTION_SELECT, "~", "select", "to select", {"update"}},
	{ACTION_PRUNE, "-", "prune", "to prune", {"delete"}},
	{ACTION_UNKNOWN, "?", "unknown", "unknown", {"read"}},
};
_Static_assert(COUNT(kinds) == ACTION_COUNT, "a row per action");

static const char *const cache_effects[] = {
	[CACHE_NONE] = "none",
	[CACHE_KEPT] = "kept",
	[CACHE_LOST] = "lost",
	[CACHE_RETAINED] = "retained",
};

static const char *const step_kinds[] = {
	[STEP_WRITE_FILE] = "write-file",
	[STEP_REMOVE_FILE] = "remove-file",
	[STEP_RESTORE_FILE] = "restore-file",
	[STEP_FORGET_BUILDER] = "forget-builder",
	[STEP_PULL_IMAGE] = "pull-image",
	[STEP_REMOVE_CONTAINER] = "remove-container",
	[STEP_REMOVE_VOLUME] = "remove-volume",
	[STEP_STOP_CONTAINER] = "stop-container",
	[STEP_UPDATE_CONTAINER] = "update-container",
	[STEP_BOOT] = "boot",
	[STEP_SELECT] = "select",
	[STEP_DRAIN] = "drain",
	[STEP_VERIFY_BUILD] = "verify-build",
	[STEP_INSTALL_EMULATION] = "install-emulation",
	[STEP_PRUNE_CACHE] = "prune-cache",
	[STEP_NOTE_LEFTOVER] = "note-leftover",
	[STEP_BOOT_BESIDE] = "boot-beside",
	[STEP_RETIRE] = "retire",
	[STEP_DIVERT] = "divert",
	[STEP_HEAL] = "heal",
	[STEP_CHANGE_OBJECTS] = "change-objects",
	[STEP_REMOVE_OBJECTS] = "remove-objects",
	[STEP_RETIRE_OBJECTS] = "retire-objects",
	[STEP_USE_CONTEXT] = "use-context",
};
_Static_assert(COUNT(step_kinds) == STEP_KIND_COUNT, "a name per step kind");

const struct action_kind *action_kind(enum action action)
{
	return (size_t)action < COUNT(kinds) ? &kinds[action] : &kinds[ACTION_UNKNOWN];
}

const struct action_kind *action_find(const char *name)
{
	for (size_t i = 0; name && i < COUNT(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

const char *cache_effect_name(enum cache_effect effect)
{
	return (size_t)effect < COUNT(cache_effects) ? cache_effects[effect] : "none";
}

const char *step_kind_name(enum step_kind kind)
{
	return (size_t)kind < COUNT(step_kinds) ? step_kinds[kind] : "unknown";
}

const struct change *plan_change(const struct plan *plan, const char *address)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (text_equal(plan->changes[i].address, address))
			return &plan->changes[i];
	return NULL;
}

struct lookup plan_addresses(struct arena *arena, const struct plan *plan)
{
	struct lookup addresses = {0};

	for (size_t i = 0; i < plan->change_count; i++)
		if (plan->changes[i].address)
			lookup_add(arena, &addresses, plan->changes[i].address, &plan->changes[i]);
	return addresses;
}

size_t plan_count(const struct plan *plan, enum action action)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->change_count; i++)
		count += plan->changes[i].action == action;
	return count;
}

bool change_destroys(const struct change *change)
{
	return change->action == ACTION_REMOVE || change->action == ACTION_PRUNE || change->cache == CACHE_LOST;
}

bool plan_has_changes(const struct plan *plan)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (plan->changes[i].action != ACTION_NONE && plan->changes[i].action != ACTION_UNKNOWN)
			return true;
	return false;
}

struct plan *plan_new(void)
{
	struct arena *arena = arena_new();
	struct plan *plan = ARENA_NEW(arena, struct plan);

	plan->arena = arena;
	return plan;
}

void plan_free(struct plan *plan)
{
	if (plan)
		arena_free(plan->arena);
}
