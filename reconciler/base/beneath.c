/* Opening beneath a folder: by openat2(2), or by a walk of our own. */
#include "base/beneath.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__linux__) && defined(SYS_openat2)
#include <linux/openat2.h>
#endif

enum { LINKS_MAX = 40, DEPTH_MAX = 256 };

/* Folders from the root down to where the walk is; ".." closes the last. */
struct walk {
	int fds[DEPTH_MAX];
	int depth;
	int links;
	char *rest; /* what is still to be walked, malloc'ed */
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

/* Puts where the link leads before what is still to be walked. */
static int follow(struct walk *walk, const char *name, const char *after)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(at_fd(walk), name, target, sizeof(target) - 1);

	if (length < 0)
		return -1;
	target[length] = '\0';
	if (++walk->links > LINKS_MAX)
		return fail(ELOOP);
	if (*target == '/')
		return fail(EXDEV);
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
	if (walk->depth == 1)
		return fail(EXDEV);
	close(walk->fds[--walk->depth]);
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
	if (length > 0 && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && is_link(walk, name))
		return follow(walk, name, after);
	if (*after == '\0' && strcmp(name, "..") != 0) {
		*ret_fd = openat(at_fd(walk), length == 0 ? "." : name, flags | O_NOFOLLOW | O_CLOEXEC);
		return *ret_fd < 0 ? -1 : 1;
	}
	int result = strcmp(name, "..") == 0 ? up(walk) : strcmp(name, ".") == 0 ? 0 : down(walk, name);
	char *rest = xstrdup(after);
	free(walk->rest);
	walk->rest = rest;
	return result;
}

int beneath_walk(int folder_fd, const char *path, int flags)
{
	struct walk walk = {.depth = 1, .rest = xstrdup(path)};
	int fd = -1, result = 0;

	walk.fds[0] = fcntl(folder_fd, F_DUPFD_CLOEXEC, 0);
	if (*path == '/')
		result = fail(EXDEV);
	else if (walk.fds[0] < 0)
		result = -1;
	while (result == 0)
		result = step(&walk, flags, &fd);
	int failed = errno;
	while (walk.depth > 0 && walk.fds[walk.depth - 1] >= 0)
		close(walk.fds[--walk.depth]);
	free(walk.rest);
	errno = failed;
	return result < 0 ? -1 : fd;
}

int beneath_open(int folder_fd, const char *path, int flags)
{
#if defined(__linux__) && defined(SYS_openat2)
	const struct open_how how = {
		.flags = (unsigned long long)(unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd;

	/* EAGAIN: something was renamed while the kernel looked. */
	for (int attempt = 0; attempt < 8; attempt++) {
		fd = syscall(SYS_openat2, folder_fd, *path ? path : ".", &how, sizeof(how));
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
		return (int)fd;
#endif
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
