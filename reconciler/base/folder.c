/* Folders: made, listed, synced, removed with what is in them. */
#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/place.h"
#include "base/platform.h"
#include "base/xalloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { FOLDER_DEPTH_MAX = 64 };

DIR *folder_list_at(int folder_fd, const char *name)
{
	int fd = careful_openat(folder_fd, name, O_RDONLY | O_DIRECTORY);
	DIR *folder = fd < 0 ? NULL : xfdopendir(fd);

	if (!folder && fd >= 0) {
		int failed = errno;

		close(fd);
		errno = failed;
	}
	return folder;
}

DIR *folder_list(const char *path)
{
	return folder_list_at(AT_FDCWD, path);
}

int folder_sync(const char *path, struct error *err)
{
	CLEANUP_CLOSE int fd = careful_open(path, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return error_set_errno(err, errno, "cannot open the folder %s", path);
	return sync_folder_fd(fd, path, err);
}

int volume_sync(const char *folder, struct error *err)
{
	CLEANUP_CLOSE int fd = careful_open(folder, O_RDONLY | O_DIRECTORY);

	if (fd < 0 || platform_sync_volume(fd) < 0)
		return error_set_errno(err, errno, "cannot sync %s", folder);
	return 0;
}

/* Worth nothing to whoever it is given to: they may have put it in the place of the one that was made. */
static bool is_empty(int folder_fd)
{
	DIR *folder = folder_list_at(folder_fd, ".");
	bool empty = folder;

	for (const struct dirent *entry; empty && (entry = readdir(folder));)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (folder)
		closedir(folder);
	return empty;
}

static int folder_give(const struct place *place)
{
	CLEANUP_CLOSE int fd = openat(place->fd, place->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 || !is_empty(fd) ? 0 : give_to_owner(place, fd);
}

static int folder_create_one(const char *path, mode_t mode, struct error *err)
{
	CLEANUP_PLACE struct place place = {.fd = -1};
	CLEANUP_CLOSE int there = careful_open(path, O_RDONLY | O_DIRECTORY);
	struct stat info;

	if (there >= 0)
		return 0;
	if (errno == EXDEV)
		return careful_refuse(path, err);
	if (place_open(path, &place, "create the folder", err) < 0)
		return -1;
	if (mkdirat(place.fd, place.name, mode) == 0) {
		if (geteuid() == 0 && folder_give(&place) < 0)
			return error_set_errno(err, errno, "cannot give %s to the owner of the folder above", path);
		return place_sync(&place, path, err);
	}
	int failed = errno;
	/* Another process may have been first, and a read-only parent may answer EROFS for what exists. */
	if (fstatat(place.fd, place.name, &info, 0) == 0)
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

int entry_remove_at(int folder_fd, const char *name)
{
	return remove_entry(folder_fd, name, 0);
}

int folder_remove(const char *path, struct error *err)
{
	CLEANUP_PLACE struct place place = {.fd = -1};
	struct error cause = ERROR_INIT;
	struct stat info;

	if (place_open(path, &place, "remove", &cause) < 0) {
		if (cause.kind == ERROR_NOT_FOUND)
			return 0;
		error_copy(err, &cause);
		return -1;
	}
	if (fstatat(place.fd, place.name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : error_set_errno(err, errno, "cannot remove %s", path);
	if (!S_ISDIR(info.st_mode) && !S_ISLNK(info.st_mode))
		return error_set(err, ERROR_CORRUPT, "cannot remove %s: it is not a folder", path);
	if (remove_entry(place.fd, place.name, 0) < 0)
		return error_set_errno(err, errno, "cannot remove the folder %s", path);
	return place_sync(&place, path, err);
}
