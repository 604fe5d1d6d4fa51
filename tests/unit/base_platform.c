/* What each system does by means of its own behaves as base/platform.h and base/process.h say. */
#include "base/platform.h"

#include "base/cleanup.h"
#include "base/process.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

static void assert_closes_on_exec(int fd)
{
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static bool waits(int fd)
{
	return (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
}

static void pipes_are_private(void **state)
{
	static const int flags[] = {0, O_NONBLOCK};

	(void)state;
	for (int i = 0; i < 2; i++) {
		int ends[2];

		assert_int_equal(platform_pipe(ends, flags[i]), 0);
		for (int end = 0; end < 2; end++) {
			assert_closes_on_exec(ends[end]);
			assert_int_equal(waits(ends[end]), flags[i] == 0);
			close(ends[end]);
		}
	}
}

static void sockets_are_private(void **state)
{
	const struct scratch *scratch = *state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	CLEANUP_CLOSE int door = platform_socket();
	CLEANUP_CLOSE int caller = platform_socket();

	assert_closes_on_exec(door);
	assert_false(waits(door));
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", scratch_at(scratch, "s"));
	assert_int_equal(bind(door, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(door, 1), 0);
	assert_int_equal(connect(caller, (const struct sockaddr *)&address, sizeof(address)), 0);
	CLEANUP_CLOSE int guest = platform_accept(door);
	assert_closes_on_exec(guest);
	assert_true(waits(guest));
	assert_int_equal(platform_accept(door), -1);
	assert_int_equal(errno, EAGAIN);
}

static void links_tell_whose_they_are(void **state)
{
	const struct scratch *scratch = *state;
	CLEANUP_CLOSE int folder = open(scratch_at(scratch, ""), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat info;
	char target[64];

	scratch_write(scratch, "file", "x");
	assert_int_equal(symlink("where/it/leads", scratch_at(scratch, "link")), 0);
	assert_int_equal(platform_read_link(folder, "link", target, sizeof(target), &info), 14);
	assert_memory_equal(target, "where/it/leads", 14);
	assert_true(S_ISLNK(info.st_mode));
	assert_int_equal(info.st_uid, geteuid());
	assert_int_equal(platform_read_link(folder, "file", target, sizeof(target), &info), -1);
	assert_int_equal(platform_read_link(folder, "none", target, sizeof(target), &info), -1);
	assert_int_equal(errno, ENOENT);
}

static void links_are_no_way(void **state)
{
	const struct scratch *scratch = *state;
	CLEANUP_CLOSE int folder = open(scratch_at(scratch, ""), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	scratch_write(scratch, "a/file", "x");
	assert_int_equal(symlink("a", scratch_at(scratch, "b")), 0);
	CLEANUP_CLOSE int straight = platform_open_unlinked(folder, "a/file", O_RDONLY);
	if (straight < 0) { /* a sandbox without openat2(2): beneath_walk() is what is used then */
		assert_int_equal(errno, ENOSYS);
		return;
	}
	assert_closes_on_exec(straight);
	assert_int_equal(platform_open_unlinked(folder, "b/file", O_RDONLY), -1);
	assert_int_equal(errno, ELOOP);
	assert_int_equal(platform_open_unlinked(folder, "b", O_RDONLY | O_NOFOLLOW), -1);
	assert_int_equal(errno, ELOOP);
}

static void what_is_written_can_be_synced(void **state)
{
	const struct scratch *scratch = *state;
	struct stat info;

	scratch_write(scratch, "file", "x");
	CLEANUP_CLOSE int fd = open(scratch_at(scratch, "file"), O_WRONLY | O_CLOEXEC);
	assert_int_equal(platform_sync(fd), 0);
	assert_int_equal(platform_sync_data(fd), 0);
	assert_int_equal(platform_sync_volume(fd), 0);
	assert_int_equal(platform_sync(-1), -1);
	assert_int_equal(fstat(fd, &info), 0);
	assert_int_equal(platform_modified(&info).tv_sec, info.st_mtime);
}

static void processes_have_names(void **state)
{
	static const char *const argv[] = {"sleep", "1000", NULL};
	char name[64];
	pid_t pid;

	(void)state;
	assert_int_equal(posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ), 0);
	bool found = process_name(pid, name, sizeof(name));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(found);
	assert_string_equal(name, "sleep");
	assert_false(process_name(0x7ffffffe, name, sizeof(name)));
	assert_false(process_in_container(getpid(), ""));
	assert_false(process_in_container(getpid(), "0123456789abcdef"));
	assert_false(process_in_container(0, "0123456789abcdef"));
}

#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipes_are_private),	     WITH_SCRATCH(sockets_are_private),
		WITH_SCRATCH(links_tell_whose_they_are),     WITH_SCRATCH(links_are_no_way),
		WITH_SCRATCH(what_is_written_can_be_synced), cmocka_unit_test(processes_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
