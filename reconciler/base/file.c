/* Bounded reads, and durable atomic writes. */
#include "base/file.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/place.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

enum { READ_SIZE = 8 * 1024 };

static int open_retry(const char *path, int flags)
{
	int fd;

	/* musl's open() sets the flag by a second system call; its openat() does not. */
	do
		fd = openat(AT_FDCWD, path, flags | O_CLOEXEC);
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
	CLEANUP_CLOSE int fd = open_retry(path, FILE_READ_FLAGS);

	if (fd < 0 && errno == ENXIO)
		return error_set(err, ERROR_CORRUPT, "%s is not a regular file", path);
	if (fd < 0)
		return error_set_errno(err, errno, "cannot read %s", path);
	return file_read_fd(fd, path, cap, ret_data, err);
}

/* Somebody's link to a file that they may not read, made in a folder of theirs. */
static bool is_linked_in(const struct place *place, const struct stat *info)
{
	struct stat folder;

	return info->st_nlink > 1 && S_ISREG(info->st_mode) && geteuid() == 0 && fstat(place->fd, &folder) == 0 &&
	       folder.st_uid != info->st_uid;
}

bool file_is_linked_in(int folder_fd, const struct stat *info)
{
	return is_linked_in(&(struct place){.fd = folder_fd}, info);
}

int file_read_careful(const char *path, size_t cap, struct buffer *ret_data, struct error *err)
{
	CLEANUP_PLACE struct place place = {.fd = -1};
	struct stat info;

	if (geteuid() != 0)
		return file_read(path, cap, ret_data, err);
	if (place_open(path, &place, "read", err) < 0)
		return -1;
	CLEANUP_CLOSE int fd = careful_openat(place.fd, place.name, FILE_READ_FLAGS);
	if (fd < 0 && errno == EXDEV)
		return careful_refuse(path, err);
	if (fd < 0 && errno == ENXIO)
		return error_set(err, ERROR_CORRUPT, "%s is not a regular file", path);
	if (fd < 0 || fstat(fd, &info) < 0)
		return error_set_errno(err, errno, "cannot read %s", path);
	if (is_linked_in(&place, &info))
		return error_set(err, ERROR_REFUSED, "%s is a hard link to a file of another user's", path);
	return file_read_fd(fd, path, cap, ret_data, err);
}

/* Creates a file beside `path` that no other process knows. The process id is for sweep.c. The prefix is the one BuildX
 * skips when it lists its store (docker/buildx util/confutil/config.go: os.CreateTemp(dir, ".tmp-"+name)). */
static int temp_create(const struct place *place, const char *path, char ret_temp[256], struct error *err)
{
	CLEANUP_FREE char *folder = path_folder(path);

	for (int attempt = 0; attempt < 16; attempt++) {
		uint32_t random;
		int fd;

		if (getentropy(&random, sizeof(random)) < 0)
			return error_set_errno(err, errno, "cannot get a random number");
		/* 255 bytes is the longest name; a longer target is cut so that the temp name still fits. */
		snprintf(ret_temp, 256, ".tmp-%.200s%08lx%08" PRIx32, place->name, (unsigned long)getpid(), random);
		do
			fd = openat(place->fd, ret_temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		while (fd < 0 && errno == EINTR);
		if (fd >= 0)
			return fd;
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

struct content {
	const void *data;
	size_t length;
	mode_t mode;
	bool unsynced; /* whoever stages it syncs it */
};

/* Always closes fd. EINTR from close() is no failure: the fd is gone, and the bytes were or will be synced. */
static int temp_fill(const struct place *place, int fd, const struct content *content, const char *path,
		     struct error *err)
{
	int failed = give_to_owner(place, fd) < 0 || fchmod(fd, content->mode) < 0 ||
				     write_all(fd, content->data, content->length) < 0 ||
				     (!content->unsynced && sync_fd(fd) < 0)
			     ? errno
			     : 0;

	if (close(fd) < 0 && failed == 0 && errno != EINTR)
		failed = errno;
	return failed == 0 ? 0 : error_set_errno(err, failed, "cannot write %s", path);
}

/* A link's file is replaced, not the link: people keep such files in a repository of their own. */
static int write_target(const char *path, struct place *ret_place, char **ret_target, struct error *err)
{
	struct stat info;

	if (place_open(path, ret_place, "write", err) < 0)
		return -1;
	*ret_target = xstrdup(path);
	if (fstatat(ret_place->fd, ret_place->name, &info, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISLNK(info.st_mode)) {
		ret_place->name = *ret_target + (ret_place->name - path);
		return 0;
	}
	if (geteuid() == 0 && info.st_uid != 0)
		return careful_refuse(path, err);
	free(*ret_target);
	*ret_target = xrealpath(path);
	if (!*ret_target)
		return error_set_errno(err, errno, "cannot follow the link %s", path);
	place_close(ret_place);
	ret_place->fd = -1;
	return place_open(*ret_target, ret_place, "write", err);
}

/* What a file must hold just before it is replaced. */
struct condition {
	const struct buffer *expected; /* NULL: there is no file */
	bool met;
};

static bool condition_met(const struct condition *condition, const struct place *place)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(condition->expected ? condition->expected->cap : 1);
	struct stat info;

	if (!condition->expected)
		return fstatat(place->fd, place->name, &info, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT;
	CLEANUP_CLOSE int fd = openat(place->fd, place->name, FILE_READ_FLAGS | O_NOFOLLOW | O_CLOEXEC);
	return fd >= 0 && file_read_fd(fd, place->name, condition->expected->cap, &data, NULL) == 0 &&
	       data.length == condition->expected->length &&
	       memcmp(buffer_text(&data), buffer_text(condition->expected), data.length) == 0;
}

static int write_atomic(const char *path, const void *data, size_t length, mode_t mode, struct condition *condition,
			struct error *err)
{
	CLEANUP_PLACE struct place place = {.fd = -1};
	CLEANUP_FREE char *target = NULL;
	char temp[256];

	if (write_target(path, &place, &target, err) < 0)
		return -1;
	int fd = temp_create(&place, target, temp, err);
	if (fd < 0)
		return error_wrap(err, "cannot write %s", path);
	if (temp_fill(&place, fd, &(struct content){data, length, mode, false}, path, err) < 0) {
		unlinkat(place.fd, temp, 0);
		return -1;
	}
	if (condition && !(condition->met = condition_met(condition, &place))) {
		unlinkat(place.fd, temp, 0);
		return 0;
	}
	if (renameat(place.fd, temp, place.fd, place.name) < 0) {
		error_set_errno(err, errno, "cannot replace %s", path);
		unlinkat(place.fd, temp, 0);
		return -1;
	}
	return place_sync(&place, target, err);
}

int file_stage(const char *path, const void *data, size_t length, mode_t mode, char **ret_temp, struct error *err)
{
	CLEANUP_PLACE struct place place = {.fd = -1};
	char temp[256];

	if (place_open(path, &place, "write", err) < 0)
		return -1;
	int fd = temp_create(&place, path, temp, err);
	if (fd < 0)
		return error_wrap(err, "cannot write %s", path);
	if (temp_fill(&place, fd, &(struct content){data, length, mode, true}, path, err) < 0) {
		unlinkat(place.fd, temp, 0);
		return -1;
	}
	*ret_temp = xstrdup(temp);
	return 0;
}

int file_put_staged(const char *path, const char *temp, struct error *err)
{
	CLEANUP_PLACE struct place place = {.fd = -1};

	if (place_open(path, &place, "write", err) < 0)
		return -1;
	if (renameat(place.fd, temp, place.fd, place.name) < 0)
		return error_set_errno(err, errno, "cannot replace %s", path);
	return 0;
}

void file_drop_staged(const char *path, const char *temp)
{
	CLEANUP_PLACE struct place place = {.fd = -1};

	if (place_open(path, &place, "write", NULL) == 0)
		unlinkat(place.fd, temp, 0);
}

int file_check_links(const char *path, bool follows, struct error *err)
{
	CLEANUP_PLACE struct place place = {.fd = -1};
	struct error cause = ERROR_INIT;
	struct stat info;

	if (geteuid() != 0)
		return 0;
	if (place_open(path, &place, "write", &cause) < 0) {
		if (cause.kind != ERROR_REFUSED)
			return 0;
		error_copy(err, &cause);
		return -1;
	}
	if (follows && fstatat(place.fd, place.name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode) &&
	    info.st_uid != 0)
		return careful_refuse(path, err);
	return 0;
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

static int unlink_file(const char *path, bool syncs, struct error *err)
{
	CLEANUP_PLACE struct place place = {.fd = -1};
	struct error cause = ERROR_INIT;

	if (place_open(path, &place, "remove", &cause) < 0) {
		if (cause.kind == ERROR_NOT_FOUND)
			return 0;
		error_copy(err, &cause);
		return -1;
	}
	if (unlinkat(place.fd, place.name, 0) < 0)
		return errno == ENOENT ? 0 : error_set_errno(err, errno, "cannot remove %s", path);
	return syncs ? place_sync(&place, path, err) : 0;
}

int file_remove(const char *path, struct error *err)
{
	return unlink_file(path, true, err);
}

int file_unlink(const char *path, struct error *err)
{
	return unlink_file(path, false, err);
}

int file_move(const char *from, const char *to, struct error *err)
{
	CLEANUP_PLACE struct place source = {.fd = -1}, target = {.fd = -1};

	if (place_open(from, &source, "move", err) < 0 || place_open(to, &target, "write", err) < 0)
		return -1;
	if (renameat(source.fd, source.name, target.fd, target.name) < 0)
		return error_set_errno(err, errno, "cannot move %s to %s", from, to);
	return place_sync(&target, to, err) < 0 ? -1 : place_sync(&source, from, err);
}

const char *file_type_name(mode_t mode)
{
	return S_ISREG(mode)	? "a file"
	       : S_ISDIR(mode)	? "a folder"
	       : S_ISLNK(mode)	? "a link"
	       : S_ISFIFO(mode) ? "a pipe"
	       : S_ISSOCK(mode) ? "a socket"
				: "a device";
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
