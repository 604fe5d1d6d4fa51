/* Finds state files and reads them. */
#include "desired/sources.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/file.h"
#include "base/text.h"
#include "desired/bytes.h"
#include "desired/yaml.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char *const lookup[] = {"states/default.yaml", "reconcile.yaml"};

struct source_reader {
	struct arena *arena, *scratch;
	struct sources *sources;
	struct diagnostics *problems;
};

static void tell(struct source_reader *reading, enum error_kind kind, const char *path, const char *hint,
		 const char *message)
{
	diagnostics_addf(reading->problems, kind, path, 0, 0, hint, "%s", message);
}

static bool is_full(struct source_reader *reading, const char *path)
{
	if (reading->sources->count < SOURCES_MAX)
		return false;
	tell(reading, ERROR_INVALID, path, "put several builders into one file",
	     arena_printf(reading->scratch, "there are more than %d state files", SOURCES_MAX));
	return true;
}

static void file_add(struct source_reader *reading, const char *path)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(YAML_SIZE_MAX);
	struct error err = ERROR_INIT;

	if (is_full(reading, path))
		return;
	if (file_read(path, YAML_SIZE_MAX, &data, &err) < 0) {
		if (err.hint[0] == '\0' && err.kind == ERROR_NOT_FOUND)
			error_hint(&err, "check the path that -f names");
		diagnostics_add(reading->problems, &err);
		return;
	}
	struct desired_text *text = ARENA_PUSH(reading->scratch, reading->sources->items, reading->sources->count);
	text->path = arena_strdup(reading->arena, path);
	text->data = arena_copy(reading->scratch, buffer_text(&data), data.length + 1);
	text->length = data.length;
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

static void folder_add(struct source_reader *reading, const char *path)
{
	__attribute__((cleanup(close_folder))) DIR *folder = opendir(path);
	struct strings names = {0};
	const struct dirent *item;
	struct error err = ERROR_INIT;

	if (!folder) {
		error_set_errno(&err, errno, "cannot read the folder");
		error_at(&err, path, 0, 0);
		diagnostics_add(reading->problems, &err);
		return;
	}
	while ((item = readdir(folder)))
		if (item->d_name[0] != '.' && (text_ends(item->d_name, ".yaml") || text_ends(item->d_name, ".yml")))
			strings_add(reading->scratch, &names, item->d_name);
	if (names.count == 0)
		tell(reading, ERROR_NOT_FOUND, path, "state files in a folder end in .yaml or .yml",
		     "the folder holds no state file");
	strings_sort(&names);
	for (size_t i = 0; i < names.count && i <= SOURCES_MAX; i++) {
		CLEANUP_FREE char *joined = path_join(path, names.items[i]);

		file_add(reading, joined);
	}
}

static void path_add(struct source_reader *reading, const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		folder_add(reading, path);
	else
		file_add(reading, path);
}

static void lookup_add(struct source_reader *reading)
{
	struct stat status;

	for (size_t i = 0; i < COUNT(lookup); i++)
		/* One that is there but cannot be read is an error, not a reason to look further. */
		if (stat(lookup[i], &status) == 0 || errno != ENOENT) {
			file_add(reading, lookup[i]);
			return;
		}
	tell(reading, ERROR_NOT_FOUND, NULL, "name a state file, or a folder of them, with -f",
	     arena_printf(reading->scratch, "there is no state file here: neither %s nor %s", lookup[0], lookup[1]));
}

void sources_read(struct arena *arena, struct arena *scratch, const struct desired_request *request,
		  struct sources *ret_sources, struct diagnostics *problems)
{
	struct source_reader reading = {arena, scratch, ret_sources, problems};

	for (size_t i = 0; i < request->text_count && !is_full(&reading, request->texts[i].path); i++) {
		struct desired_text *text = ARENA_PUSH(scratch, ret_sources->items, ret_sources->count);

		*text = request->texts[i];
		text->path = arena_strdup(arena, text->path);
		if (!text->data)
			*text = (struct desired_text){.path = text->path, .data = ""};
	}
	if (request->text_count > 0)
		return;
	for (size_t i = 0; i < request->file_count; i++)
		path_add(&reading, request->files[i]);
	if (request->file_count == 0)
		lookup_add(&reading);
}

void sources_excerpt(const struct sources *sources, struct diagnostics *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		for (size_t j = 0; j < sources->count && problems->items[i].line > 0; j++)
			if (strcmp(sources->items[j].path, problems->items[i].file) == 0) {
				bytes_excerpt(&sources->items[j], &problems->items[i]);
				break;
			}
}
