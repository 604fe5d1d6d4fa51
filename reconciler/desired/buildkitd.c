/* Makes the files that travel with a builder's nodes. */
#include "desired/buildkitd.h"

#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"
#include "codec/buildkitd.h"
#include "codec/toml.h"

#include <ctype.h>
#include <string.h>

enum { FILE_CAP = 1024 * 1024 }; /* as BuildX's readFile cuts, docker/buildx util/confutil/container.go */

/* What making the files of one builder, or of one node, needs to know. */
struct making {
	struct arena *arena;
	const struct builder *builder;
	const struct node *node; /* NULL: the builder's */
	struct config_files *files;
	struct diagnostics *problems;
	struct source source; /* the line that asked for the configuration */
	const char *folder;   /* of the file that holds relative paths */
	struct reach *reach;
	bool foreign; /* the configuration is from outside the repository: nothing of it is quoted */
};

static void problem(const struct making *making, const char *hint, const char *message)
{
	diagnostics_addf(making->problems, ERROR_INVALID, making->source.file, making->source.line,
			 making->source.column, hint, "%s", message);
}

static const char *path_folder(struct arena *arena, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	if (!slash)
		return ".";
	return slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}

static const char *path_from(const struct making *making, const char *path)
{
	if (*path == '/' || strcmp(making->folder, ".") == 0)
		return path;
	return arena_printf(making->arena, "%s/%s", making->folder, path);
}

/* -1 when the name is taken by other bytes: BuildX would silently keep the last. */
static int file_add(const struct making *making, const char *name, const char *data, size_t length, bool secret,
		    bool foreign)
{
	const struct config_file *taken = config_files_get(making->files, name);
	struct config_file *file;

	if (taken)
		return taken->length == length && memcmp(taken->data, data, length) == 0 ? 0 : -1;
	file = ARENA_PUSH(making->arena, making->files->items, making->files->count);
	file->name = name;
	file->data = arena_copy(making->arena, data, length + 1);
	file->length = length;
	file->secret = secret;
	file->foreign = foreign;
	return 0;
}

/* docker/buildx util/confutil/container.go: reInvalidCertsDir, runs of other characters become one "_". */
static const char *registry_folder(struct arena *arena, const char *registry)
{
	char *folder = arena_alloc(arena, strlen(registry) + 1);
	size_t length = 0;

	for (; *registry; registry++)
		if (isalnum((unsigned char)*registry) || *registry == '.' || *registry == '-')
			folder[length++] = *registry;
		else if (length == 0 || folder[length - 1] != '_')
			folder[length++] = '_';
	return folder;
}

/* A node that says nothing of its own has the builder's. */
static bool own_config(const struct making *making)
{
	return making->node && node_has_own_config(making->node);
}

static const char *config_path(const struct making *making)
{
	return own_config(making) ? making->node->buildkitd_config : making->builder->buildkitd_config;
}

static const cJSON *config_tree(const struct making *making)
{
	return own_config(making) ? making->node->buildkitd : making->builder->buildkitd;
}

static struct source config_source(const struct making *making, const char *key)
{
	return own_config(making) ? places_find(&making->node->places, key, making->node->source)
				  : places_find(&making->builder->places, key, making->builder->source);
}

/* What a configuration from outside the repository says is nobody's to read here. */
static void problem_of_config(const struct making *making, const struct error *err, const char *message)
{
	if (!making->foreign)
		problem(making, err->hint[0] ? err->hint : NULL, message);
	else
		problem(making, "it is not in the repository, so nothing of it is shown: see for yourself what it says",
			arena_printf(making->arena, "%s cannot be used", config_path(making)));
}

/* Reads the file that `item` names into the node's files and points the item at its place in the container. */
static void certificate_take(const struct making *making, const char *registry, const char *what, cJSON *item)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(FILE_CAP);
	struct error err = ERROR_INIT;
	const char *path, *slash, *name;
	bool foreign;

	if (!cJSON_IsString(item) || !*item->valuestring)
		return;
	path = path_from(making, item->valuestring);
	if (reach_read(making->reach, making->source.file, path, FILE_CAP, &data, &foreign, &err) < 0) {
		error_wrap(&err, "the %s of registry %s", what, registry);
		problem_of_config(making, &err, err.message);
		return;
	}
	slash = strrchr(path, '/');
	name = arena_printf(making->arena, "certs/%s/%s", registry_folder(making->arena, registry),
			    slash ? slash + 1 : path);
	if (file_add(making, name, buffer_text(&data), data.length, strcmp(what, "key") == 0,
		     foreign || making->foreign) < 0)
		problem_of_config(making,
				  &(struct error){.hint = "rename one of them: in the container both would be the same "
							  "file"},
				  arena_printf(making->arena, "registry %s names two different files called %s",
					       registry, slash ? slash + 1 : path));
	cJSON_SetValuestring(item, arena_printf(making->arena, "/etc/buildkit/%s", name));
}

static void certificates_take(const struct making *making, cJSON *tree)
{
	cJSON *registry, *item;

	cJSON_ArrayForEach(registry, cJSON_GetObjectItemCaseSensitive(tree, "registry")) {
		cJSON *authorities = cJSON_GetObjectItemCaseSensitive(registry, "ca");

		if (cJSON_IsString(authorities))
			certificate_take(making, registry->string, "ca", authorities);
		cJSON_ArrayForEach(item, authorities)
			certificate_take(making, registry->string, "ca", item);
		cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(registry, "keypair")) {
			certificate_take(making, registry->string, "key",
					 cJSON_GetObjectItemCaseSensitive(item, "key"));
			certificate_take(making, registry->string, "cert",
					 cJSON_GetObjectItemCaseSensitive(item, "cert"));
		}
	}
}

static cJSON *config_read(struct making *making)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(FILE_CAP);
	const char *path = config_path(making);
	struct error err = ERROR_INIT;
	cJSON *tree = NULL;

	making->source = config_source(making, "buildkitd-config");
	making->folder = path_folder(making->arena, path);
	if (reach_read(making->reach, making->source.file, path, FILE_CAP, &data, &making->foreign, &err) < 0) {
		problem(making, err.hint[0] ? err.hint : NULL, err.message);
		return NULL;
	}
	if (buildkitd_parse(buffer_text(&data), data.length, &tree, &err) < 0) {
		problem_of_config(making, &err,
				  arena_printf(making->arena, "%s:%d:%d: %s", path, err.line, err.column, err.message));
		return NULL;
	}
	struct diagnostics found = {0};
	buildkitd_check_file(tree, making->source, making->foreign ? &found : making->problems);
	if (found.count > 0)
		problem_of_config(making, &found.items[0], found.items[0].message);
	diagnostics_done(&found);
	return tree;
}

static cJSON *tree_read(struct making *making)
{
	const struct places *places = own_config(making) ? &making->node->places : &making->builder->places;

	making->source = config_source(making, "buildkitd");
	making->folder = path_folder(making->arena, making->source.file);
	return buildkitd_translate(config_tree(making), places, making->source, making->problems);
}

static void cache_add(struct making *making, cJSON *tree)
{
	const struct builder *builder = making->builder;
	const struct node *node = making->node;
	const char *key = NULL;

	if (cache_into_tree(&builder->cache, tree, &key) == 0) {
		if (image_is_before_spaces(pairs_get(node ? &node->driver_opts : &builder->driver_opts, "image")))
			cache_use_old_names(tree);
		return;
	}
	const char *keeper = config_path(making) ? "buildkitd-config" : "buildkitd";
	const char *whose = own_config(making) ? arena_printf(making->arena, "node %s's", node->name) : "its";
	making->source = own_config(making) ? config_source(making, keeper)
					    : places_find(&builder->places, "cache", builder->cache.source);
	problem(making, "keep one of the two",
		arena_printf(making->arena, "builder %s has a cache policy twice: `cache`, and worker.oci.%s of %s %s",
			     builder->name, key, whose, keeper));
}

void buildkitd_files(struct arena *arena, const struct builder *builder, const struct node *node, struct reach *reach,
		     struct config_files *ret_files, struct diagnostics *problems)
{
	struct config_files files = {0};
	struct making making = {.arena = arena,
				.builder = builder,
				.node = node,
				.files = &files,
				.problems = problems,
				.reach = reach};
	CLEANUP_TEXT struct text text = TEXT_INIT;
	bool cache = cache_has_settings(&builder->cache);
	CLEANUP_JSON cJSON *tree = NULL;

	*ret_files = files;
	if (!config_tree(&making) && !config_path(&making) && !cache)
		return;
	if (config_path(&making))
		tree = config_read(&making);
	else
		tree = config_tree(&making) ? tree_read(&making) : cJSON_CreateObject();
	if (!tree)
		return;
	certificates_take(&making, tree);
	if (cache)
		cache_add(&making, tree);
	toml_print(tree, &text);
	file_add(&making, "buildkitd.toml", text_string(&text), text.length, false, making.foreign);
	config_files_sort(&files);
	*ret_files = files;
}
