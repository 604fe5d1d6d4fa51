/* The files that a plan may touch, with their bytes as they are now. */
#include "cli/affected.h"

#include "apply/target_file.h"
#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/lookup.h"
#include "base/xalloc.h"
#include "codec/context.h"
#include "model/normal.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_CAP = 4 * 1024 * 1024, FILES_CAP = 10000, LEVELS = 4 };

struct collector {
	struct arena *arena;
	const struct live *live;
	struct affected affected;
	struct lookup of_store, of_docker; /* what is in it, by path */
};

static void read_from_disk(struct collector *collector, struct store_file *file)
{
	CLEANUP_FREE char *path =
		path_join(file->in_docker_config ? collector->live->docker_config : collector->live->store, file->path);
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(FILE_CAP);
	struct stat status;

	if (lstat(path, &status) < 0)
		return;
	file->exists = true;
	file->mode = status.st_mode & 07777;
	if (file_read_careful(path, FILE_CAP, &data, NULL) < 0)
		return;
	file->readable = true;
	file->data = arena_copy(collector->arena, buffer_text(&data), data.length + 1);
	file->length = data.length;
}

static void add(struct collector *collector, const char *path, bool in_docker_config)
{
	struct affected *affected = &collector->affected;
	const struct store_file *known = live_file(collector->live, path, in_docker_config);
	struct lookup *lookup = in_docker_config ? &collector->of_docker : &collector->of_store;
	struct store_file *file;

	path = arena_strdup(collector->arena, path);
	if (!lookup_add(collector->arena, lookup, path, path))
		return;
	file = ARENA_PUSH(collector->arena, affected->items, affected->count);
	if (known) {
		*file = *known;
		return;
	}
	file->path = path;
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
	const struct live *live = collector->live;
	const struct store_file *defaults = live->planned ? &live->planned->defaults_file : &live->defaults_file;

	add(collector, "current", false);
	if (defaults->path)
		add(collector, defaults->path, defaults->in_docker_config);
}

/* All that is in a folder that goes as a whole. False when it is no folder. */
static bool add_folder(struct collector *collector, const char *path, int levels)
{
	CLEANUP_FREE char *absolute = path_join(collector->live->docker_config, path);
	int fd = careful_open(absolute, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *folder = fd < 0 ? NULL : xfdopendir(fd);
	const struct dirent *entry;

	if (!folder && fd >= 0)
		close(fd);
	while (folder && (entry = readdir(folder)) && collector->affected.count < FILES_CAP) {
		const char *name = arena_printf(collector->arena, "%s/%s", path, entry->d_name);

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (levels <= 1 || !add_folder(collector, name, levels - 1))
			add(collector, name, true);
	}
	if (folder)
		closedir(folder);
	return folder;
}

/* Every TLS file of the context, also those that stay: a rollback means exactly these. */
static void add_context(struct collector *collector, const char *name)
{
	const struct live_context *have = live_context(collector->live, name);

	add(collector, context_meta_path(collector->arena, name), true);
	for (size_t i = 0; have && i < have->tls_count; i++)
		add(collector, have->tls[i].path, true);
}

static void add_step(struct collector *collector, const struct step *step)
{
	bool is_folder = step->kind == STEP_REMOVE_FILE && step->in_docker_config;

	if (step->path && !(is_folder && add_folder(collector, step->path, LEVELS)))
		add(collector, step->path, step->in_docker_config);
	if (step->kind == STEP_USE_CONTEXT)
		add(collector, "config.json", true);
	if (step->kind == STEP_FORGET_BUILDER) {
		add_builder(collector, step->name);
		add(collector, arena_printf(collector->arena, "refs/%s", step->name), false);
	}
	if (step->kind == STEP_SELECT)
		add_selection(collector);
}

static void add_change(struct collector *collector, const struct change *change)
{
	if (change->object == OBJECT_BUILDER)
		add_builder(collector, change->name);
	if (change->object == OBJECT_SELECTED)
		add_selection(collector);
	if (change->object == OBJECT_CONTEXT)
		add_context(collector, change->name);
	for (size_t i = 0; i < change->step_count; i++)
		add_step(collector, &change->steps[i]);
}

void affected_collect(const struct plan *plan, const struct live *live, struct arena *arena,
		      struct affected *ret_touched)
{
	struct collector collector = {.arena = arena, .live = live};

	for (size_t i = 0; i < plan->change_count; i++)
		add_change(&collector, &plan->changes[i]);
	*ret_touched = collector.affected;
}

void affected_again(const struct affected *before, const struct live *live, struct arena *arena,
		    struct affected *ret_now)
{
	struct collector collector = {.arena = arena, .live = live};

	for (size_t i = 0; i < before->count; i++)
		add(&collector, before->items[i].path, before->items[i].in_docker_config);
	*ret_now = collector.affected;
}

int affected_check(const struct affected *affected, const struct live *live, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (size_t i = 0; i < affected->count; i++) {
		const struct store_file *file = &affected->items[i];
		struct target target;

		if (target_find(live, arena, file->path, file->in_docker_config, &target, err) < 0 ||
		    file_check_links(target.path, target.follows, err) < 0)
			return -1;
	}
	return 0;
}
