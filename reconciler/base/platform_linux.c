/* base/platform.h for Linux, with glibc or musl. */
#include "base/platform.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *platform_name(void)
{
	return "linux";
}

/* proc_sys_kernel(5): random/boot_id, a UUID made at boot. */
void platform_boot(char ret_boot[64])
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(63);

	*ret_boot = '\0';
	if (file_read("/proc/sys/kernel/random/boot_id", 63, &text, NULL) == 0)
		snprintf(ret_boot, 64, "%.*s", (int)strcspn(buffer_text(&text), "\n"), buffer_text(&text));
}

int platform_pipe(int ret_fds[2], int flags)
{
	return pipe2(ret_fds, flags | O_CLOEXEC);
}

int platform_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* A minute, as libcurl has it: the system's two hours are for servers. */
int platform_tcp_socket(int family)
{
	static const int yes = 1, seconds = 60;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
		setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof(seconds));
		setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof(seconds));
	}
	return fd;
}

int platform_accept(int fd)
{
	return accept4(fd, NULL, NULL, SOCK_CLOEXEC);
}

/* All of ours are closed on exec from their first moment. */
int platform_signal_when_closed(int fd, int signal_number)
{
	if (fcntl(fd, F_SETOWN, getpid()) < 0 || fcntl(fd, F_SETSIG, signal_number) < 0)
		return -1;
	return fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK);
}

short platform_spawn_flags(void)
{
	return POSIX_SPAWN_SETSID;
}

int platform_sync(int fd)
{
	return fsync(fd);
}

int platform_sync_data(int fd)
{
	return fdatasync(fd);
}

int platform_sync_volume(int fd)
{
	return syncfs(fd);
}

struct timespec platform_modified(const struct stat *info)
{
	return info->st_mtim;
}

void platform_forget(void *secret, size_t length)
{
	explicit_bzero(secret, length);
}

/* openat2(2), since 5.6. EPERM is a sandbox of an older day (seccomp): what it would say of the file, the walk says. */
static int open_how(int folder_fd, const char *path, int flags, unsigned long long resolve)
{
	const struct open_how how = {
		.flags = (unsigned long long)(unsigned)(flags | O_CLOEXEC),
		.resolve = resolve | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, folder_fd, path, &how, sizeof(how));

	if (fd < 0 && errno == EPERM)
		errno = ENOSYS;
	return fd;
}

int platform_open_beneath(int folder_fd, const char *path, int flags)
{
	int fd = -1;

	/* EAGAIN: something was renamed while the kernel looked. */
	for (int attempt = 0; attempt < 8; attempt++) {
		fd = open_how(folder_fd, *path ? path : ".", flags, RESOLVE_BENEATH);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd;
}

int platform_open_unlinked(int folder_fd, const char *path, int flags)
{
	return open_how(folder_fd, path, flags, RESOLVE_NO_SYMLINKS);
}

ssize_t platform_read_link(int folder_fd, const char *name, char *ret_target, size_t size, struct stat *ret_info)
{
	CLEANUP_CLOSE int fd = openat(folder_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 || fstat(fd, ret_info) < 0 ? -1 : readlinkat(fd, "", ret_target, size);
}
