/* Bounded reads of files of the store and of the Docker configuration. */
#include "live/raw.h"

#include "base/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

const char *raw_state_text(enum raw_state state)
{
	static const char *const texts[] = {
		[RAW_READ] = "can be read",
		[RAW_MISSING] = "is not there",
		[RAW_DANGLING] = "is a link whose target is gone",
		[RAW_FOLDER] = "is a folder, not a file",
		[RAW_FOLDER_FULL] = "is a folder with files in it, not a file",
		[RAW_SPECIAL] = "is not a regular file",
		[RAW_TOO_LARGE] = "is larger than 1 MiB",
		[RAW_DENIED] = "may not be read by this user: permission denied",
		[RAW_FAILED] = "could not be read: input/output error",
	};

	return texts[state];
}

static enum raw_state folder_state(int folder_fd, const char *name)
{
	int fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	enum raw_state state = RAW_FOLDER;

	if (folder == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return RAW_FOLDER_FULL;
	}
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			state = RAW_FOLDER_FULL;
	}
	(void)closedir(folder);
	return state;
}

/* Why it could not be opened. */
static enum raw_state open_failed(int folder_fd, const char *name, int failed, struct raw_file *file)
{
	struct stat info;

	if (fstatat(folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return failed == ENOENT || failed == ENOTDIR ? RAW_MISSING : failed == EACCES ? RAW_DENIED : RAW_FAILED;
	file->exists = true;
	file->mode = info.st_mode & 07777;
	if (failed == ENOENT || failed == ELOOP)
		return S_ISLNK(info.st_mode) ? RAW_DANGLING : RAW_MISSING;
	if (failed == ENXIO)
		return RAW_SPECIAL;
	return failed == EACCES || failed == EPERM ? RAW_DENIED : RAW_FAILED;
}

/* The file's beginning: of a regular file a read is short at the end only. */
static ssize_t read_once(int fd, unsigned char *data, size_t size)
{
	ssize_t count;

	do
		count = pread(fd, data, size, 0);
	while (count < 0 && errno == EINTR);
	return count;
}

/* Asks for one byte more than there should be, which shows whether the file grew meanwhile. */
static enum raw_state read_open(struct arena *arena, int fd, size_t expected, struct raw_file *file)
{
	for (size_t size = expected + 1; size <= RAW_CAP + 1; size *= 2) {
		unsigned char *data = arena_alloc(arena, size + 1);
		ssize_t length = read_once(fd, data, size);

		if (length < 0)
			return errno == EACCES ? RAW_DENIED : RAW_FAILED;
		if ((size_t)length < size) {
			data[length] = '\0';
			file->data = data;
			file->length = (size_t)length;
			file->readable = true;
			return RAW_READ;
		}
	}
	return RAW_TOO_LARGE;
}

enum raw_state raw_read(struct arena *arena, int folder_fd, const char *name, struct raw_file *file)
{
	CLEANUP_CLOSE int fd = openat(folder_fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat info;

	if (fd < 0)
		return open_failed(folder_fd, name, errno, file);
	file->exists = true;
	if (fstat(fd, &info) < 0)
		return RAW_FAILED;
	file->mode = info.st_mode & 07777;
	if (S_ISDIR(info.st_mode))
		return folder_state(folder_fd, name);
	if (!S_ISREG(info.st_mode))
		return RAW_SPECIAL;
	if (info.st_size > RAW_CAP)
		return RAW_TOO_LARGE;
	return read_open(arena, fd, (size_t)info.st_size, file);
}
