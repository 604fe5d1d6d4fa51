/* Locks the history for a moment, as its owner. */
#include "history/writing.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "history/stores.h"

enum { PATIENCE_MS = 10000 }; /* a write takes milliseconds */

static int lock(struct history *history, struct writing *writing, struct error *err)
{
	CLEANUP_FREE char *path = path_join(history->path, "reconcile.writer");
	struct error failure = ERROR_INIT;
	int fd;

	if (file_lock(path, PATIENCE_MS, NULL, &fd, &failure) == 0) {
		writing->lock_fd = fd;
		return 0;
	}
	error_copy(err, &failure);
	if (failure.kind == ERROR_LOCKED) {
		error_set(err, ERROR_LOCKED, "another run has been writing to the history %s for %d s", history->path,
			  PATIENCE_MS / 1000);
		return error_hint(err, "let it end; `fuser %s` names it", path);
	}
	return error_hint(err, "name another folder with --history-dir DIR or RECONCILE_HISTORY");
}

int writing_begin(struct history *history, struct writing *writing, struct error *err)
{
	if (acting_begin(history->user, history->group, &writing->acting, err) < 0 || lock(history, writing, err) < 0)
		return -1;
	return stores_note(history, err);
}

void writing_end(struct writing *writing)
{
	if (writing->lock_fd > 0)
		file_unlock(&writing->lock_fd);
	acting_end(&writing->acting);
}
