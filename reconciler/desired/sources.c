/* Finds state files and reads them. */
#include "desired/sources.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "desired/bytes.h"
#include "desired/yaml.h"
#include "model/redact.h"

#include <stdio.h>
#include <string.h>

const char *const source_lookup[2] = {"states/default.yaml", "reconcile.yaml"};

bool source_name_fits(const char *name)
{
	return *name != '.' && (text_ends(name, ".yaml") || text_ends(name, ".yml"));
}

struct source_reader {
	struct arena *arena, *scratch;
	struct reach *reach;
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
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(LIMIT_YAML);
	struct error err = ERROR_INIT;
	bool foreign;

	if (is_full(reading, path))
		return;
	if (reach_read(reading->reach, path, path, LIMIT_YAML, &data, &foreign, &err) < 0) {
		if (err.hint[0] == '\0' && err.kind == ERROR_NOT_FOUND)
			error_hint(&err, "check the path that -f names");
		diagnostics_add(reading->problems, &err);
		return;
	}
	struct desired_text *text = ARENA_PUSH(reading->scratch, reading->sources->items, reading->sources->count);
	text->path = arena_strdup(reading->arena, path);
	text->data = arena_copy(reading->scratch, buffer_text(&data), data.length + 1);
	text->length = data.length;
	text->foreign = foreign;
}

static void folder_add(struct source_reader *reading, const char *path)
{
	struct strings names = {0}, found = {0};
	struct error err = ERROR_INIT;

	if (reach_list(reading->reach, path, &found, &err) < 0) {
		error_at(&err, path, 0, 0);
		diagnostics_add(reading->problems, &err);
		return;
	}
	for (size_t i = 0; i < found.count; i++)
		if (source_name_fits(found.items[i]))
			strings_add(reading->scratch, &names, found.items[i]);
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
	if (reach_kind(reading->reach, path) == REACH_FOLDER)
		folder_add(reading, path);
	else
		file_add(reading, path);
}

bool desired_is_here(void)
{
	const struct reach here = {0};

	for (size_t i = 0; i < COUNT(source_lookup); i++)
		if (reach_kind(&here, source_lookup[i]) != REACH_NOTHING)
			return true;
	return false;
}

static void lookup_add(struct source_reader *reading)
{
	for (size_t i = 0; i < COUNT(source_lookup); i++)
		if (reach_kind(reading->reach, source_lookup[i]) != REACH_NOTHING) {
			file_add(reading, source_lookup[i]);
			return;
		}
	tell(reading, ERROR_NOT_FOUND, NULL, "name a state file, or a folder of them, with -f",
	     arena_printf(reading->scratch, "there is no state file here: neither %s nor %s", source_lookup[0],
			  source_lookup[1]));
}

void sources_read(struct arena *arena, struct arena *scratch, const struct desired_request *request,
		  struct reach *reach, struct sources *ret_sources, struct diagnostics *problems)
{
	struct source_reader reading = {arena, scratch, reach, ret_sources, problems};

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

static const struct desired_text *text_of(const struct sources *sources, const struct error *problem)
{
	for (size_t i = 0; i < sources->count; i++)
		if (strcmp(sources->items[i].path, problem->file) == 0)
			return &sources->items[i];
	return NULL;
}

static void say_foreign(const struct desired_text *text, struct error *problem)
{
	error_set(problem, ERROR_INVALID, "this is no state file that can be used");
	error_hint(problem,
		   "it is not in the repository, so nothing of it is shown: run `reconcile --validate` where it is");
	error_at(problem, text->path, 0, 0);
}

/* What somebody wrote into the message or the line may be a password. */
static void hide_secrets(struct error *problem)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct {
		char *text;
		size_t size;
	} texts[] = {{problem->message, sizeof(problem->message)},
		     {problem->hint, sizeof(problem->hint)},
		     {problem->excerpt, sizeof(problem->excerpt)}};

	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *shown = text_without_password(arena, texts[i].text);

		if (shown != texts[i].text)
			snprintf(texts[i].text, texts[i].size, "%s", shown);
	}
}

void sources_excerpt(const struct sources *sources, struct diagnostics *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		struct error *problem = &problems->items[i];
		const struct desired_text *text = text_of(sources, problem);

		if (text && text->foreign)
			say_foreign(text, problem);
		else if (text && problem->line > 0)
			bytes_excerpt(text, problem);
		hide_secrets(problem);
	}
}

void sources_drop_foreign(const struct sources *sources, struct diagnostics *warnings)
{
	size_t kept = 0;

	for (size_t i = 0; i < warnings->count; i++) {
		const struct desired_text *text = text_of(sources, &warnings->items[i]);

		if (!text || !text->foreign)
			warnings->items[kept++] = warnings->items[i];
	}
	warnings->count = kept;
}
