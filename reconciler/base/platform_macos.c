/* base/platform.h for macOS 13 and newer. */
#define __STDC_WANT_LIB_EXT1__ 1 /* memset_s() */
#include "base/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/sysctl.h>
#include <unistd.h>

const char *platform_name(void)
{
	return "macos";
}

void platform_boot(char ret_boot[64])
{
	size_t size = 64;

	if (sysctlbyname("kern.bootsessionuuid", ret_boot, &size, NULL, 0) != 0)
		*ret_boot = '\0';
}

/* Closes what could not be set up, with the errno of that. */
static int give_up(int fd)
{
	int failed = errno;

	close(fd);
	errno = failed;
	return -1;
}

static int set_up(int fd, int flags)
{
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -1;
	int before = fcntl(fd, F_GETFL);
	return before < 0 ? -1 : fcntl(fd, F_SETFL, (before & ~O_NONBLOCK) | flags);
}

int platform_pipe(int ret_fds[2], int flags)
{
	int fds[2];

	if (pipe(fds) < 0)
		return -1;
	if (set_up(fds[0], flags) < 0 || set_up(fds[1], flags) < 0) {
		give_up(fds[0]);
		return give_up(fds[1]);
	}
	ret_fds[0] = fds[0];
	ret_fds[1] = fds[1];
	return 0;
}

/* A write to somebody who has gone is an error, and no signal. */
static int quiet(int fd, int flags)
{
	static const int yes = 1;

	if (fd < 0)
		return -1;
	return set_up(fd, flags) < 0 || setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof(yes)) < 0 ? give_up(fd)
													: fd;
}

int platform_socket(void)
{
	return quiet(socket(AF_UNIX, SOCK_STREAM, 0), O_NONBLOCK);
}

/* A minute, as libcurl has it: the system's two hours are for servers. */
int platform_tcp_socket(int family)
{
	static const int yes = 1, seconds = 60;
	int fd = quiet(socket(family, SOCK_STREAM, 0), O_NONBLOCK);

	if (fd >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
		setsockopt(fd, IPPROTO_TCP, TCP_KEEPALIVE, &seconds, sizeof(seconds));
		setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof(seconds));
	}
	return fd;
}

/* What comes in is as the one that listens, non-blocking, until it is told otherwise. */
int platform_accept(int fd)
{
	return quiet(accept(fd, NULL, NULL), 0);
}

int platform_signal_when_closed(int fd, int signal_number)
{
	(void)fd;
	(void)signal_number;
	errno = ENOTSUP;
	return -1;
}

short platform_spawn_flags(void)
{
	return POSIX_SPAWN_SETSID | POSIX_SPAWN_CLOEXEC_DEFAULT;
}

/* File systems of the network have no drive to flush. */
int platform_sync(int fd)
{
	return fcntl(fd, F_FULLFSYNC) == 0 ? 0 : fsync(fd);
}

int platform_sync_data(int fd)
{
	return platform_sync(fd);
}

int platform_sync_volume(int fd)
{
	return fsync_volume_np(fd, SYNC_VOLUME_FULLSYNC | SYNC_VOLUME_WAIT);
}

struct timespec platform_modified(const struct stat *info)
{
	return info->st_mtimespec;
}

void platform_forget(void *secret, size_t length)
{
	memset_s(secret, length, 0, length);
}

int platform_open_beneath(int folder_fd, const char *path, int flags)
{
	(void)folder_fd;
	(void)path;
	(void)flags;
	errno = ENOSYS;
	return -1;
}

/* O_NOFOLLOW_ANY holds for the last part as well, and the two exclude each other. */
int platform_open_unlinked(int folder_fd, const char *path, int flags)
{
	return openat(folder_fd, path, (flags & ~O_NOFOLLOW) | O_NOFOLLOW_ANY | O_CLOEXEC);
}

/* A rename changes st_ctimespec of what is renamed: a link that was moved away and back is not the same. */
static int same_link(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_ctimespec.tv_sec == b->st_ctimespec.tv_sec &&
	       a->st_ctimespec.tv_nsec == b->st_ctimespec.tv_nsec;
}

ssize_t platform_read_link(int folder_fd, const char *name, char *ret_target, size_t size, struct stat *ret_info)
{
	struct stat after;

	for (int attempt = 0; attempt < 8; attempt++) {
		if (fstatat(folder_fd, name, ret_info, AT_SYMLINK_NOFOLLOW) < 0)
			return -1;
		ssize_t length = readlinkat(folder_fd, name, ret_target, size);
		if (length < 0 || fstatat(folder_fd, name, &after, AT_SYMLINK_NOFOLLOW) < 0)
			return -1;
		if (same_link(ret_info, &after))
			return length;
	}
	errno = EAGAIN;
	return -1;
}
