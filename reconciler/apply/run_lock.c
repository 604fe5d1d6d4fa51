/* Takes the lock, keeps it alive, and gives it back. */
#include "apply/run_lock.h"

#include "apply/lock_owner.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/platform.h"
#include "base/xalloc.h"
#include "live/store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char lock_name[] = ".reconcile.lock", claim_name[] = ".reconcile.lock.claim";

enum { SILENT_LEASES = 3, WATCH_MS = 50 };

/* The thread that keeps the owner's mark moving. */
struct lease {
	pthread_t thread;
	int wake[2]; /* a pipe: that its writing end is closed ends the thread */
	atomic_bool lost;
	int fd;
	char *path;
	struct owner owner;
};

/* A lock on its way. */
struct taking {
	const char *store, *path, *claim;
	int timeout_ms;
	int64_t deadline;
	struct owner self;
	struct found_owner found;
};

static int locked(const struct taking *taking, struct error *err)
{
	const struct found_owner *found = &taking->found;
	int enough = (SILENT_LEASES * found->lease_ms + 999) / 1000 + 1;

	error_set(err, ERROR_LOCKED, "another reconcile is changing %s: %s", taking->store,
		  *found->text == '\0' ? "its owner has not said who it is" : found->text);
	if (found->length > 0 && !found->is_local && taking->timeout_ms < enough * 1000)
		return error_hint(err,
				  "it is on another machine: whether it still lives shows within %d s, so wait that "
				  "long with --lock-timeout %d",
				  enough, enough);
	return error_hint(err, "waited %d s: let it end, or wait longer with --lock-timeout",
			  taking->timeout_ms / 1000);
}

static int in_the_way(const char *path, mode_t mode, struct error *err)
{
	error_set(err, ERROR_REFUSED, "%s is not a file of ours but %s", path, file_type_name(mode));
	return error_hint(err, "look at what it is, then remove it: rm -r %s", path);
}

/* The file that was locked must be the one that others find: not a link that leads to somebody's file, which we would
 * then write, and not one that was removed while we waited. */
static int check_file(const struct taking *taking, int fd, bool *ret_again, struct error *err)
{
	struct stat ours, named;

	*ret_again = false;
	if (fstat(fd, &ours) < 0)
		return error_set_errno(err, errno, "cannot use the lock %s", taking->path);
	if (lstat(taking->path, &named) < 0) {
		*ret_again = errno == ENOENT;
		return *ret_again ? 0 : error_set_errno(err, errno, "cannot use the lock %s", taking->path);
	}
	if (!S_ISREG(named.st_mode) || !S_ISREG(ours.st_mode))
		return in_the_way(taking->path, S_ISREG(named.st_mode) ? ours.st_mode : named.st_mode, err);
	*ret_again = ours.st_ino != named.st_ino || ours.st_dev != named.st_dev;
	return 0;
}

static int left_ms(const struct taking *taking)
{
	int64_t left = taking->deadline - clock_ms();

	return left > 0 ? (int)left : 0;
}

/* Gets the flock, which keeps the runs of this machine apart. */
static int lock_here(struct taking *taking, int *ret_fd, struct error *err)
{
	bool again = true;

	while (again) {
		struct error failure = ERROR_INIT;
		struct stat named;

		if (lstat(taking->path, &named) == 0 && !S_ISREG(named.st_mode))
			return in_the_way(taking->path, named.st_mode, err);
		if (file_lock(taking->path, left_ms(taking), NULL, ret_fd, &failure) < 0) {
			if (failure.kind == ERROR_LOCKED) {
				owner_read(taking->path, &taking->self, &taking->found);
				return locked(taking, err);
			}
			error_copy(err, &failure);
			return failure.hint[0] ? -1 : error_hint(err, STORE_LOCK_HINT);
		}
		if (check_file(taking, *ret_fd, &again, err) < 0 || again)
			file_unlock(ret_fd);
		if (*ret_fd < 0 && !again)
			return -1;
	}
	return 0;
}

static bool same_owner(const struct found_owner *a, const struct found_owner *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* Waits until the file names nobody, or somebody who is dead. */
static int watch(struct taking *taking, struct error *err)
{
	int64_t since = clock_ms();

	owner_read(taking->path, &taking->self, &taking->found);
	while (taking->found.length > 0 && !taking->found.is_local) {
		struct found_owner now;

		if (clock_ms() - since >= (int64_t)SILENT_LEASES * taking->found.lease_ms)
			return 0;
		if (left_ms(taking) == 0)
			return locked(taking, err);
		poll(NULL, 0, WATCH_MS);
		owner_read(taking->path, &taking->self, &now);
		if (same_owner(&now, &taking->found))
			continue;
		since = clock_ms();
		taking->found = now;
	}
	return 0;
}

/* Whose claim it is; "" when it is gone. */
static void read_claim(const char *path, char ret_boot[64])
{
	ssize_t length = readlink(path, ret_boot, 63);

	ret_boot[length < 0 ? 0 : length] = '\0';
}

/* 0 once the claim is ours. One of this boot is a dead run's, for we have the flock; another machine's is waited
 * for, and removed when it does not go. A file system without links has no claims: then the beats alone tell. */
static int claim(const struct taking *taking, struct error *err)
{
	struct stat info;
	const char *self = *taking->self.boot == '\0' ? "unknown" : taking->self.boot;
	int64_t since = clock_ms();
	char seen[64] = "", now[64];

	for (;;) {
		if (symlink(self, taking->claim) == 0)
			return 0;
		if (errno == EPERM || errno == ENOTSUP || errno == ENOSYS)
			return 0;
		if (errno != EEXIST)
			return error_set_errno(err, errno, "cannot make %s", taking->claim);
		if (lstat(taking->claim, &info) == 0 && !S_ISLNK(info.st_mode))
			return in_the_way(taking->claim, info.st_mode, err);
		read_claim(taking->claim, now);
		if (strcmp(now, seen) != 0)
			since = clock_ms();
		memcpy(seen, now, sizeof(seen));
		if (strcmp(now, self) == 0 || clock_ms() - since >= (int64_t)SILENT_LEASES * LEASE_MS)
			unlink(taking->claim);
		else if (left_ms(taking) == 0)
			return error_set(err, ERROR_LOCKED, "another machine is taking the lock %s", taking->path);
		else
			poll(NULL, 0, WATCH_MS);
	}
}

/* Writes ourselves as the owner, unless another machine was first: *ret_again. */
static int write_owner(const struct taking *taking, int fd, bool *ret_again, struct error *err)
{
	struct found_owner now;
	int result = 0;

	*ret_again = false;
	if (claim(taking, err) < 0)
		return -1;
	owner_read(taking->path, &taking->self, &now);
	if (same_owner(&now, &taking->found))
		result = owner_write(fd, taking->path, &taking->self, err);
	else
		*ret_again = true;
	unlink(taking->claim);
	return result;
}

/* False when somebody else is in the file. */
static bool beat(struct lease *lease)
{
	struct found_owner now;

	owner_read(lease->path, &lease->owner, &now);
	if (strcmp(now.id, lease->owner.id) != 0)
		return false;
	lease->owner.beat++;
	owner_write(lease->fd, lease->path, &lease->owner, NULL); /* a full disk does not end the run */
	return true;
}

static void *keep_alive(void *context)
{
	struct lease *lease = context;
	struct pollfd wake = {.fd = lease->wake[0], .events = POLLIN};

	while (poll(&wake, 1, LEASE_MS) <= 0)
		if (!beat(lease)) {
			atomic_store(&lease->lost, true);
			break;
		}
	return NULL;
}

static void lease_free(struct lease *lease)
{
	for (int end = 0; end < 2; end++)
		if (lease->wake[end] >= 0)
			close(lease->wake[end]);
	free(lease->path);
	free(lease);
}

/* Signals are for the thread that runs the program. */
static int start_thread(struct lease *lease)
{
	sigset_t all, before;
	int failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&lease->thread, NULL, keep_alive, lease);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

static int lease_start(const struct taking *taking, int fd, struct lease **ret_lease, struct error *err)
{
	struct lease *lease = XNEW(struct lease);
	int failed;

	lease->path = xstrdup(taking->path);
	lease->fd = fd;
	lease->owner = taking->self;
	lease->wake[0] = lease->wake[1] = -1;
	failed = platform_pipe(lease->wake, 0) < 0 ? errno : start_thread(lease);
	if (failed != 0) {
		lease_free(lease);
		return error_set_errno(err, failed, "cannot start the thread that keeps %s alive", taking->path);
	}
	*ret_lease = lease;
	return 0;
}

/* False when another machine has the lock now. */
static bool lease_end(struct lease *lease)
{
	struct found_owner now;
	bool ours;

	close(lease->wake[1]); /* wakes it: unlike a write, that cannot fail */
	lease->wake[1] = -1;
	pthread_join(lease->thread, NULL);
	owner_read(lease->path, &lease->owner, &now);
	ours = strcmp(now.id, lease->owner.id) == 0;
	lease_free(lease);
	return ours;
}

static void note_dead(const struct taking *taking, struct run_lock *lock)
{
	const struct found_owner *found = &taking->found;

	if (found->length == 0 || *found->text == '\0')
		return;
	if (found->is_local)
		snprintf(lock->took_over, sizeof(lock->took_over), "%s", found->text);
	else
		snprintf(lock->took_over, sizeof(lock->took_over), "%s (another machine, silent for %d s)", found->text,
			 SILENT_LEASES * found->lease_ms / 1000);
}

static int take(struct taking *taking, struct run_lock *lock, struct error *err)
{
	bool again = true;

	if (owner_init(taking->self.command, &taking->self, err) < 0 || lock_here(taking, &lock->fd, err) < 0)
		return -1;
	while (again)
		if (watch(taking, err) < 0 || write_owner(taking, lock->fd, &again, err) < 0)
			return -1;
	if (lease_start(taking, lock->fd, &lock->lease, err) < 0) {
		ftruncate(lock->fd, 0);
		return -1;
	}
	note_dead(taking, lock);
	return 0;
}

int run_lock_take(const char *store, const char *command, int timeout_ms, struct run_lock *ret_lock, struct error *err)
{
	CLEANUP_FREE char *path = path_join(store, lock_name);
	CLEANUP_FREE char *claim_path = path_join(store, claim_name);
	struct run_lock lock = {.fd = -1};
	struct taking taking = {
		.store = store,
		.path = path,
		.claim = claim_path,
		.timeout_ms = timeout_ms,
		.deadline = clock_ms() + timeout_ms,
		.self = {.command = command},
	};

	if (folder_create(store, 0700, err) < 0)
		return -1;
	if (take(&taking, &lock, err) < 0) {
		file_unlock(&lock.fd);
		return -1;
	}
	*ret_lock = lock;
	return 0;
}

bool run_lock_is_lost(const struct run_lock *lock)
{
	return lock->lease && atomic_load(&lock->lease->lost);
}

void run_lock_release(struct run_lock *lock)
{
	bool ours = !lock->lease || lease_end(lock->lease);

	lock->lease = NULL;
	/* An owner that is still named when the lock is free has died. */
	if (lock->fd >= 0 && ours && ftruncate(lock->fd, 0) < 0)
		lock->took_over[0] = '\0';
	file_unlock(&lock->fd);
}
