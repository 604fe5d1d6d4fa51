/* What Linux and macOS do by different means: one function here for each, and one file a system. The Makefile takes
 * platform_linux.c or platform_macos.c, and no other file asks what system it is built for (.ci/layers.sh).
 * process.h and acting.h are made of two files likewise.
 *
 * All of it behaves the same on both, but where a comment says otherwise. Failures are -1 and errno. */
#ifndef RECONCILE_BASE_PLATFORM_H
#define RECONCILE_BASE_PLATFORM_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

const char *platform_name(void); /* "linux", "macos" */

/* What the running kernel calls this boot of this machine (base/identity.h); "" when it does not say. */
void platform_boot(char ret_boot[64]);

/* Both ends closed on exec; `flags` is 0 or O_NONBLOCK. On macOS a child that another thread starts between two calls
 * would have them, but base/spawn closes there all that it does not hand over. -1 leaves ret_fds alone. */
int platform_pipe(int ret_fds[2], int flags);
/* A stream socket of the Unix domain, closed on exec, non-blocking; the same for TCP (AF_INET, AF_INET6), which sends
 * at once what it is given, and finds out that its peer has gone; and the next that comes in on one that listens,
 * closed on exec, blocking. */
int platform_socket(void);
int platform_tcp_socket(int family);
int platform_accept(int fd);
/* This process gets the signal when the other end of a connected socket is closed. macOS cannot: ENOTSUP. */
int platform_signal_when_closed(int fd, int signal_number);
/* Of posix_spawn(2): the child leads a session, and has no more of our files than it is given. */
short platform_spawn_flags(void);

/* What was written is on the medium: the file; its bytes and size alone; all of the file system that the file is on.
 * On macOS fsync(2) leaves it in the drive's own cache, so that is flushed, too, where the file system can. */
int platform_sync(int fd);
int platform_sync_data(int fd);
int platform_sync_volume(int fd);

struct timespec platform_modified(const struct stat *info);

/* Overwrites what was a secret; no compiler leaves that out. */
void platform_forget(void *secret, size_t length);

/* As openat(2), closed on exec, with the path's links judged by the kernel: one that leads out of the folder is EXDEV;
 * any at all is ELOOP. ENOSYS where the kernel cannot, or a sandbox forbids the call: then the path is to be walked
 * (base/beneath.h). macOS has O_RESOLVE_BENEATH since 15 only, and older kernels open without it as if it had not been
 * asked for, so there the first is ENOSYS always. */
int platform_open_beneath(int folder_fd, const char *path, int flags);
int platform_open_unlinked(int folder_fd, const char *path, int flags);
/* Whose a link is and where it leads, of the same link though somebody puts others in its place meanwhile. As
 * readlinkat(2). Linux opens it first; macOS cannot read an open link, so it looks before and after, and is EAGAIN when
 * it never stood still. */
ssize_t platform_read_link(int folder_fd, const char *name, char *ret_target, size_t size, struct stat *ret_info);

#endif
