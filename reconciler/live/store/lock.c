/* BuildX's own lock, and who holds it when we cannot have it. */
#include "live/store/lock.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

static int locked_by(const char *store, const char *path, int timeout_ms, struct error *err)
{
	long owner = process_locking(path);
	char name[64];
	bool named = owner > 0 && process_name(owner, name, sizeof(name));

	if (owner == 0)
		error_set(err, ERROR_LOCKED, "BuildX's lock of %s is held by another process for more than %d ms",
			  store, timeout_ms);
	else
		error_set(err, ERROR_LOCKED, "BuildX's lock of %s is held by %s (process %ld) for more than %d ms",
			  store, named ? name : "a process", owner, timeout_ms);
	return error_hint(err, "wait for it: `docker buildx ls` holds the lock while it dials every node");
}

int store_lock(const char *store, int timeout_ms, const struct interrupt *interrupt, int *ret_fd, struct error *err)
{
	CLEANUP_FREE char *path = path_join(store, ".lock");
	struct error cause = ERROR_INIT;

	if (file_lock(path, timeout_ms, interrupt, ret_fd, &cause) == 0)
		return 0;
	if (cause.kind == ERROR_LOCKED)
		return locked_by(store, path, timeout_ms, err);
	error_copy(err, &cause);
	return err && (err->hint[0] || err->kind == ERROR_INTERRUPTED) ? -1 : error_hint(err, STORE_LOCK_HINT);
}

/* Whether files can be locked at all where the store is; as BuildX would find out when it first makes its lock. */
static int check_locking(const char *store, struct error *err)
{
	CLEANUP_CLOSE int fd = careful_open(store, O_RDONLY | O_DIRECTORY);

	if (fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0 || errno == EWOULDBLOCK || errno == EINTR)
		return 0;
	error_set_errno(err, errno, "cannot lock files in %s", store);
	return error_hint(err, STORE_LOCK_HINT);
}

int store_try_lock(const char *store, int timeout_ms, const struct interrupt *interrupt, int *ret_fd, struct error *err)
{
	CLEANUP_FREE char *path = path_join(store, ".lock");

	CLEANUP_CLOSE int there = careful_open(path, FILE_READ_FLAGS);
	*ret_fd = -1;
	if (there < 0 && errno == ENOENT)
		return check_locking(store, err);
	return store_lock(store, timeout_ms, interrupt, ret_fd, err);
}
