/* The files that a plan may touch, with their bytes as they are now. */
#include "cli/touched.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "live/store.h"
#include "model/normal.h"

#include <sys/stat.h>

enum { FILE_CAP = 4 * 1024 * 1024 };

struct collector {
	struct arena *arena;
	const struct live *live;
	struct touched touched;
};

static bool same_file(const struct raw_file *file, const char *path, bool in_docker_config)
{
	return file->in_docker_config == in_docker_config && text_equal(file->path, path);
}

static void read_from_disk(struct collector *collector, struct raw_file *file)
{
	CLEANUP_FREE char *path =
		path_join(file->in_docker_config ? collector->live->docker_config : collector->live->store, file->path);
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(FILE_CAP);
	struct stat status;

	if (lstat(path, &status) < 0)
		return;
	file->exists = true;
	file->mode = status.st_mode & 07777;
	if (file_read(path, FILE_CAP, &data, NULL) < 0)
		return;
	file->readable = true;
	file->data = arena_copy(collector->arena, buffer_text(&data), data.length + 1);
	file->length = data.length;
}

static void add(struct collector *collector, const char *path, bool in_docker_config)
{
	struct touched *touched = &collector->touched;
	const struct raw_file *known = live_file(collector->live, path, in_docker_config);
	struct raw_file *file;

	for (size_t i = 0; i < touched->count; i++)
		if (same_file(&touched->items[i], path, in_docker_config))
			return;
	file = ARENA_PUSH(collector->arena, touched->items, touched->count);
	if (known) {
		*file = *known;
		return;
	}
	file->path = arena_strdup(collector->arena, path);
	file->in_docker_config = in_docker_config;
	read_from_disk(collector, file);
}

static void add_builder(struct collector *collector, const char *name)
{
	const char *lower = name_lower(collector->arena, name);

	add(collector, arena_printf(collector->arena, "instances/%s", lower), false);
	add(collector, arena_printf(collector->arena, "activity/%s", lower), false);
}

/* The selection: `current`, and the default of the endpoint it belongs to. */
static void add_selection(struct collector *collector)
{
	const struct raw_file *defaults = &collector->live->defaults_file;

	add(collector, "current", false);
	if (defaults->path)
		add(collector, defaults->path, defaults->in_docker_config);
}

static void add_step(struct collector *collector, const struct step *step)
{
	if (step->path)
		add(collector, step->path, step->in_docker_config);
	if (step->kind == STEP_FORGET_BUILDER)
		add_builder(collector, step->name);
	if (step->kind == STEP_SELECT)
		add_selection(collector);
}

static void add_change(struct collector *collector, const struct change *change)
{
	if (change->object == OBJECT_BUILDER)
		add_builder(collector, change->name);
	if (change->object == OBJECT_SELECTED)
		add_selection(collector);
	if (change->object == OBJECT_CONTEXT) {
		add(collector, context_meta_path(collector->arena, change->name), true);
		add(collector, "config.json", true);
	}
	for (size_t i = 0; i < change->step_count; i++)
		add_step(collector, &change->steps[i]);
}

void touched_collect(const struct plan *plan, const struct live *live, struct arena *arena, struct touched *ret_touched)
{
	struct collector collector = {.arena = arena, .live = live};

	for (size_t i = 0; i < plan->change_count; i++)
		add_change(&collector, &plan->changes[i]);
	*ret_touched = collector.touched;
}
