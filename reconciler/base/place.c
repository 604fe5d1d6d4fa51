/* Opens places, gives what is made there away, and syncs. */
#include "base/place.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/platform.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

int sync_fd(int fd)
{
	int result;

	do
		result = platform_sync(fd);
	while (result < 0 && errno == EINTR);
	return result;
}

char *path_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	return !slash ? xstrdup(".") : xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

void place_close(const struct place *place)
{
	if (place->fd >= 0)
		close(place->fd);
}

int place_open(const char *path, struct place *ret_place, const char *what, struct error *err)
{
	CLEANUP_FREE char *folder = path_folder(path);
	const char *slash = strrchr(path, '/');

	ret_place->name = slash ? slash + 1 : path;
	do
		ret_place->fd = careful_open(folder, O_RDONLY | O_DIRECTORY);
	while (ret_place->fd < 0 && errno == EINTR);
	if (ret_place->fd >= 0)
		return 0;
	return errno == EXDEV ? careful_refuse(path, err) : error_set_errno(err, errno, "cannot %s %s", what, path);
}

int give_to_owner(const struct place *place, int fd)
{
	struct stat folder, made;

	if (geteuid() != 0 || fstat(place->fd, &folder) < 0 || fstat(fd, &made) < 0 || folder.st_uid == 0 ||
	    folder.st_uid == made.st_uid)
		return 0;
	return fchown(fd, folder.st_uid, folder.st_gid);
}

int sync_folder_fd(int fd, const char *path, struct error *err)
{
	/* Some network and FUSE file systems cannot sync a folder and say so with EINVAL. */
	if (sync_fd(fd) < 0 && errno != EINVAL && errno != ENOTSUP)
		return error_set_errno(err, errno, "cannot sync the folder %s", path);
	return 0;
}

int place_sync(const struct place *place, const char *path, struct error *err)
{
	CLEANUP_FREE char *folder = path_folder(path);

	return sync_folder_fd(place->fd, folder, err);
}
