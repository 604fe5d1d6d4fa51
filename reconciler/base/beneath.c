/* Opening beneath a folder: by the kernel, or by a walk of our own. */
#include "base/beneath.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/platform.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40, DEPTH_MAX = 256 };

/* Folders from the start down to where the walk is; ".." closes the last. */
struct walk {
	int fds[DEPTH_MAX];
	int depth;
	int links;
	bool is_careful; /* it may go anywhere, by root's links alone; else by any link, beneath the start alone */
	char *rest;	 /* what is still to be walked, malloc'ed */
};

static int at_fd(const struct walk *walk)
{
	return walk->fds[walk->depth - 1];
}

static int fail(int error)
{
	errno = error;
	return -1;
}

/* The walk goes on from the root folder. */
static int start_over(struct walk *walk)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	while (walk->depth > 0)
		close(walk->fds[--walk->depth]);
	walk->fds[walk->depth++] = fd;
	return 0;
}

/* Puts where the link leads before what is still to be walked. */
static int follow(struct walk *walk, const char *name, const char *after)
{
	char target[PATH_MAX];
	struct stat info;
	ssize_t length = platform_read_link(at_fd(walk), name, target, sizeof(target) - 1, &info);

	if (length < 0)
		return -1;
	target[length] = '\0';
	if (++walk->links > LINKS_MAX)
		return fail(ELOOP);
	if (walk->is_careful ? info.st_uid != 0 : *target == '/')
		return fail(EXDEV);
	if (*target == '/' && start_over(walk) < 0)
		return -1;
	char *rest = path_join(target, after);
	free(walk->rest);
	walk->rest = rest;
	return 0;
}

static int down(struct walk *walk, const char *name)
{
	int fd = openat(at_fd(walk), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (walk->depth == DEPTH_MAX) {
		close(fd);
		return fail(ENAMETOOLONG);
	}
	walk->fds[walk->depth++] = fd;
	return 0;
}

static int up(struct walk *walk)
{
	if (walk->depth == 1 && !walk->is_careful)
		return fail(EXDEV);
	int above = walk->depth > 1 ? -1 : openat(at_fd(walk), "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (walk->depth == 1 && above < 0)
		return -1;
	close(walk->fds[--walk->depth]);
	if (above >= 0)
		walk->fds[walk->depth++] = above;
	return 0;
}

static bool is_link(const struct walk *walk, const char *name)
{
	struct stat info;

	return fstatat(at_fd(walk), name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(info.st_mode);
}

/* The next part of the path: -1 with errno, 0 to go on, or 1 with what was opened. */
static int step(struct walk *walk, int flags, int *ret_fd)
{
	char name[NAME_MAX + 1];
	size_t blank = strspn(walk->rest, "/"), length = strcspn(walk->rest + blank, "/");
	const char *part = walk->rest + blank, *after = part + length + strspn(part + length, "/");

	if (length > NAME_MAX)
		return fail(ENAMETOOLONG);
	memcpy(name, part, length);
	name[length] = '\0';
	bool is_last = *after == '\0' && strcmp(name, "..") != 0;
	if (length > 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	    !(is_last && (flags & O_NOFOLLOW) != 0) && is_link(walk, name))
		return follow(walk, name, after);
	if (is_last) {
		*ret_fd = openat(at_fd(walk), length == 0 ? "." : name, flags | O_NOFOLLOW | O_CLOEXEC);
		return *ret_fd < 0 ? -1 : 1;
	}
	int result = strcmp(name, "..") == 0 ? up(walk) : strcmp(name, ".") == 0 ? 0 : down(walk, name);
	char *rest = xstrdup(after);
	free(walk->rest);
	walk->rest = rest;
	return result;
}

/* From a folder that is the walk's to close; -1 is how that failed. */
static int walk_from(int start_fd, const char *path, int flags, bool is_careful)
{
	struct walk walk = {.depth = 1, .is_careful = is_careful, .rest = xstrdup(path)};
	int fd = -1, result = start_fd < 0 ? -1 : 0;

	walk.fds[0] = start_fd;
	while (result == 0)
		result = step(&walk, flags, &fd);
	int failed = errno;
	while (walk.depth > 0 && walk.fds[walk.depth - 1] >= 0)
		close(walk.fds[--walk.depth]);
	free(walk.rest);
	errno = failed;
	return result < 0 ? -1 : fd;
}

int beneath_walk(int folder_fd, const char *path, int flags)
{
	if (*path == '/')
		return fail(EXDEV);
	return walk_from(fcntl(folder_fd, F_DUPFD_CLOEXEC, 0), path, flags, false);
}

int careful_walk(int folder_fd, const char *path, int flags)
{
	int start = *path == '/'	    ? open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
		    : folder_fd == AT_FDCWD ? open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
					    : fcntl(folder_fd, F_DUPFD_CLOEXEC, 0);

	return walk_from(start, path, flags, true);
}

int careful_openat(int folder_fd, const char *path, int flags)
{
	if (geteuid() != 0)
		return openat(folder_fd, path, flags | O_CLOEXEC);
	/* Hardly a path has links: then this one call tells. */
	int fd = platform_open_unlinked(folder_fd, path, flags);
	if (fd >= 0 || (errno != ELOOP && errno != ENOSYS && errno != EAGAIN))
		return fd;
	return careful_walk(folder_fd, path, flags);
}

int careful_open(const char *path, int flags)
{
	return careful_openat(AT_FDCWD, path, flags);
}

int careful_refuse(const char *path, struct error *err)
{
	error_set(err, ERROR_REFUSED, "%s is, or is behind, a link of another user's, and root follows no such link",
		  path);
	return error_hint(err, "run as that user, or put what it leads to in the link's place");
}

int beneath_open(int folder_fd, const char *path, int flags)
{
	int fd = platform_open_beneath(folder_fd, path, flags);

	if (fd >= 0 || errno != ENOSYS)
		return fd;
	return beneath_walk(folder_fd, path, flags);
}

/* Behind the last "..", or the start. */
static const char *behind_dots(const char *path)
{
	const char *behind = path;

	for (const char *at = path; *at;) {
		size_t length = strcspn(at, "/");

		if (length == 2 && at[0] == '.' && at[1] == '.')
			behind = at + length;
		at += length + strspn(at + length, "/");
	}
	return behind;
}

bool path_climbs(const char *path)
{
	return behind_dots(path) != path;
}

char *path_absolute(const char *path)
{
	const char *rest = behind_dots(path);
	CLEANUP_FREE char *head = xstrndup(path, (size_t)(rest - path));
	CLEANUP_FREE char *real = NULL;

	if (*head || *path != '/')
		real = xrealpath(*head ? head : ".");
	else
		real = xstrdup("/");
	if (!real)
		return NULL;
	char *result = xmalloc(strlen(real) + strlen(rest) + 2), *to = result + strlen(real);
	memcpy(result, real, strlen(real) + 1);
	if (to > result && to[-1] == '/')
		to--;
	while (*rest) {
		size_t slashes = strspn(rest, "/"), length = strcspn(rest + slashes, "/");
		const char *part = rest + slashes;

		rest = part + length;
		if (length == 0 || (length == 1 && *part == '.'))
			continue;
		*to++ = '/';
		memcpy(to, part, length);
		to += length;
	}
	if (to == result)
		*to++ = '/';
	*to = '\0';
	return result;
}

const char *path_beneath(const char *folder, const char *path)
{
	size_t length = strlen(folder);

	while (length > 0 && folder[length - 1] == '/')
		length--;
	if (strncmp(folder, path, length) != 0 || (path[length] != '/' && path[length] != '\0'))
		return NULL;
	return path + length + strspn(path + length, "/");
}
