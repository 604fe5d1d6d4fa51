/* Reads instances/ and activity/: every file by itself, so that a bad one is a fault of that file and of nothing else.
 */
#include "live/store/instances.h"

#include "base/beneath.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/keyed.h"
#include "base/limits.h"
#include "codec/instance.h"
#include "codec/toml.h"
#include "live/store/file.h"
#include "model/driver.h"
#include "model/normal.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>

/* One entry of instances/. */
struct entry {
	struct live *live;
	int store_fd, folder_fd;
	struct arena *scratch;
	const struct strings *active; /* the files of activity/, as far as they are known */
	const char *name;
	struct store_file file;
	enum store_file_state state;
};

void activity_read(struct live *live, int store_fd, const char *name, const char *subject, const char **ret_time)
{
	struct store_file file = {.path = ARENA_JOIN(live->arena, "activity/", name)};
	enum store_file_state state = store_file_read(live->arena, store_fd, file.path, &file);
	time_t when;

	*ret_time = NULL;
	if (state == STORE_FILE_MISSING)
		return;
	if (store_file_fault(live, FAULT_ACTIVITY_INVALID, FAULT_ACTIVITY_UNREADABLE, subject, &file, state) ||
	    state != STORE_FILE_READ)
		return;
	const char *text = (const char *)file.data;
	/* Go's time.RFC3339 takes a capital T and nothing behind. */
	if (strlen(text) == file.length && file.length > 10 && text[10] == 'T' && clock_parse_rfc3339(text, &when) == 0)
		*ret_time = text;
	else
		faults_add(live->arena, &live->faults, FAULT_ACTIVITY_INVALID, subject, store_file_path(live, &file),
			   NULL, file.length == 0 ? "%s is empty" : "%s does not hold a time", file.path);
}

/* What stands in the way before its content is looked at: NULL when nothing does. */
static enum fault_code entry_problem(const struct entry *entry)
{
	switch (entry->state) {
	case STORE_FILE_READ:
		return FAULT_NONE;
	case STORE_FILE_FOLDER:
		return FAULT_INSTANCE_FOLDER;
	case STORE_FILE_DANGLING:
		return FAULT_INSTANCE_LINK_DANGLING;
	case STORE_FILE_TOO_LARGE:
		return FAULT_INSTANCE_TOO_LARGE;
	case STORE_FILE_DENIED:
	case STORE_FILE_FAILED:
		return FAULT_INSTANCE_UNREADABLE;
	default:
		return FAULT_INSTANCE_NOT_A_FILE;
	}
}

static void store_fault(const struct entry *entry, enum fault_code code, const char *message)
{
	struct live *live = entry->live;

	faults_add(live->arena, &live->faults, code, "store", store_file_path(live, &entry->file), NULL, "%s", message);
}

static void entry_fault(const struct entry *entry, enum fault_code code, const char *message)
{
	struct live *live = entry->live;

	faults_add(live->arena, &live->faults, code, ARENA_JOIN(live->arena, "builder.", entry->name),
		   store_file_path(live, &entry->file), NULL, "%s", message);
}

static bool is_lower(const char *name)
{
	while (*name && !isupper((unsigned char)*name))
		name++;
	return *name == '\0';
}

/* A file whose name no builder can have; the faults are the store's. */
static bool name_is_bad(const struct entry *entry, bool is_locked)
{
	struct arena *arena = entry->live->arena;
	enum fault_code code = entry_problem(entry);
	const char *problem = name_problem(entry->name);

	if (!problem && is_lower(entry->name))
		return false;
	if (code != FAULT_NONE && entry->state != STORE_FILE_DANGLING) {
		store_fault(entry, code,
			    arena_printf(arena, "%s %s", entry->file.path, store_file_state_text(entry->state)));
	} else if (!problem) {
		store_fault(entry, FAULT_INSTANCE_NAME_CASE,
			    arena_printf(arena, "%s is not in lower case: BuildX looks for instances/%s",
					 entry->file.path, name_lower(arena, entry->name)));
	} else if (text_starts(entry->name, ".tmp-")) {
		/* Without the lock it may be a file that BuildX is writing just now. */
		if (is_locked)
			store_fault(entry, FAULT_INSTANCE_TEMPORARY,
				    arena_printf(arena, "%s is left over from an interrupted write", entry->file.path));
	} else {
		store_fault(
			entry, FAULT_INSTANCE_NAME_INVALID,
			arena_printf(arena, "%s has a name that no builder can have: %s", entry->file.path, problem));
	}
	return true;
}

static void check_toml(const struct entry *entry, const struct live_builder *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node *node = &builder->nodes[i].spec;
		const struct config_file *file = config_files_get(&node->files, "buildkitd.toml");
		struct error err = ERROR_INIT;
		CLEANUP_JSON cJSON *json = NULL;

		if (!file || file->length > LIMIT_TOML)
			continue;
		if (toml_parse((const char *)file->data, file->length, &json, &err) < 0)
			entry_fault(entry, FAULT_INSTANCE_TOML_INVALID,
				    arena_printf(entry->live->arena, "the buildkitd.toml of node %s in %s: %s",
						 node->name, entry->file.path, error_text(entry->live->arena, &err)));
	}
}

static void check_options(const struct entry *entry, const struct live_builder *builder)
{
	struct arena *arena = entry->live->arena;

	if (!driver_find(builder->driver))
		return;
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node *node = &builder->nodes[i].spec;
		struct strings unknown = {0};

		for (size_t k = 0; k < node->driver_opts.count; k++)
			if (!driver_option_find(builder->driver, node->driver_opts.items[k].key))
				strings_add(arena, &unknown, node->driver_opts.items[k].key);
		if (unknown.count > 0)
			entry_fault(entry, FAULT_INSTANCE_OPTION_UNKNOWN,
				    arena_printf(arena, "node %s in %s has %s, which driver %s does not know",
						 node->name, entry->file.path, strings_join(arena, &unknown, ", "),
						 builder->driver));
	}
}

/* False when the content cannot be understood: that is then a fault. */
static bool read_content(const struct entry *entry, struct live_builder *builder)
{
	struct arena *arena = entry->live->arena;
	struct live_builder content;
	struct error err = ERROR_INIT;
	enum fault_code code;

	arena_reset(entry->scratch);
	if (instance_parse_by(entry->scratch, arena, entry->file.data, entry->file.length, &content, &code, &err) < 0) {
		entry_fault(entry, code, arena_printf(arena, "%s: %s", entry->file.path, error_text(arena, &err)));
		return false;
	}
	if (strcasecmp(content.name, entry->name) != 0) {
		entry_fault(entry, FAULT_INSTANCE_NAME_MISMATCH,
			    arena_printf(arena, "%s says that its name is \"%s\"", entry->file.path, content.name));
		return false;
	}
	builder->driver = content.driver;
	builder->dynamic = content.dynamic;
	builder->nodes = content.nodes;
	builder->node_count = content.node_count;
	/* BuildX names this file after what the JSON says (docker/buildx store/store.go, GetLastActivity). */
	if (!entry->active || keyed_find(entry->active->items, entry->active->count, sizeof(char *), entry->name))
		activity_read(entry->live, entry->store_fd, content.name, ARENA_JOIN(arena, "builder.", entry->name),
			      &builder->last_activity);
	check_toml(entry, builder);
	check_options(entry, builder);
	if (!driver_find(content.driver))
		entry_fault(entry, FAULT_INSTANCE_DRIVER_UNKNOWN,
			    arena_printf(arena, "%s names the driver \"%s\"", entry->file.path, content.driver));
	return true;
}

static void read_builder(const struct entry *entry)
{
	struct live *live = entry->live;
	enum fault_code code = entry_problem(entry);
	struct live_builder *builder = &live->builders[live->builder_count++];

	builder->name = entry->name;
	builder->file = entry->file;
	if (code != FAULT_NONE)
		entry_fault(entry, code,
			    arena_printf(live->arena, "%s %s", entry->file.path, store_file_state_text(entry->state)));
	builder->damaged = code != FAULT_NONE || !read_content(entry, builder);
}

/* Whether it makes a builder, with a file that was read. */
static bool read_entry(struct entry entry, bool is_locked)
{
	struct live *live = entry.live;

	entry.file.path = ARENA_JOIN(live->arena, "instances/", entry.name);
	entry.state = store_file_read(live->arena, entry.folder_fd, entry.name, &entry.file);
	/* It may be gone since the folder was listed. */
	if (entry.state == STORE_FILE_MISSING || name_is_bad(&entry, is_locked))
		return false;
	read_builder(&entry);
	return entry.file.readable;
}

/* An I/O error in the middle of a listing must not look like its end. `irregular`: those of them that are, or may be,
 * no regular files. */
static int list_names(DIR *folder, struct arena *arena, struct strings *ret_names, struct strings *irregular,
		      struct error *err)
{
	const struct dirent *entry;

	for (errno = 0; (entry = readdir(folder)); errno = 0) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (ret_names->count == LIMIT_STORE_ENTRIES)
			return error_set(err, ERROR_CORRUPT, "the store holds more than %d builders",
					 LIMIT_STORE_ENTRIES);
		strings_add(arena, ret_names, entry->d_name);
		if (entry->d_type != DT_REG)
			strings_add(arena, irregular, entry->d_name);
	}
	if (errno != 0)
		return error_set_errno(err, errno, "cannot list the builders of the store");
	strings_sort(ret_names);
	strings_sort(irregular);
	return 0;
}

/* Their names in lower case, so that who is not among them need not be asked for: most builders of a large store are
 * idle. False where they cannot be told. */
static bool list_active(struct live *live, int store_fd, struct strings *ret_active)
{
	DIR *folder = folder_list_at(store_fd, "activity");
	struct strings names = {0}, irregular = {0};
	struct error err = ERROR_INIT;

	if (!folder && errno != ENOENT)
		return false;
	bool is_listed = !folder || list_names(folder, live->arena, &names, &irregular, &err) == 0;
	if (folder)
		closedir(folder);
	for (size_t i = 0; i < names.count; i++)
		names.items[i] = name_lower(live->arena, names.items[i]);
	strings_sort(&names);
	*ret_active = names;
	return is_listed;
}

int instances_read(struct live *live, int store_fd, bool is_locked, struct strings *ret_others, struct error *err)
{
	DIR *folder = folder_list_at(store_fd, "instances");
	struct strings names = {0}, irregular = {0};

	if (!folder) {
		/* A file in its place is a fault (store_check_folders()), and holds no builder. */
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		if (errno == EXDEV)
			return careful_refuse(arena_printf(live->arena, "%s/instances", live->store), err);
		error_set_errno(err, errno, "cannot list the builders in %s/instances", live->store);
		return error_hint(err, "after `sudo docker buildx …`, run `sudo chown -R \"$(id -u):$(id -g)\" %s`",
				  live->store);
	}
	if (list_names(folder, live->arena, &names, &irregular, err) < 0) {
		closedir(folder);
		return -1;
	}
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct strings active = {0};
	struct entry entry = {.live = live, .store_fd = store_fd, .folder_fd = dirfd(folder), .scratch = scratch};
	if (list_active(live, store_fd, &active))
		entry.active = &active;
	live->builders = ARENA_ROOM(live->arena, struct live_builder, names.count);
	for (size_t i = 0; i < names.count; i++) {
		entry.name = names.items[i];
		if (!read_entry(entry, is_locked) ||
		    keyed_find(irregular.items, irregular.count, sizeof(char *), entry.name))
			strings_add(live->arena, ret_others, entry.name);
	}
	closedir(folder);
	return 0;
}
