/* Removes a builder's refs and the groups that would be left without members. */
#include "apply/refs.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/json.h"

#include <string.h>

enum { REF_CAP = 64 * 1024, GROUP_CAP = 4 * 1024 * 1024, REFS_MAX = 100 * 1000 };

/* A group and how many members of it were seen; sorted nowhere: builds with groups (bake) are few. */
struct group {
	const char *id;
	size_t members;
};
struct groups {
	struct arena *arena;
	struct group *items;
	size_t count, refs;
};

static cJSON *read_json(const char *path, size_t cap)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(cap);
	cJSON *json = NULL;

	if (file_read_careful(path, cap, &data, NULL) == 0)
		json_parse(buffer_text(&data), data.length, &json, NULL);
	return json;
}

static void count_member(struct groups *groups, const char *id)
{
	for (size_t i = 0; i < groups->count; i++)
		if (text_equal(groups->items[i].id, id)) {
			groups->items[i].members++;
			return;
		}
	struct group *group = ARENA_PUSH(groups->arena, groups->items, groups->count);
	*group = (struct group){arena_strdup(groups->arena, id), 1};
}

static void read_ref(struct groups *groups, const char *path)
{
	CLEANUP_JSON cJSON *json = read_json(path, REF_CAP);
	const char *id = json_string(json, "GroupRef");

	if (!text_empty(id) && !strchr(id, '/') && *id != '.')
		count_member(groups, id);
}

/* Calls each() with the path of every entry of a folder; a folder that cannot be read has none. */
static void walk(struct groups *groups, const char *path, void (*each)(struct groups *groups, const char *path))
{
	DIR *folder = folder_list(path);
	const struct dirent *entry;

	while (folder && groups->refs < REFS_MAX && (entry = readdir(folder))) {
		if (*entry->d_name == '.')
			continue;
		CLEANUP_FREE char *below = path_join(path, entry->d_name);
		groups->refs++;
		each(groups, below);
	}
	if (folder)
		closedir(folder);
}

static void read_node(struct groups *groups, const char *path)
{
	walk(groups, path, read_ref);
}

static int remove_group(const char *refs, const struct group *group, struct error *err)
{
	CLEANUP_FREE char *folder = path_join(refs, "__group__");
	CLEANUP_FREE char *path = path_join(folder, group->id);
	CLEANUP_JSON cJSON *json = read_json(path, GROUP_CAP);
	const cJSON *members = json_get(json, "Refs");

	if (!cJSON_IsArray(members) || (size_t)cJSON_GetArraySize(members) != group->members)
		return 0;
	return file_remove(path, err);
}

int refs_remove(const char *refs, const char *builder, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *folder = path_join(refs, builder);
	struct groups groups = {.arena = arena};

	if (!file_exists(folder))
		return 0;
	walk(&groups, folder, read_node);
	for (size_t i = 0; i < groups.count; i++)
		if (remove_group(refs, &groups.items[i], err) < 0)
			return -1;
	return folder_remove(folder, err);
}
