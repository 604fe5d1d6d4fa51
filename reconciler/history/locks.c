/* Clears the lock files that git keeps beside a ref while it is written, when a killed run has left them behind. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "history/git.h"

#include <dirent.h>
#include <poll.h>
#include <sys/stat.h>

/* git itself holds them for milliseconds. The run lock keeps other runs of ours away. */
enum { PATIENCE_MS = 1000, POLL_MS = 20 };

static int clear(const char *path, struct error *err)
{
	int64_t deadline = clock_ms() + PATIENCE_MS;
	struct stat info;

	while (lstat(path, &info) == 0) {
		if (clock_ms() >= deadline)
			return file_remove(path, err);
		(void)poll(NULL, 0, POLL_MS);
	}
	return 0;
}

static int clear_below(const char *path, struct error *err)
{
	DIR *folder = opendir(path);
	const struct dirent *entry;
	int result = 0;

	while (folder != NULL && result == 0 && (entry = readdir(folder)) != NULL) {
		CLEANUP_FREE char *lock = path_join(path, entry->d_name);

		if (text_ends(entry->d_name, ".lock"))
			result = clear(lock, err);
	}
	if (folder != NULL)
		(void)closedir(folder);
	return result;
}

int locks_clear(struct history *history, struct error *err)
{
	static const char *const folders[] = {"", "refs/heads", "refs/reconcile/pending", "refs/reconcile/private"};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		CLEANUP_FREE char *path = path_join(history->path, folders[i]);

		if (clear_below(path, err) < 0)
			return -1;
	}
	return 0;
}
