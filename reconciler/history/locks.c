/* Clears what a killed run left half-written in the history: lock files, objects, our own files. */
#include "history/locks.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/count.h"
#include "base/file.h"
#include "base/sweep.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "history/git.h"

#include <dirent.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

/* git itself holds them for milliseconds. The lock of the history keeps other runs of ours away. */
enum { PATIENCE_MS = 1000, POLL_MS = 20 };

static int clear(const char *path, struct error *err)
{
	int64_t deadline = clock_ms() + PATIENCE_MS;
	struct stat info;

	while (lstat(path, &info) == 0) {
		if (clock_ms() >= deadline)
			return file_remove(path, err);
		poll(NULL, 0, POLL_MS);
	}
	return 0;
}

static int clear_below(const char *path, struct error *err)
{
	DIR *folder = xopendir(path);
	const struct dirent *entry;
	int result = 0;

	while (folder && result == 0 && (entry = readdir(folder))) {
		CLEANUP_FREE char *lock = path_join(path, entry->d_name);

		if (text_ends(entry->d_name, ".lock"))
			result = clear(lock, err);
	}
	if (folder)
		closedir(folder);
	return result;
}

/* libgit2's objects before they have their name (libgit2 src/libgit2/odb_loose.c, "tmp_object" made unique in
 * src/util/futils.c), and key_create()'s key. git's own tmp_obj_… are left to git. */
static bool is_unfinished(void *context, const char *name)
{
	static const char key[] = "reconcile.key.";

	if (text_starts(name, key))
		return strspn(name + strlen(key), "0123456789") == strlen(name + strlen(key));
	return text_starts(name, "tmp_object_git2_") || name_is_temp(context, name);
}

static int clear_unfinished(const struct history *history, struct error *err)
{
	CLEANUP_FREE char *objects = path_join(history->path, "objects");

	if (folder_sweep(history->path, is_unfinished, NULL, err) < 0)
		return -1;
	return folder_sweep(objects, is_unfinished, NULL, err);
}

int locks_clear(struct history *history, struct error *err)
{
	static const char *const folders[] = {"", "refs/heads", "refs/reconcile/pending", "refs/reconcile/private"};

	for (size_t i = 0; i < COUNT(folders); i++) {
		CLEANUP_FREE char *path = path_join(history->path, folders[i]);

		if (clear_below(path, err) < 0)
			return -1;
	}
	return clear_unfinished(history, err);
}
