/* Knows which folders of the store and of the Docker configuration the steps write to. */
#include "apply/sweep.h"

#include "base/cleanup.h"
#include "base/count.h"
#include "base/file.h"
#include "base/sweep.h"

#include <dirent.h>

enum { CONTEXTS_DEPTH = 4 }; /* contexts/tls/<hash>/docker */

static int sweep_store(const char *store, struct error *err)
{
	static const char *const folders[] = {"", "instances", "activity", "defaults"};

	for (size_t i = 0; i < COUNT(folders); i++) {
		CLEANUP_FREE char *path = path_join(store, folders[i]);

		if (folder_sweep(path, name_is_temp, NULL, err) < 0)
			return -1;
	}
	return 0;
}

/* Another store's run may be writing here: see name_is_dead_temp(). Links are not followed. */
static int sweep_tree(const char *path, int depth, struct error *err)
{
	DIR *folder = depth > 0 ? folder_list(path) : NULL;
	int result = folder ? folder_sweep(path, name_is_dead_temp, NULL, err) : 0;

	for (const struct dirent *entry; folder && result == 0 && (entry = readdir(folder));) {
		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR)
			continue;
		CLEANUP_FREE char *below = path_join(path, entry->d_name);
		result = sweep_tree(below, depth - 1, err);
	}
	if (folder)
		closedir(folder);
	return result;
}

int sweep_unfinished(const char *store, const char *docker_config, struct error *err)
{
	if (sweep_store(store, err) < 0)
		return -1;
	if (!docker_config)
		return 0;
	CLEANUP_FREE char *contexts = path_join(docker_config, "contexts");
	if (folder_sweep(docker_config, name_is_dead_temp, NULL, err) < 0)
		return -1;
	return sweep_tree(contexts, CONTEXTS_DEPTH, err);
}
