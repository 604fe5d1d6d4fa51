/* Resolves the selected builder as BuildX does (store/store.go, Current; store/storeutil/storeutil.go). */
#include "live/store/selected.h"

#include "base/environ.h"
#include "base/json.h"
#include "codec/current.h"
#include "codec/gojson.h"
#include "live/store/file.h"
#include "model/normal.h"

#include <string.h>

/* A builder of the store by any spelling of its name; NULL when BuildX would not find it. */
static const struct live_builder *stored(const struct live *live, const char *name)
{
	const struct live_builder *builder =
		!name_problem(name) ? live_builder(live, name_lower(live->arena, name)) : NULL;

	return !builder || builder->context_builder || builder->damaged ? NULL : builder;
}

static void select_builder(struct live *live, const char *name, const char *by)
{
	live->selected = name;
	live->selected_by = by;
}

static void select_context(struct live *live)
{
	const struct live_builder *builder = stored(live, live->current_context);

	if (builder)
		select_builder(live, builder->name, "context");
	else if (live_context(live, live->current_context))
		select_builder(live, live->current_context, "context");
}

/* The content of the current endpoint's file in defaults/; NULL when there is none. */
static const char *default_name(const struct live *live)
{
	const struct store_file *file = &live->defaults_file;

	return file->readable ? (const char *)file->data : NULL;
}

/* True when `current` decides. */
static bool select_current(struct live *live)
{
	const struct store_file *file = &live->current_file;
	struct current current = {0};

	if (!file->readable)
		return file->exists; /* unreadable: what is selected is unknown */
	if (current_parse(live->arena, file->data, file->length, &current, NULL) < 0)
		return true;
	if (text_empty(current.name))
		return false;
	const struct live_builder *builder = stored(live, current.name);
	if (current.global && builder) {
		select_builder(live, builder->name, "global");
		return true;
	}
	if (!text_equal(current.key, live->current_endpoint))
		return false;
	if (builder)
		select_builder(live, builder->name, "current");
	else
		select_context(live);
	return true;
}

static void select_default(struct live *live)
{
	const char *name = default_name(live);
	const struct live_builder *builder = name ? stored(live, name) : NULL;

	if (live->defaults_file.exists && !name)
		return; /* unreadable */
	if (builder)
		select_builder(live, builder->name, "defaults");
	else
		select_context(live);
}

/* `use --default NAME` leaves the name in defaults/; `use default` leaves no file there (commands/use.go). */
static bool is_default(const struct live *live)
{
	const char *name = default_name(live);
	const struct live_builder *builder = live_builder(live, live->selected);

	if (!builder)
		return false;
	if (builder->context_builder)
		return !live->defaults_file.exists;
	return name && text_equal(name_lower(live->arena, name), live->selected);
}

/* BuildX does without it, and says nothing (store/store.go, Current). */
static void check_stale(struct live *live)
{
	const struct store_file *file = &live->current_file;
	struct arena *arena = live->arena;
	struct current current = {0};

	if (!file->readable || current_parse(arena, file->data, file->length, &current, NULL) < 0 ||
	    text_empty(current.name) || live_builder(live, name_lower(arena, current.name)) ||
	    live_context(live, current.name))
		return;
	bool by_variable = text_equal(live->selected_by, "BUILDX_BUILDER");
	const char *instead = !live->selected || by_variable ? live->current_context : live->selected;
	faults_add(arena, &live->faults, FAULT_CURRENT_STALE, "store", store_file_path(live, file),
		   arena_printf(arena,
				"run `docker buildx use %s`, which BuildX uses already, or write `selected: %s`, or "
				"another, into the state file and run `reconcile --apply`",
				instead, instead),
		   "%s selects the builder \"%s\", which is not in the store", file->path, current.name);
}

void selected_resolve(struct live *live, const char *const *env)
{
	const char *name = environ_value(env, "BUILDX_BUILDER");

	if (*name != '\0') {
		const struct live_builder *builder = stored(live, name);

		select_builder(live, !builder ? arena_strdup(live->arena, name) : builder->name, "BUILDX_BUILDER");
	} else if (!select_current(live)) {
		select_default(live);
	}
	live->selected_default = is_default(live);
	check_stale(live);
}
