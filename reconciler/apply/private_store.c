/* Makes and removes private stores. */
#include "apply/private_store.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "live/store/locate.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool store_is_others(const char *store)
{
	struct stat info;

	return geteuid() == 0 && stat(store, &info) == 0 && info.st_uid != 0;
}

/* For root not in a user's store, where that user may put links meanwhile. */
static const char *run_folder(struct arena *arena, const char *store)
{
	char id[13];

	if (!store_is_others(store))
		return arena_printf(arena, "%s/.reconcile-run", store);
	store_id(store, id);
	return arena_printf(arena, "/run/reconcile/%s", id);
}

int private_store_make(struct execution *run, const struct step *step, struct private_store *ret_private,
		       struct error *err)
{
	if (text_empty(step->name) || strchr(step->name, '/') || *step->name == '-' || *step->name == '.' ||
	    !step->data)
		return error_set(err, ERROR_CORRUPT, "the plan's step %s names no builder", step_kind_name(step->kind));
	/* One change of a builder is under way at a time, and one step of it. */
	const char *folder = arena_printf(run->arena, "%s/%s", run_folder(run->arena, run->live->store), step->name);
	const char *store = arena_printf(run->arena, "%s/store", folder);
	const char *instances = arena_printf(run->arena, "%s/instances", store);
	CLEANUP_FREE char *path = path_join(instances, step->name);

	if (folder_remove(folder, err) < 0 || folder_create(instances, 0700, err) < 0 ||
	    file_write_atomic(path, step->data, step->length, 0600, err) < 0)
		return -1;
	*ret_private = (struct private_store){.folder = folder, .store = store};
	return 0;
}

void private_store_remove(struct execution *run, const struct private_store *private_store)
{
	struct error err = ERROR_INIT;

	if (folder_remove(private_store->folder, &err) < 0)
		run->say(run->context, err.message);
	/* Fails while another builder's is in it, which is as good. */
	rmdir(run_folder(run->arena, run->live->store));
}

int private_stores_clear(const char *store, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *users = path_join(store, ".reconcile-run");
	struct stat info;

	if (lstat(users, &info) == 0 && !S_ISDIR(info.st_mode)) {
		error_set(err, ERROR_REFUSED, "%s is not a folder of ours but %s", users, file_type_name(info.st_mode));
		return error_hint(err, "look at what it is, then remove it: rm -r %s", users);
	}
	return folder_remove(run_folder(arena, store), err) < 0 ? -1 : folder_remove(users, err);
}
