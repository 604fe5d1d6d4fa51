/* Reads the files of the store that stand beside instances/: buildkitd.default.toml, `current`, defaults/. */
#include "live/store/files.h"

#include "base/file.h"
#include "codec/current.h"
#include "desired/buildkitd.h"
#include "live/store/file.h"
#include "model/normal.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

/* BuildX gives the file to new builders with the certificates that it names (util/confutil/container.go). */
static void read_default_config(struct live *live, int store_fd)
{
	struct store_file *file = &live->default_config_file;
	enum store_file_state state = store_file_read(live->arena, store_fd, file->path, file);
	struct diagnostics problems = {0};

	if (store_file_fault(live, FAULT_DEFAULT_CONFIG_INVALID, FAULT_DEFAULT_CONFIG_UNREADABLE, "store", file,
			     state) ||
	    state != STORE_FILE_READ)
		return;
	const struct builder builder = {.name = "default", .buildkitd_config = store_file_path(live, file)};
	buildkitd_files(live->arena, &builder, NULL, NULL, &live->default_files, &problems);
	diagnostics_sort(&problems);
	for (size_t i = 0; i < problems.count; i++)
		faults_add(live->arena, &live->faults, FAULT_DEFAULT_CONFIG_INVALID, "store",
			   store_file_path(live, file), NULL, "%s", problems.items[i].message);
	diagnostics_done(&problems);
}

static void read_current(struct live *live, int store_fd)
{
	struct store_file *file = &live->current_file;
	enum store_file_state state = store_file_read(live->arena, store_fd, file->path, file);
	struct error err = ERROR_INIT;
	struct current current;

	if (store_file_fault(live, FAULT_CURRENT_INVALID, FAULT_CURRENT_UNREADABLE, "store", file, state) ||
	    state != STORE_FILE_READ)
		return;
	if (current_parse(live->arena, file->data, file->length, &current, &err) < 0)
		faults_add(live->arena, &live->faults, FAULT_CURRENT_INVALID, "store", store_file_path(live, file),
			   NULL, "%s: %s", file->path, error_text(live->arena, &err));
}

static void read_default(struct live *live, int store_fd, const char *name)
{
	struct store_file file = {.path = arena_printf(live->arena, "defaults/%s", name)};
	enum store_file_state state = store_file_read(live->arena, store_fd, file.path, &file);

	if (text_equal(file.path, live->defaults_file.path))
		live->defaults_file = file;
	if (store_file_fault(live, FAULT_DEFAULTS_INVALID, FAULT_DEFAULTS_UNREADABLE, "store", &file, state) ||
	    state != STORE_FILE_READ)
		return;
	const char *builder = (const char *)file.data;
	if (strlen(builder) != file.length || name_problem(builder))
		faults_add(live->arena, &live->faults, FAULT_DEFAULTS_INVALID, "store", store_file_path(live, &file),
			   NULL, file.length == 0 ? "%s is empty" : "%s does not hold a builder's name", file.path);
	else if (!live_builder(live, name_lower(live->arena, builder)))
		faults_add(live->arena, &live->faults, FAULT_DEFAULTS_STALE, "store", store_file_path(live, &file),
			   NULL, "%s names the builder \"%s\", which is not in the store", file.path, builder);
}

/* Other names are not looked at by BuildX: they are 20 hexadecimal digits (store/store.go, toHash). */
static bool is_default_name(const char *name)
{
	return strlen(name) == 20 && strspn(name, "0123456789abcdef") == 20;
}

static void read_defaults(struct live *live, int store_fd)
{
	DIR *folder = folder_list_at(store_fd, "defaults");

	if (!folder) {
		/* Nothing to list; the file of our own endpoint says itself what is wrong. */
		read_default(live, store_fd, live->defaults_file.path + strlen("defaults/"));
		return;
	}
	for (const struct dirent *entry; (entry = readdir(folder));)
		if (is_default_name(entry->d_name))
			read_default(live, store_fd, entry->d_name);
	closedir(folder);
}

void store_files_read(struct live *live, int store_fd)
{
	read_default_config(live, store_fd);
	read_current(live, store_fd);
	read_defaults(live, store_fd);
}
