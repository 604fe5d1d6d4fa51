/* Looks for what there is to begin with. */
#include "cli/start.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "desired/desired.h"
#include "live/store/locate.h"

#include <dirent.h>
#include <string.h>

enum { NAMES_SHOWN = 3, WAYS = 4 };

/* What is to be done, when. */
struct ways {
	struct {
		const char *when, *command;
	} items[WAYS];
	size_t count;
};

bool start_lacks_state(const struct session *session)
{
	return session->options->files.count == 0 && session->default_files.count == 0 && !desired_is_here();
}

static bool is_instance(const char *name)
{
	return *name != '.';
}

/* The names in the folder that fit; none when it cannot be read. */
static void list(struct arena *arena, const char *folder, bool (*fits)(const char *name), struct strings *ret_names)
{
	DIR *open_folder = folder_list(folder);
	const struct dirent *item;

	*ret_names = (struct strings){0};
	while (open_folder && (item = readdir(open_folder)))
		if (fits(item->d_name))
			strings_add(arena, ret_names, item->d_name);
	if (open_folder)
		closedir(open_folder);
	strings_sort(ret_names);
}

static void add(struct ways *ways, const char *when, const char *command)
{
	ways->items[ways->count].when = when;
	ways->items[ways->count++].command = command;
}

static void add_states(const struct session *session, struct ways *ways)
{
	struct strings names, shown = {0};

	list(session->arena, "states", source_name_fits, &names);
	if (names.count == 0)
		return;
	for (size_t i = 0; i < names.count && i < NAMES_SHOWN; i++)
		strings_add(session->arena, &shown, names.items[i]);
	const char *more = names.count > NAMES_SHOWN
				   ? arena_printf(session->arena, " and %zu more", names.count - NAMES_SHOWN)
				   : "";
	add(ways, arena_printf(session->arena, "states/ holds %s%s:", strings_join(session->arena, &shown, ", "), more),
	    arena_printf(session->arena, "reconcile --%s -f states", mode_get(session->options->mode)->name));
}

void start_say(struct session *session)
{
	const char *store = NULL, *docker_config = NULL;
	struct strings names = {0};
	struct ways ways = {0};
	int widest = 0;

	add_states(session, &ways);
	if (store_locate(session->arena, session->environ, &store, &docker_config, NULL) == 0) {
		CLEANUP_FREE char *folder = path_join(store, "instances");

		list(session->arena, folder, is_instance, &names);
	}
	if (names.count > 0)
		add(&ways,
		    arena_printf(session->arena, "%zu builder%s here:", names.count,
				 names.count == 1 ? " lives" : "s live"),
		    "reconcile --import -o reconcile.yaml");
	add(&ways, "something is broken:", "reconcile --doctor");
	add(&ways, "begin with one:", "echo '{version: 1, builders: {ci: {}}}' >reconcile.yaml");
	for (size_t i = 0; i < ways.count; i++)
		if (widest < (int)strlen(ways.items[i].when))
			widest = (int)strlen(ways.items[i].when);
	for (size_t i = 0; i < ways.count; i++)
		session_say(session, "  %-*s  %s", widest, ways.items[i].when, ways.items[i].command);
}
