/* BuildX's own lock, and who holds it when we cannot have it. */
#include "live/store/lock.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/* The owner by one line of /proc/locks, "1: FLOCK  ADVISORY  WRITE 712 00:2f:1234 0 EOF"; 0 when it is of another file.
 */
static long line_owner(const char *line, uintmax_t inode)
{
	static const char held[] = "FLOCK  ADVISORY  WRITE ";
	const char *at = strstr(line, held);
	char *end = NULL;

	if (!at || strstr(line, "->")) /* "->": one that waits */
		return 0;
	long pid = strtol(at + sizeof(held) - 1, &end, 10);
	for (int colons = 0; colons < 2; colons++) {
		end = strchr(end, ':');
		if (!end++)
			return 0;
	}
	return strtoumax(end, NULL, 10) == inode && pid > 0 ? pid : 0;
}

/* The process that holds an flock(2) on this file, as Linux tells; 0 when it cannot be told. */
static long lock_owner(const char *path)
{
	FILE *locks = fopen("/proc/locks", "re");
	struct stat info;
	char line[256];
	long owner = 0;

	if (!locks)
		return 0;
	if (stat(path, &info) == 0)
		while (owner == 0 && fgets(line, sizeof(line), locks))
			owner = line_owner(line, (uintmax_t)info.st_ino);
	fclose(locks);
	return owner;
}

static int locked_by(const char *store, const char *path, int timeout_ms, struct error *err)
{
	CLEANUP_BUFFER struct buffer name = BUFFER_INIT(256);
	long owner = lock_owner(path);
	char comm[64];

	snprintf(comm, sizeof(comm), "/proc/%ld/comm", owner);
	if (owner > 0 && file_read(comm, 64, &name, NULL) == 0 && name.length > 0)
		name.data[strcspn(name.data, "\n")] = '\0';
	if (owner == 0)
		error_set(err, ERROR_LOCKED, "BuildX's lock of %s is held by another process for more than %d ms",
			  store, timeout_ms);
	else
		error_set(err, ERROR_LOCKED, "BuildX's lock of %s is held by %s (process %ld) for more than %d ms",
			  store, name.length > 0 ? buffer_text(&name) : "a process", owner, timeout_ms);
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
