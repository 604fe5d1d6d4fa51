/* What a value or an operand may be: a table by the word that help shows for it. */
#include "cli/complete_value.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/count.h"
#include "base/file.h"
#include "base/limits.h"
#include "cli/completion.h"
#include "cli/schema.h"
#include "desired/desired.h"
#include "history/log.h"
#include "history/repository.h"
#include "history/revision.h"
#include "live/store/locate.h"
#include "model/normal.h"

#include <string.h>

enum { RECORDS_SHOWN = 200, SHORT_ID = 7 };

/* No builder, no variable and no revision twice. */
static bool is_typed(const struct asking *asking, const char *word)
{
	const struct options *options = &asking->typed->options;

	return strings_contain(&options->operands, word) || strings_contain(&options->only, word) ||
	       strings_contain(&options->adopt, word) || strings_contain(&options->variables, word);
}

static void add(const struct asking *asking, const char *word, const char *about)
{
	if (!is_typed(asking, word))
		candidates_add(asking->found, word, about);
}

static bool locate(const struct asking *asking, const char **ret_store)
{
	const char *docker_config;

	return store_locate(asking->found->arena, asking->session->environ, ret_store, &docker_config, NULL) == 0;
}

static bool is_name(struct arena *arena, const char *name)
{
	return !name_problem(name) && text_equal(name_lower(arena, name), name);
}

/* Names only: a thousand files are not read between two keys. */
static void list_builders(const struct asking *asking, struct strings *ret_names)
{
	struct arena *arena = asking->found->arena;
	const char *store;
	const struct dirent *entry;

	*ret_names = (struct strings){0};
	if (!locate(asking, &store))
		return;
	CLEANUP_FREE char *folder = path_join(store, "instances");
	DIR *open_folder = folder_list(folder);
	while (open_folder && ret_names->count < LIMIT_STORE_ENTRIES && (entry = readdir(open_folder)))
		if (is_name(arena, entry->d_name))
			strings_add(arena, ret_names, entry->d_name);
	if (open_folder)
		closedir(open_folder);
	strings_sort(ret_names);
}

static void add_builders(const struct asking *asking)
{
	struct strings names;

	list_builders(asking, &names);
	for (size_t i = 0; i < names.count; i++)
		add(asking, names.items[i], "");
}

/* Those of the state files that the line names, and those that live here. */
static void add_all_builders(const struct asking *asking)
{
	const struct options *options = &asking->typed->options;
	struct diagnostics problems = {0};
	struct strings living, all;
	struct state *state = NULL;
	struct desired_request request = {
		.files = options->files.items,
		.file_count = options->files.count,
		.environ = asking->session->environ,
		.allowed_paths = options->allowed_paths.items,
		.allowed_path_count = options->allowed_paths.count,
		.allowed_variables = options->variables.items,
		.allowed_variable_count = options->variables.count,
		.untrusted = options->untrusted,
		.secrets_may_lack = true,
	};

	list_builders(asking, &living);
	all = living;
	if (desired_load(&request, &state, &problems) == 0)
		for (size_t i = 0; i < state->builder_count; i++)
			if (!strings_contain(&living, state->builders[i].name))
				strings_add(asking->found->arena, &all, state->builders[i].name);
	strings_sort(&all);
	for (size_t i = 0; i < all.count; i++)
		add(asking, all.items[i],
		    state && state_builder(state, all.items[i]) ? "in the state file" : "lives here");
	diagnostics_done(&problems);
	state_free(state);
}

static void add_variables(const struct asking *asking)
{
	struct arena *arena = asking->found->arena;

	for (const char *const *at = asking->session->environ; at && *at; at++)
		add(asking, arena_strndup(arena, *at, strcspn(*at, "=")), "");
}

/* This store's, the newest first. */
static void add_records(const struct asking *asking)
{
	struct arena *arena = asking->found->arena;
	const char *store, *path = asking->typed->options.history_dir;
	char id[13];
	struct history *history = NULL;
	struct records records = {0};

	if (!locate(asking, &store))
		return;
	store_id(store, id);
	if (!path)
		path = history_path(arena, asking->session->environ, id);
	if (!path || history_open_of(store, path, false, &history, NULL) < 0)
		return;
	if (history && history_list(history, arena, RECORDS_SHOWN, &records, NULL) == 0)
		for (size_t i = 0; i < records.count; i++) {
			const struct record *record = &records.items[i];
			char when[32];

			clock_rfc3339(record->when, when);
			add(asking, arena_strndup(arena, record->id, SHORT_ID),
			    arena_printf(arena, "%s  %s", when, record->subject));
		}
	history_close(history);
}

/* Of the repository of the state files, where they are looked for; the second of A..B, too. */
static void add_revisions(const struct asking *asking)
{
	struct candidates *found = asking->found;
	const struct strings *files = &asking->typed->options.files;
	const char *dots = strstr(found->prefix, "..");
	struct strings names;

	if (dots) {
		dots += strspn(dots, ".");
		found->before =
			arena_printf(found->arena, "%s%.*s", found->before, (int)(dots - found->prefix), found->prefix);
		found->prefix = dots;
	}
	revision_names(found->arena, files->count > 0 ? files->items[0] : ".", &names);
	for (size_t i = 0; i < names.count; i++)
		candidates_add(found, names.items[i], "");
}

static void add_pages(const struct asking *asking)
{
	for (size_t i = 0; schema_page(i); i++)
		add(asking, schema_page(i), "");
}

static void add_mode_names(const struct asking *asking)
{
	for (size_t i = 0; i < MODE_COUNT; i++)
		add(asking, mode_get((enum mode_id)i)->name, mode_get((enum mode_id)i)->does);
}

static void add_shells(const struct asking *asking)
{
	for (size_t i = 0; asking->typed->options.operands.count == 0 && completion_shell(i); i++)
		add(asking, completion_shell(i), "");
}

static const struct kind {
	const char *value, *of; /* of NULL: of any that has no row of its own above */
	void (*add)(const struct asking *asking);
	enum entries entries;
	const char *suffixes;
} kinds[] = {
	/* clang-format off */
	{"FILE",     "file",        NULL,             ENTRIES_FILES,   "yaml yml"},
	{"FILE",     "from-action", NULL,             ENTRIES_FILES,   "yaml yml"},
	{"FILE",     "report",      NULL,             ENTRIES_FILES,   "html md"},
	{"FILE",     NULL,          NULL,             ENTRIES_FILES,   ""},
	{"SNAPSHOT", NULL,          NULL,             ENTRIES_FILES,   "json"},
	{"PLAN",     NULL,          NULL,             ENTRIES_FILES,   "json"},
	{"DIR",      NULL,          NULL,             ENTRIES_FOLDERS, ""},
	{"REMOTE",   NULL,          NULL,             ENTRIES_FOLDERS, ""},
	{"NAME",     "env",         add_variables,    ENTRIES_NONE,    ""},
	{"NAME",     "import",      add_builders,     ENTRIES_NONE,    ""},
	{"NAME",     "adopt",       add_builders,     ENTRIES_NONE,    ""},
	{"NAME",     NULL,          add_all_builders, ENTRIES_NONE,    ""},
	{"REV",      "against",     add_revisions,    ENTRIES_NONE,    ""},
	{"REV",      NULL,          add_records,      ENTRIES_NONE,    ""},
	{"MODE",     NULL,          add_mode_names,   ENTRIES_NONE,    ""},
	{"WHAT",     "schema",      add_pages,        ENTRIES_NONE,    ""},
	{"SHELL",    NULL,          add_shells,       ENTRIES_NONE,    ""},
	/* Nobody can know. */
	{"N",        NULL,          NULL,             ENTRIES_NONE,    ""},
	{"SECONDS",  NULL,          NULL,             ENTRIES_NONE,    ""},
	{"DURATION", NULL,          NULL,             ENTRIES_NONE,    ""},
	/* clang-format on */
};

bool complete_value(const struct asking *asking, const char *value, const char *of)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (!text_equal(kinds[i].value, value) || (kinds[i].of && !text_equal(kinds[i].of, of)))
			continue;
		if (kinds[i].add)
			kinds[i].add(asking);
		if (kinds[i].entries) {
			asking->found->entries = kinds[i].entries;
			asking->found->suffixes = kinds[i].suffixes;
		}
		return true;
	}
	return false;
}
