/* Shares a node's files out to ConfigMaps, and mounts them. */
#include "codec/manifest_files.h"

#include "base/digest.h"
#include "base/json.h"
#include "codec/buildkitd.h"

#include <string.h>

static const char *folder_of(struct arena *arena, const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? arena_strndup(arena, name, (size_t)(slash - name)) : "";
}

static struct folder *folder_find(struct parts *parts, const char *name)
{
	for (size_t i = 0; i < parts->folder_count; i++)
		if (text_equal(parts->folders[i].name, name))
			return &parts->folders[i];
	return NULL;
}

static struct folder *folder_get(struct parts *parts, const char *name)
{
	struct folder *folder = folder_find(parts, name);

	if (folder)
		return folder;
	folder = ARENA_PUSH(parts->arena, parts->folders, parts->folder_count);
	*folder = (struct folder){.name = name};
	return folder;
}

static bool is_taken(const struct parts *parts, const char *config_map)
{
	for (size_t i = 0; i < parts->folder_count; i++)
		if (text_equal(parts->folders[i].config_map, config_map))
			return true;
	for (size_t i = 0; parts->have && i < parts->have->config_count; i++)
		if (text_equal(parts->have->configs[i].name, config_map))
			return true;
	return false;
}

/* NAME-config for the files of no folder, NAME-config-1, -2, … for those of the others. */
static const char *config_map_name(const struct parts *parts, const struct folder *folder)
{
	const char *name = arena_printf(parts->arena, "%s-config", parts->name), *free = name;

	for (int i = 1; *folder->name != '\0' && (i == 1 || is_taken(parts, free)); i++)
		free = arena_printf(parts->arena, "%s-%d", name, i);
	return free;
}

void parts_begin(struct parts *parts, struct arena *arena, const struct node *node, const struct workload *have)
{
	*parts = (struct parts){.arena = arena, .node = node, .have = have, .name = workload_name(arena, node->name)};
	for (size_t i = 0; have && i < have->config_count; i++) {
		const struct config_map *config = &have->configs[i];

		if (config->files.count == 0)
			continue;
		struct folder *folder = folder_get(parts, folder_of(arena, config->files.items[0].name));
		folder->config_map = config->name;
		folder->uid = config->uid;
		folder->have = true;
	}
	for (size_t i = 0; i < node->files.count; i++)
		folder_get(parts, folder_of(arena, node->files.items[i].name))->wanted = true;
	for (size_t i = 0; i < parts->folder_count; i++)
		if (!parts->folders[i].config_map)
			parts->folders[i].config_map = config_map_name(parts, &parts->folders[i]);
}

static bool is_text(const struct config_file *file)
{
	uint32_t code;

	for (size_t at = 0, length; at < file->length; at += length) {
		length = utf8_decode((const char *)file->data + at, file->length - at, &code);
		if (length == 0 || code == 0)
			return false;
	}
	return true;
}

/* A file that is not wanted any more is taken out of a ConfigMap that stays. */
static void drop_files(const struct parts *parts, const struct folder *folder, cJSON *data)
{
	for (size_t i = 0; parts->have && i < parts->have->config_count; i++) {
		const struct config_map *config = &parts->have->configs[i];

		for (size_t k = 0; text_equal(config->name, folder->config_map) && k < config->files.count; k++) {
			const char *name = config->files.items[k].name, *slash = strrchr(name, '/');

			if (!config_files_get(&parts->node->files, name))
				json_put_string(data, slash ? slash + 1 : name, NULL);
		}
	}
}

void parts_put_files(const struct parts *parts, const struct folder *folder, cJSON *body)
{
	cJSON *data = json_reach(body, "data");

	drop_files(parts, folder, data);
	for (size_t i = 0; i < parts->node->files.count; i++) {
		const struct config_file *file = &parts->node->files.items[i];
		const char *slash = strrchr(file->name, '/'), *key = slash ? slash + 1 : file->name;

		if (!text_equal(folder_of(parts->arena, file->name), folder->name))
			continue;
		if (is_text(file)) {
			json_put_string(data, key, arena_strndup(parts->arena, (const char *)file->data, file->length));
			continue;
		}
		CLEANUP_TEXT struct text encoded = TEXT_INIT;
		base64_encode(&encoded, file->data, file->length);
		json_put_string(json_reach(body, "binaryData"), key, text_string(&encoded));
	}
}

void files_put(const struct body *body)
{
	const struct parts *parts = body->parts;

	for (size_t i = 0; i < parts->folder_count; i++) {
		const struct folder *folder = &parts->folders[i];
		const char *volume = folder->config_map + strlen(parts->name) + 1;
		const char *path = *folder->name != '\0' ? arena_printf(parts->arena, "/etc/buildkit/%s", folder->name)
							 : "/etc/buildkit";

		if (!folder->wanted) {
			element_drop(body->container, "volumeMounts", "mountPath", path);
			element_drop(body->pod, "volumes", "name", volume);
			continue;
		}
		json_add_string(element_add(body->container, "volumeMounts", "mountPath", path), "name", volume);
		json_add_string(json_add_object(element_add(body->pod, "volumes", "name", volume), "configMap"), "name",
				folder->config_map);
	}
}

bool files_same(const struct config_files *want, const struct workload *have)
{
	size_t count = 0;

	for (size_t i = 0; i < have->config_count; i++) {
		const struct config_files *files = &have->configs[i].files;

		count += files->count;
		for (size_t k = 0; k < files->count; k++) {
			const struct config_file *other = config_files_get(want, files->items[k].name);

			if (!other || !config_file_same(&files->items[k], other))
				return false;
		}
	}
	return count == want->count;
}

const char *files_digest(struct arena *arena, const struct config_files *files)
{
	CLEANUP_TEXT struct text all = TEXT_INIT;
	char hex[DIGEST_HEX];

	for (size_t i = 0; i < files->count; i++) {
		digest_hex(files->items[i].data, files->items[i].length, hex);
		text_printf(&all, "%s %s\n", hex, files->items[i].name);
	}
	digest_hex(text_string(&all), all.length, hex);
	return arena_strndup(arena, hex, 16);
}
