/* Bounded reads, durable atomic writes, folders, and locks. */
#include "base/file.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/xalloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

enum { READ_SIZE = 8 * 1024, FOLDER_DEPTH_MAX = 64, LOCK_SLEEP_MAX_MS = 50 };

static int open_retry(const char *path, int flags, mode_t mode)
{
	int fd;

	do
		fd = open(path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd;
}

static int read_all(int fd, const char *path, struct buffer *data, struct error *err)
{
	char chunk[READ_SIZE];

	for (;;) {
		ssize_t count = read(fd, chunk, sizeof(chunk));

		if (count == 0)
			return 0;
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set_errno(err, errno, "cannot read %s", path);
		if (buffer_append(data, chunk, (size_t)count) < 0)
			return error_set(err, ERROR_CORRUPT, "%s is larger than %zu bytes", path, data->cap);
	}
}

int file_read_fd(int fd, const char *path, size_t cap, struct buffer *ret_data, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(cap);
	struct stat info;

	if (fstat(fd, &info) < 0)
		return error_set_errno(err, errno, "cannot read %s", path);
	if (S_ISDIR(info.st_mode))
		return error_set(err, ERROR_CORRUPT, "%s is a folder, not a file", path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, ERROR_CORRUPT, "%s is not a regular file", path);
	if (info.st_size > 0 && (uintmax_t)info.st_size > cap)
		return error_set(err, ERROR_CORRUPT, "%s is larger than %zu bytes", path, cap);
	if (read_all(fd, path, &data, err) < 0)
		return -1;
	*ret_data = data;
	data = (struct buffer){0};
	return 0;
}

int file_read(const char *path, size_t cap, struct buffer *ret_data, struct error *err)
{
	CLEANUP_CLOSE int fd = open_retry(path, FILE_READ_FLAGS, 0);

	if (fd < 0 && errno == ENXIO)
		return error_set(err, ERROR_CORRUPT, "%s is not a regular file", path);
	if (fd < 0)
		return error_set_errno(err, errno, "cannot read %s", path);
	return file_read_fd(fd, path, cap, ret_data, err);
}

/* On macOS fsync() leaves the bytes in the drive's cache. */
static int sync_fd(int fd)
{
#ifdef F_FULLFSYNC
	if (fcntl(fd, F_FULLFSYNC) == 0)
		return 0;
#endif
	int result;
	do
		result = fsync(fd);
	while (result < 0 && errno == EINTR);
	return result;
}

/* The folder part of a path, malloc'ed: "." when there is none. */
static char *path_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	return !slash ? xstrdup(".") : xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

int folder_sync(const char *path, struct error *err)
{
	CLEANUP_CLOSE int fd = open_retry(path, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0)
		return error_set_errno(err, errno, "cannot open the folder %s", path);
	/* Some network and FUSE file systems cannot sync a folder and say so with EINVAL. */
	if (sync_fd(fd) < 0 && errno != EINVAL && errno != ENOTSUP)
		return error_set_errno(err, errno, "cannot sync the folder %s", path);
	return 0;
}

static int folder_sync_above(const char *path, struct error *err)
{
	CLEANUP_FREE char *folder = path_folder(path);

	return folder_sync(folder, err);
}

/* Creates a file beside `path` that no other process knows. The process id is for sweep.c. The prefix is the one BuildX
 * skips when it lists its store (docker/buildx util/confutil/config.go: os.CreateTemp(dir, ".tmp-"+name)). */
static int temp_create(const char *path, char **ret_temp, struct error *err)
{
	CLEANUP_FREE char *folder = path_folder(path);
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	for (int attempt = 0; attempt < 16; attempt++) {
		uint32_t random;
		char temp_name[256];

		if (getentropy(&random, sizeof(random)) < 0)
			return error_set_errno(err, errno, "cannot get a random number");
		/* 255 bytes is the longest name; a longer target is cut so that the temp name still fits. */
		snprintf(temp_name, sizeof(temp_name), ".tmp-%.200s%08lx%08" PRIx32, name, (unsigned long)getpid(),
			 random);
		CLEANUP_FREE char *temp = path_join(folder, temp_name);
		int fd = open_retry(temp, O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd >= 0) {
			*ret_temp = TAKE(temp);
			return fd;
		}
		if (errno != EEXIST)
			break;
	}
	return error_set_errno(err, errno, "cannot create a temporary file in %s", folder);
}

static int write_all(int fd, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t count = write(fd, data, length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -1;
		data += count;
		length -= (size_t)count;
	}
	return 0;
}

/* Always closes fd. EINTR from close() is no failure: the fd is gone and the bytes were synced before. */
static int temp_fill(int fd, const void *data, size_t length, mode_t mode, const char *path, struct error *err)
{
	int failed = fchmod(fd, mode) < 0 || write_all(fd, data, length) < 0 || sync_fd(fd) < 0 ? errno : 0;

	if (close(fd) < 0 && failed == 0 && errno != EINTR)
		failed = errno;
	return failed == 0 ? 0 : error_set_errno(err, failed, "cannot write %s", path);
}

/* A link's file is replaced, not the link: people keep such files in a repository of their own. */
static int write_target(const char *path, char **ret_target, struct error *err)
{
	struct stat info;

	if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode)) {
		*ret_target = xrealpath(path);
		if (!*ret_target)
			return error_set_errno(err, errno, "cannot follow the link %s", path);
		return 0;
	}
	*ret_target = xstrdup(path);
	return 0;
}

/* What a file must hold just before it is replaced. */
struct condition {
	const struct buffer *expected; /* NULL: there is no file */
	bool met;
};

static bool condition_met(const struct condition *condition, const char *target)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(condition->expected ? condition->expected->cap : 1);
	struct stat info;

	if (!condition->expected)
		return lstat(target, &info) < 0 && errno == ENOENT;
	return file_read(target, condition->expected->cap, &data, NULL) == 0 &&
	       data.length == condition->expected->length &&
	       memcmp(buffer_text(&data), buffer_text(condition->expected), data.length) == 0;
}

static int write_atomic(const char *path, const void *data, size_t length, mode_t mode, struct condition *condition,
			struct error *err)
{
	CLEANUP_FREE char *target = NULL;
	CLEANUP_FREE char *temp = NULL;

	if (write_target(path, &target, err) < 0)
		return -1;
	int fd = temp_create(target, &temp, err);
	if (fd < 0)
		return error_wrap(err, "cannot write %s", path);
	if (temp_fill(fd, data, length, mode, path, err) < 0) {
		unlink(temp);
		return -1;
	}
	if (condition && !(condition->met = condition_met(condition, target))) {
		unlink(temp);
		return 0;
	}
	if (rename(temp, target) < 0) {
		error_set_errno(err, errno, "cannot replace %s", path);
		unlink(temp);
		return -1;
	}
	return folder_sync_above(target, err);
}

int file_write_atomic(const char *path, const void *data, size_t length, mode_t mode, struct error *err)
{
	return write_atomic(path, data, length, mode, NULL, err);
}

int file_save(const char *path, const void *data, size_t length, mode_t mode, struct error *err)
{
	struct stat info;

	if (lstat(path, &info) < 0)
		return errno == ENOENT ? write_atomic(path, data, length, mode, NULL, err)
				       : error_set_errno(err, errno, "cannot write %s", path);
	if (S_ISREG(info.st_mode))
		return write_atomic(path, data, length, mode, NULL, err);
	error_set(err, ERROR_USAGE, "%s is %s, and only a regular file is written", path,
		  S_ISLNK(info.st_mode)	   ? "a link"
		  : S_ISDIR(info.st_mode)  ? "a folder"
		  : S_ISFIFO(info.st_mode) ? "a pipe"
		  : S_ISSOCK(info.st_mode) ? "a socket"
					   : "a device");
	return error_hint(err, "name a file that is not there yet, or a regular one");
}

int file_replace(const char *path, const struct buffer *expected, const void *data, size_t length, bool *ret_written,
		 struct error *err)
{
	struct condition condition = {.expected = expected};
	struct stat info;
	mode_t mode = expected && stat(path, &info) == 0 ? info.st_mode & 07777 : 0600;

	if (write_atomic(path, data, length, mode, &condition, err) < 0)
		return -1;
	*ret_written = condition.met;
	return 0;
}

static int folder_create_one(const char *path, mode_t mode, struct error *err)
{
	struct stat info;

	if (mkdir(path, mode) == 0)
		return folder_sync_above(path, err);
	int failed = errno;
	/* Another process may have been first, and a read-only parent may answer EROFS for what exists. */
	if (stat(path, &info) == 0)
		return S_ISDIR(info.st_mode) ? 0 : error_set(err, ERROR_CORRUPT, "%s is not a folder", path);
	return error_set_errno(err, failed, "cannot create the folder %s", path);
}

int folder_create(const char *path, mode_t mode, struct error *err)
{
	CLEANUP_FREE char *copy = xstrdup(path);
	size_t length = strlen(copy);
	while (length > 1 && copy[length - 1] == '/')
		copy[--length] = '\0';
	for (char *at = copy + 1; length > 0 && *at != '\0'; at++) {
		if (*at != '/' || at[-1] == '/')
			continue;
		*at = '\0';
		if (folder_create_one(copy, mode, err) < 0)
			return -1;
		*at = '/';
	}
	return folder_create_one(copy, mode, err);
}

int file_remove(const char *path, struct error *err)
{
	if (unlink(path) < 0)
		return errno == ENOENT ? 0 : error_set_errno(err, errno, "cannot remove %s", path);
	return folder_sync_above(path, err);
}

static int remove_below(int folder_fd, int depth);

static int remove_entry(int folder_fd, const char *name, int depth)
{
	struct stat info;

	if (fstatat(folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISDIR(info.st_mode))
		return unlinkat(folder_fd, name, 0) < 0 && errno != ENOENT ? -1 : 0;

	/* O_NOFOLLOW: somebody may have put a link there since. */
	int fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : -1;
	if (remove_below(fd, depth + 1) < 0)
		return -1;
	return unlinkat(folder_fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -1 : 0;
}

/* Takes the fd. Reads again until a pass finds nothing: removing while reading may hide entries. */
static int remove_below(int folder_fd, int depth)
{
	DIR *folder = depth > FOLDER_DEPTH_MAX ? NULL : xfdopendir(folder_fd);
	int result = 0;
	bool found = true;

	if (!folder) {
		int failed = depth > FOLDER_DEPTH_MAX ? ELOOP : errno;

		close(folder_fd);
		errno = failed;
		return -1;
	}
	while (found && result == 0) {
		found = false;
		rewinddir(folder);
		for (const struct dirent *entry; result == 0 && (errno = 0, entry = readdir(folder));) {
			if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
				continue;
			found = true;
			result = remove_entry(folder_fd, entry->d_name, depth);
		}
		if (errno != 0 && result == 0)
			result = -1;
	}
	int failed = errno;
	closedir(folder);
	errno = failed;
	return result;
}

int folder_remove(const char *path, struct error *err)
{
	struct stat info;

	if (lstat(path, &info) < 0)
		return errno == ENOENT ? 0 : error_set_errno(err, errno, "cannot remove %s", path);
	if (!S_ISDIR(info.st_mode) && !S_ISLNK(info.st_mode))
		return error_set(err, ERROR_CORRUPT, "cannot remove %s: it is not a folder", path);
	if (remove_entry(AT_FDCWD, path, 0) < 0)
		return error_set_errno(err, errno, "cannot remove the folder %s", path);
	return folder_sync_above(path, err);
}

bool file_exists(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0;
}

char *path_join(const char *folder, const char *name)
{
	size_t length = strlen(folder);

	while (length > 0 && folder[length - 1] == '/')
		length--;
	while (*name == '/')
		name++;
	bool slash = folder[0] != '\0';
	size_t name_length = strlen(name);
	char *path = xmalloc(length + 1 + name_length + 1);
	memcpy(path, folder, length);
	if (slash)
		path[length++] = '/';
	memcpy(path + length, name, name_length + 1);
	return path;
}

int file_lock(const char *path, int timeout_ms, const struct interrupt *interrupt, int *ret_fd, struct error *err)
{
	CLEANUP_CLOSE int fd = open_retry(path, O_RDWR | O_CREAT | O_NOCTTY, 0600);
	int64_t deadline = clock_ms() + timeout_ms;
	int sleep_ms = 1;

	if (fd < 0)
		return error_set_errno(err, errno, "cannot open the lock %s", path);
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
