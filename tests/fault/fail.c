/* Preloaded by tests/fault/undo: the Nth rename to a path, unlink of it, or sync of it, fails with EIO or takes its
 * time.
 *
 *     FAULT="rename /store/instances/ci 1 EIO"    or "fdatasync /h/reconcile.journal 0 600": each is held for 600 ms,
 *     FAULT_HIT=FILE                              is made when it has come to that
 *                                                 and ends a hold when somebody removes it */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int seen;

/* Whether this call is to fail; one that is to be held is, here. */
static int fails(const char *call, const char *path)
{
	const char *fault = getenv("FAULT"), *file = getenv("FAULT_HIT");
	char want[32], at[PATH_MAX], how[32];
	int nth, fd;

	if (!fault || !file || sscanf(fault, "%31s %4095s %d %31s", want, at, &nth, how) != 4)
		return 0;
	if (strcmp(want, call) != 0 || strcmp(at, path) != 0 || (atomic_fetch_add(&seen, 1) + 1 != nth && nth != 0))
		return 0;
	if ((fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) >= 0)
		close(fd);
	for (int held = 0; nth == 0 && held < atoi(how) && access(file, F_OK) == 0; held++)
		usleep(1000);
	return nth != 0;
}

static int fails_fd(const char *call, int fd)
{
	char link[64], path[PATH_MAX];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	if (length < 0)
		return 0;
	path[length] = '\0';
	return fails(call, path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int refuse(void)
{
	errno = EIO;
	return -1;
}

int rename(const char *from, const char *to)
{
	return fails("rename", to) ? refuse() : REAL(rename)(from, to);
}

int unlink(const char *path)
{
	return fails("unlink", path) ? refuse() : REAL(unlink)(path);
}

/* In a folder that is open. */
static int fails_at(const char *call, int folder, const char *name)
{
	char link[64], path[PATH_MAX];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", folder);
	ssize_t length = *name == '/' ? -1 : readlink(link, path, sizeof(path) - NAME_MAX - 2);
	if (length < 0)
		return fails(call, name);
	snprintf(path + length, sizeof(path) - (size_t)length, "/%s", name);
	return fails(call, path);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	return fails_at("rename", to_folder, to) ? refuse() : REAL(renameat)(from_folder, from, to_folder, to);
}

int unlinkat(int folder, const char *name, int flags)
{
	return fails_at("unlink", folder, name) ? refuse() : REAL(unlinkat)(folder, name, flags);
}

int fsync(int fd)
{
	return fails_fd("fsync", fd) ? refuse() : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
	int result = REAL(fdatasync)(fd);

	return fails_fd("fdatasync", fd) ? refuse() : result;
}
