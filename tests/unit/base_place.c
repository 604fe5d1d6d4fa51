/* Root in a folder of another user's: what is made is theirs, and nothing goes through their links. */
#include "base/place.h"

#include "base/acting.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>

enum { SOMEBODY = 12345, CAP = 64 };

/* A folder of theirs with links and a hard link, and a folder of root's that they lead to. */
static void make_world(const struct scratch *scratch)
{
	static const char *const links[][2] = {
		{"../roots/file", "theirs/file"}, {"../roots/made", "theirs/new"}, {"../roots", "theirs/folder"}};

	scratch_write(scratch, "roots/file", "roots");
	assert_int_equal(folder_create(scratch_at(scratch, "theirs"), 0700, NULL), 0);
	for (size_t i = 0; i < COUNT(links); i++) {
		assert_int_equal(symlink(links[i][0], scratch_at(scratch, links[i][1])), 0);
		assert_int_equal(lchown(scratch_at(scratch, links[i][1]), SOMEBODY, SOMEBODY), 0);
	}
	assert_int_equal(link(scratch_at(scratch, "roots/file"), scratch_at(scratch, "theirs/linked-in")), 0);
	assert_int_equal(chown(scratch_at(scratch, "theirs"), SOMEBODY, SOMEBODY), 0);
}

static uid_t owner(const struct scratch *scratch, const char *name)
{
	struct stat info;

	assert_int_equal(lstat(scratch_at(scratch, name), &info), 0);
	return info.st_uid;
}

static void test_what_is_made_is_theirs(void **state)
{
	const struct scratch *scratch = *state;
	struct error err = ERROR_INIT;
	int fd = -1;

	if (geteuid() != 0)
		skip();
	make_world(scratch);
	scratch_write(scratch, "theirs/a/b/file", "x");
	assert_int_equal(file_lock(scratch_at(scratch, "theirs/.lock"), 0, NULL, &fd, &err), 0);
	file_unlock(&fd);
	assert_int_equal(owner(scratch, "theirs/a"), SOMEBODY);
	assert_int_equal(owner(scratch, "theirs/a/b"), SOMEBODY);
	assert_int_equal(owner(scratch, "theirs/a/b/file"), SOMEBODY);
	assert_int_equal(owner(scratch, "theirs/.lock"), SOMEBODY);
	/* A file of root's in their folder, replaced; a folder that was there stays whose it is. */
	assert_int_equal(chown(scratch_at(scratch, "theirs/a/b/file"), 0, 0), 0);
	scratch_write(scratch, "theirs/a/b/file", "y");
	assert_int_equal(owner(scratch, "theirs/a/b/file"), SOMEBODY);
	scratch_write(scratch, "roots/more", "x");
	assert_int_equal(owner(scratch, "roots/more"), 0);
}

static int read_it(const char *path, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(CAP);

	return file_read_careful(path, CAP, &data, err);
}
static int write_it(const char *path, struct error *err)
{
	return file_write_atomic(path, "w", 1, 0600, err);
}
static int make_it(const char *path, struct error *err)
{
	return folder_create(path, 0700, err);
}
static int lock_it(const char *path, struct error *err)
{
	int fd = -1;

	return file_lock(path, 0, NULL, &fd, err);
}
static int move_it(const char *path, struct error *err)
{
	CLEANUP_FREE char *to = path_join(path, "../moved");

	return file_move(path, to, err);
}

static void test_nothing_goes_through_their_links(void **state)
{
	static const struct {
		int (*act)(const char *path, struct error *err);
		const char *path;
	} rows[] = {
		{read_it, "theirs/file"},
		{read_it, "theirs/linked-in"},
		{read_it, "theirs/folder/file"},
		{write_it, "theirs/file"},
		{write_it, "theirs/new"},
		{write_it, "theirs/folder/file"},
		{make_it, "theirs/new"},
		{make_it, "theirs/folder/made"},
		{lock_it, "theirs/file"},
		{lock_it, "theirs/new"},
		{lock_it, "theirs/linked-in"},
		{lock_it, "theirs/folder/made"},
		{file_remove, "theirs/folder/file"},
		{folder_remove, "theirs/folder/file"},
		{move_it, "theirs/folder/file"},
	};
	const struct scratch *scratch = *state;

	if (geteuid() != 0)
		skip();
	make_world(scratch);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = ERROR_INIT;

		if (rows[i].act(scratch_at(scratch, rows[i].path), &err) == 0 || err.kind != ERROR_REFUSED)
			fail_msg("row %zu, %s: not refused, %s", i, rows[i].path, err.message);
		if (!strstr(err.message, "link"))
			fail_msg("row %zu, %s: %s", i, rows[i].path, err.message);
	}
	assert_string_equal(scratch_read(scratch, "roots/file"), "roots");
	assert_int_equal(owner(scratch, "roots/file"), 0);
	assert_false(scratch_has(scratch, "roots/made"));
	assert_false(scratch_has(scratch, "theirs/moved"));
	/* What is under the name itself goes, and not what it leads to. */
	assert_int_equal(file_remove(scratch_at(scratch, "theirs/file"), NULL), 0);
	assert_int_equal(folder_remove(scratch_at(scratch, "theirs/folder"), NULL), 0);
	assert_string_equal(scratch_read(scratch, "roots/file"), "roots");
}

/* What they may do, and back again; also one within the other. */
static void test_acting(void **state)
{
	const struct scratch *scratch = *state;
	struct acting outer, inner;
	struct error err = ERROR_INIT;
	uid_t user = SOMEBODY;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(scratch->path, 0755), 0);
	make_world(scratch);
	assert_int_equal(acting_begin(user, user, &outer, &err), 0);
	assert_int_equal(acting_begin(user, user, &inner, &err), 0);
	acting_end(&inner);
	int made = open(scratch_at(scratch, "theirs/made"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	int kept = open(scratch_at(scratch, "roots/file"), O_RDONLY | O_CLOEXEC);
	acting_end(&outer);
	assert_true(made >= 0 && kept < 0);
	close(made);
	assert_int_equal(owner(scratch, "theirs/made"), SOMEBODY);
	kept = open(scratch_at(scratch, "roots/file"), O_RDONLY | O_CLOEXEC);
	assert_true(kept >= 0);
	close(kept);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_what_is_made_is_theirs),
					   TEST(test_nothing_goes_through_their_links), TEST(test_acting)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
