/* Files: bounded reads, atomic writes also through links, folders, and locks against another process. */
#include "base/file.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Each test works in a folder of its own. */
static int folder_setup(void **state)
{
	const char *above = getenv("TMPDIR");
	char *folder = path_join(above ? above : "/tmp", "reconcile-file-XXXXXX");

	*state = folder;
	return !mkdtemp(folder) ? -1 : 0;
}

static int folder_teardown(void **state)
{
	struct error err = ERROR_INIT;
	int result = folder_remove(*state, &err);

	free(*state);
	return result;
}

static size_t entries(const char *path)
{
	DIR *folder = opendir(path);
	size_t count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count - 2; /* "." and ".." */
}

static void assert_content(const char *path, const char *text)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(0);
	struct error err = ERROR_INIT;

	assert_int_equal(file_read(path, 1000, &data, &err), 0);
	assert_string_equal(buffer_text(&data), text);
}

static void write_text(const char *path, const char *text)
{
	struct error err = ERROR_INIT;

	assert_int_equal(file_write_atomic(path, text, strlen(text), 0644, &err), 0);
}

static void test_path_join(void **state)
{
	static const struct {
		const char *folder, *name, *path;
	} rows[] = {{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"a", "/b", "a/b"}, {"a//", "//b", "a/b"},
		    {"/", "b", "/b"},  {"", "b", "b"},	   {"a", "", "a/"},    {"/a/b", "c/d", "/a/b/c/d"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_FREE char *path = path_join(rows[i].folder, rows[i].name);

		assert_string_equal(path, rows[i].path);
	}
}

static void test_write_creates_and_replaces(void **state)
{
	CLEANUP_FREE char *path = path_join(*state, "state.json");
	struct error err = ERROR_INIT;
	struct stat info;

	assert_false(file_exists(path));
	assert_int_equal(file_write_atomic(path, "one", 3, 0600, &err), 0);
	assert_true(file_exists(path));
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_content(path, "one");
	assert_int_equal(file_write_atomic(path, "", 0, 0644, &err), 0);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0644);
	assert_content(path, "");
	assert_int_equal(entries(*state), 1);
}

static void test_write_of_many_bytes(void **state)
{
	CLEANUP_FREE char *path = path_join(*state, "large");
	CLEANUP_FREE char *bytes = malloc(300000);
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(0);
	struct error err = ERROR_INIT;

	for (int i = 0; i < 300000; i++)
		bytes[i] = (char)(i % 253);
	assert_int_equal(file_write_atomic(path, bytes, 300000, 0600, &err), 0);
	assert_int_equal(file_read(path, 300000, &data, &err), 0);
	assert_int_equal(data.length, 300000);
	assert_memory_equal(data.data, bytes, 300000);
}

static void test_write_with_the_longest_name(void **state)
{
	char name[256];

	memset(name, 'n', 255);
	name[255] = '\0';
	CLEANUP_FREE char *path = path_join(*state, name);
	write_text(path, "x");
	assert_content(path, "x");
}

static void test_write_goes_through_links(void **state)
{
	CLEANUP_FREE char *folder = path_join(*state, "elsewhere");
	CLEANUP_FREE char *target = path_join(folder, "main.yaml");
	CLEANUP_FREE char *link = path_join(*state, "main.yaml");
	CLEANUP_FREE char *dangling = path_join(*state, "dangling");
	struct error err = ERROR_INIT;
	struct stat info;

	assert_int_equal(folder_create(folder, 0700, &err), 0);
	write_text(target, "old");
	assert_int_equal(symlink("elsewhere/main.yaml", link), 0);
	write_text(link, "new");
	assert_content(target, "new");
	assert_int_equal(lstat(link, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	assert_int_equal(entries(folder), 1);

	assert_int_equal(symlink("nowhere", dangling), 0);
	assert_int_equal(file_write_atomic(dangling, "x", 1, 0600, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_non_null(strstr(err.message, dangling));
}

static void test_failed_write_leaves_nothing_behind(void **state)
{
	CLEANUP_FREE char *missing = path_join(*state, "missing/file");
	CLEANUP_FREE char *folder = path_join(*state, "folder");
	CLEANUP_FREE char *inside = path_join(folder, "file");
	struct error err = ERROR_INIT;

	assert_int_equal(file_write_atomic(missing, "x", 1, 0600, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_non_null(strstr(err.message, missing));

	/* A folder cannot be replaced by a file: rename() fails after everything else worked. */
	assert_int_equal(folder_create(folder, 0700, &err), 0);
	write_text(inside, "kept");
	assert_int_equal(file_write_atomic(folder, "x", 1, 0600, &err), -1);
	assert_int_equal(entries(*state), 1);
	assert_content(inside, "kept");
}

static void test_write_without_permission(void **state)
{
	enum { NOBODY = 65534 };
	struct error writing = ERROR_INIT, reading = ERROR_INIT;
	bool is_root = geteuid() == 0; /* who may write everywhere, so nobody does it */
	CLEANUP_FREE char *path = path_join(*state, "file");
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(0);

	write_text(path, "old");
	assert_int_equal(chmod(*state, is_root ? 0555 : 0500), 0);
	assert_int_equal(chmod(path, 0), 0);
	assert_true(!is_root || seteuid(NOBODY) == 0);
	int written = file_write_atomic(path, "new", 3, 0600, &writing);
	int read = file_read(path, 100, &data, &reading);
	assert_true(!is_root || seteuid(0) == 0);
	assert_int_equal(chmod(*state, 0700), 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(written, -1);
	assert_int_equal(writing.kind, ERROR_OTHER);
	assert_content(path, "old");
	assert_int_equal(read, -1);
	assert_int_equal(reading.kind, ERROR_OTHER);
}

static void test_read_refuses(void **state)
{
	CLEANUP_FREE char *missing = path_join(*state, "missing");
	CLEANUP_FREE char *fifo = path_join(*state, "fifo");
	CLEANUP_FREE char *file = path_join(*state, "file");
	CLEANUP_FREE char *below = path_join(file, "below");
	const struct {
		const char *path;
		size_t cap;
		enum error_kind kind;
	} rows[] = {
		{missing, 10, ERROR_NOT_FOUND},	  {*state, 10, ERROR_CORRUPT}, {fifo, 10, ERROR_CORRUPT},
		{"/dev/zero", 10, ERROR_CORRUPT}, {file, 4, ERROR_CORRUPT},    {below, 10, ERROR_CORRUPT},
	};

	assert_int_equal(mkfifo(fifo, 0600), 0);
	write_text(file, "12345");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buffer data = BUFFER_INIT(0);
		struct error err = ERROR_INIT;

		assert_int_equal(file_read(rows[i].path, rows[i].cap, &data, &err), -1);
		assert_int_equal(err.kind, rows[i].kind);
		assert_non_null(strstr(err.message, rows[i].path));
		assert_null(data.data);
	}
}

static void test_read_at_the_cap_and_through_a_link(void **state)
{
	CLEANUP_FREE char *file = path_join(*state, "file");
	CLEANUP_FREE char *link = path_join(*state, "link");
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(0);
	struct error err = ERROR_INIT;

	write_text(file, "12345");
	assert_int_equal(symlink("file", link), 0);
	assert_int_equal(file_read(link, 5, &data, &err), 0);
	assert_string_equal(buffer_text(&data), "12345");
}

/* The size of such a file is 0 until it is read. */
static void test_read_of_a_file_that_grows(void **state)
{
	struct buffer data = BUFFER_INIT(0);
	struct error err = ERROR_INIT;

	(void)state;
	if (!file_exists("/proc/self/maps"))
		skip();
	assert_int_equal(file_read("/proc/self/maps", 16, &data, &err), -1);
	assert_int_equal(err.kind, ERROR_CORRUPT);
	assert_int_equal(file_read("/proc/self/maps", 1 << 20, &data, &err), 0);
	assert_true(data.length > 16);
	buffer_done(&data);
}

static void test_folder_create(void **state)
{
	CLEANUP_FREE char *deep = path_join(*state, "a//b/c/");
	CLEANUP_FREE char *middle = path_join(*state, "a/b");
	CLEANUP_FREE char *file = path_join(*state, "file");
	CLEANUP_FREE char *below = path_join(file, "x");
	struct error err = ERROR_INIT;
	struct stat info;

	assert_int_equal(folder_create(deep, 0700, &err), 0);
	assert_int_equal(stat(middle, &info), 0);
	assert_true(S_ISDIR(info.st_mode));
	assert_int_equal(info.st_mode & 0777, 0700);
	assert_int_equal(chmod(middle, 0750), 0);
	assert_int_equal(folder_create(deep, 0700, &err), 0);
	assert_int_equal(stat(middle, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0750);
	assert_int_equal(folder_create("/", 0700, &err), 0);

	write_text(file, "x");
	assert_int_equal(folder_create(file, 0700, &err), -1);
	assert_int_equal(err.kind, ERROR_CORRUPT);
	assert_int_equal(folder_create(below, 0700, &err), -1);
	assert_content(file, "x");
}

static void test_remove(void **state)
{
	CLEANUP_FREE char *outside = path_join(*state, "outside");
	CLEANUP_FREE char *kept = path_join(outside, "kept");
	CLEANUP_FREE char *folder = path_join(*state, "folder");
	CLEANUP_FREE char *deep = path_join(folder, "x/y/z");
	CLEANUP_FREE char *link = path_join(folder, "x/link");
	CLEANUP_FREE char *top_link = path_join(*state, "top");
	struct error err = ERROR_INIT;

	assert_int_equal(folder_create(outside, 0700, &err), 0);
	assert_int_equal(folder_create(deep, 0700, &err), 0);
	write_text(kept, "kept");
	assert_int_equal(symlink(outside, link), 0);
	assert_int_equal(symlink(outside, top_link), 0);
	for (int i = 0; i < 300; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%d", i);
		CLEANUP_FREE char *file = path_join(deep, name);
		CLEANUP_CLOSE int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
	}
	assert_int_equal(folder_remove(folder, &err), 0);
	assert_false(file_exists(folder));
	assert_int_equal(folder_remove(folder, &err), 0);
	assert_int_equal(folder_remove(top_link, &err), 0);
	assert_content(kept, "kept");
	assert_int_equal(entries(*state), 1);

	assert_int_equal(folder_remove(kept, &err), -1);
	assert_int_equal(file_remove(outside, &err), -1);
	assert_int_equal(file_remove(kept, &err), 0);
	assert_int_equal(file_remove(kept, &err), 0);
	assert_int_equal(entries(outside), 0);
}

static void test_folder_sync(void **state)
{
	CLEANUP_FREE char *missing = path_join(*state, "missing");
	struct error err = ERROR_INIT;

	assert_int_equal(folder_sync(*state, &err), 0);
	assert_int_equal(folder_sync(missing, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
}

/* A child that holds the lock until the write end of `hold` is closed. */
static pid_t holder_start(const char *path, const int hold[2])
{
	int ready[2];
	char byte = 0;

	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int fd = open(path, O_RDWR | O_CREAT, 0600);

		close(hold[1]);
		if (fd < 0 || flock(fd, LOCK_EX) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		_exit((int)read(hold[0], &byte, 1));
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static bool yes(void *context)
{
	(void)context;
	return true;
}

static void test_lock_against_another_process(void **state)
{
	CLEANUP_FREE char *path = path_join(*state, "lock");
	struct error err = ERROR_INIT;
	int hold[2], fd = -1;

	assert_int_equal(pipe(hold), 0);
	pid_t pid = holder_start(path, hold);
	assert_int_equal(file_lock(path, 0, NULL, &fd, &err), -1);
	assert_int_equal(err.kind, ERROR_LOCKED);
	assert_non_null(strstr(err.message, path));
	assert_int_equal(file_lock(path, 80, NULL, &fd, &err), -1);
	assert_int_equal(err.kind, ERROR_LOCKED);
	assert_int_equal(fd, -1);

	const struct interrupt now = {.came = yes};
	assert_int_equal(file_lock(path, 30000, &now, &fd, &err), -1);
	assert_int_equal(err.kind, ERROR_INTERRUPTED);
	assert_int_equal(fd, -1);

	close(hold[1]);
	assert_int_equal(file_lock(path, 30000, NULL, &fd, &err), 0);
	assert_true(fd >= 0);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	close(hold[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);

	file_unlock(&fd);
	assert_int_equal(fd, -1);
	file_unlock(&fd);
	assert_true(file_exists(path));
}

/* flock() belongs to the open file: a second lock in the same process waits as well. */
static void test_lock_twice_in_one_process(void **state)
{
	CLEANUP_FREE char *path = path_join(*state, "lock");
	struct error err = ERROR_INIT;
	int first = -1, second = -1;
	struct stat info;

	assert_int_equal(file_lock(path, 0, NULL, &first, &err), 0);
	assert_int_equal(fstat(first, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_int_equal(file_lock(path, 0, NULL, &second, &err), -1);
	assert_int_equal(err.kind, ERROR_LOCKED);
	file_unlock(&first);
	assert_int_equal(file_lock(path, 0, NULL, &second, &err), 0);
	file_unlock(&second);
}

static void test_unlock_despite_an_inherited_copy(void **state)
{
	CLEANUP_FREE char *path = path_join(*state, "lock");
	struct error err = ERROR_INIT;
	int first = -1, second = -1;

	assert_int_equal(file_lock(path, 0, NULL, &first, &err), 0);
	CLEANUP_CLOSE int copy = dup(first);
	assert_true(copy >= 0);
	file_unlock(&first);
	assert_int_equal(file_lock(path, 0, NULL, &second, &err), 0);
	file_unlock(&second);
}

static void test_lock_in_a_missing_folder(void **state)
{
	CLEANUP_FREE char *path = path_join(*state, "missing/lock");
	struct error err = ERROR_INIT;
	int fd = -1;

	assert_int_equal(file_lock(path, 1000, NULL, &fd, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
}

static void test_replace_only_what_is_expected(void **state)
{
	CLEANUP_FREE char *path = path_join(*state, "config.json"), *link = path_join(*state, "link");
	CLEANUP_BUFFER struct buffer seen = BUFFER_INIT(BUFFER_TEXT_CAP), now = BUFFER_INIT(BUFFER_TEXT_CAP);
	struct error err = ERROR_INIT;
	struct stat info;
	bool written = false;

	/* There must be none: one is made, 0600; then it is there. */
	assert_int_equal(file_replace(path, NULL, "one", 3, &written, &err), 0);
	assert_true(written);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_int_equal(file_replace(path, NULL, "two", 3, &written, &err), 0);
	assert_false(written);

	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(symlink("config.json", link), 0);
	assert_int_equal(buffer_append(&seen, "one", strlen("one")), 0);
	assert_int_equal(file_replace(link, &seen, "two", 3, &written, &err), 0);
	assert_true(written);
	assert_int_equal(lstat(link, &info), 0);
	assert_true(S_ISLNK(info.st_mode));
	assert_int_equal(stat(link, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0640);

	/* Somebody else was quicker: theirs stays, and nothing of ours. */
	assert_int_equal(file_replace(path, &seen, "three", 5, &written, &err), 0);
	assert_false(written);
	assert_int_equal(file_read(path, 100, &now, &err), 0);
	assert_string_equal(buffer_text(&now), "two");
	assert_int_equal(entries(*state), 2);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

/* What somebody typed behind -o is a file, or nothing is written. */
static void test_save(void **state)
{
	CLEANUP_FREE char *fresh = path_join(*state, "fresh"), *link = path_join(*state, "link");
	CLEANUP_FREE char *pipe = path_join(*state, "pipe"), *dangling = path_join(*state, "dangling");
	const char *const refused[] = {link, pipe, dangling, *state};
	struct error err = ERROR_INIT;
	struct stat info;

	assert_int_equal(file_save(fresh, "a", 1, 0600, &err), 0);
	assert_int_equal(file_save(fresh, "b", 1, 0600, &err), 0);
	assert_content(fresh, "b");
	assert_int_equal(symlink("fresh", link), 0);
	assert_int_equal(symlink("nowhere", dangling), 0);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_int_equal(file_save(refused[i], "c", 1, 0600, &err), -1);
		assert_int_equal(err.kind, ERROR_USAGE);
		assert_string_not_equal(err.hint, "");
	}
	assert_content(fresh, "b");
	assert_int_equal(lstat(pipe, &info), 0);
	assert_true(S_ISFIFO(info.st_mode));
	assert_int_equal(entries(*state), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path_join),
		FOLDER_TEST(test_write_creates_and_replaces),
		FOLDER_TEST(test_write_of_many_bytes),
		FOLDER_TEST(test_write_with_the_longest_name),
		FOLDER_TEST(test_write_goes_through_links),
		FOLDER_TEST(test_replace_only_what_is_expected),
		FOLDER_TEST(test_failed_write_leaves_nothing_behind),
		FOLDER_TEST(test_write_without_permission),
		FOLDER_TEST(test_read_refuses),
		FOLDER_TEST(test_read_at_the_cap_and_through_a_link),
		FOLDER_TEST(test_read_of_a_file_that_grows),
		FOLDER_TEST(test_folder_create),
		FOLDER_TEST(test_remove),
		FOLDER_TEST(test_folder_sync),
		FOLDER_TEST(test_lock_against_another_process),
		FOLDER_TEST(test_lock_twice_in_one_process),
		FOLDER_TEST(test_unlock_despite_an_inherited_copy),
		FOLDER_TEST(test_lock_in_a_missing_folder),
		cmocka_unit_test_setup_teardown(test_save, folder_setup, folder_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
