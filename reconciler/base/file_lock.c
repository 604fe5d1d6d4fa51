/* Locks on files, waited for and given back. */
#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/place.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

enum { LOCK_SLEEP_MAX_MS = 50 };

/* For root, only what can be a lock of the folder's owner: a regular file under this one name. An empty one is given to
 * them, though `sudo docker buildx` made it: while it is root's, every BuildX command of theirs fails. */
static int lock_check(const struct place *place, int fd, const char *path, struct error *err)
{
	struct stat info;

	if (geteuid() != 0)
		return 0;
	if (fstat(fd, &info) < 0)
		return error_set_errno(err, errno, "cannot use the lock %s", path);
	if (!S_ISREG(info.st_mode) || info.st_nlink > 1) {
		error_set(err, ERROR_REFUSED, "the lock %s is %s", path,
			  S_ISREG(info.st_mode) ? "a hard link to another file" : "not a regular file");
		return error_hint(err, "look at what it is, then remove it");
	}
	if (info.st_size == 0 && give_to_owner(place, fd) < 0)
		return error_set_errno(err, errno, "cannot give %s to the owner of its folder", path);
	return 0;
}

static int lock_open(const char *path, struct error *err)
{
	CLEANUP_PLACE struct place place = {.fd = -1};
	int flags = O_RDWR | O_CREAT | O_NOCTTY | O_NONBLOCK | O_CLOEXEC | (geteuid() == 0 ? O_NOFOLLOW : 0);
	int fd;

	if (place_open(path, &place, "open the lock", err) < 0)
		return -1;
	do
		fd = openat(place.fd, place.name, flags, 0600);
	while (fd < 0 && errno == EINTR);
	if (fd < 0 && errno == ELOOP && geteuid() == 0)
		return careful_refuse(path, err);
	if (fd < 0 && errno == EACCES) {
		error_set_errno(err, errno, "cannot open the lock %s", path);
		return error_hint(err, "after `sudo docker buildx …`, run `sudo chown \"$(id -u):$(id -g)\" %s`", path);
	}
	if (fd < 0)
		return error_set_errno(err, errno, "cannot open the lock %s", path);
	if (lock_check(&place, fd, path, err) == 0)
		return fd;
	close(fd);
	return -1;
}

int file_lock(const char *path, int timeout_ms, const struct interrupt *interrupt, int *ret_fd, struct error *err)
{
	CLEANUP_CLOSE int fd = lock_open(path, err);
	int64_t deadline = clock_ms() + timeout_ms;
	int sleep_ms = 1;

	if (fd < 0)
		return -1;
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return error_set_errno(err, errno, "cannot lock %s", path);
		int64_t left = deadline - clock_ms();
		if (left <= 0)
			return error_set(err, ERROR_LOCKED, "%s is locked by another process", path);
		if (!interrupt_pause(interrupt, left < sleep_ms ? (int)left : sleep_ms))
			return error_set(err, ERROR_INTERRUPTED, "interrupted while waiting for %s", path);
		if (sleep_ms < LOCK_SLEEP_MAX_MS)
			sleep_ms = sleep_ms * 2 < LOCK_SLEEP_MAX_MS ? sleep_ms * 2 : LOCK_SLEEP_MAX_MS;
	}
	*ret_fd = fd;
	fd = -1;
	return 0;
}

void file_unlock(int *fd)
{
	if (*fd < 0)
		return;
	/* A child between fork and exec still holds a copy of the fd; closing ours alone would not unlock. */
	flock(*fd, LOCK_UN);
	close(*fd);
	*fd = -1;
}
