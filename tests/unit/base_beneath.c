/* Opening beneath a folder: what stays in opens, what leads out does not, by the kernel's way and by the walk alike. */
#include "base/beneath.h"

#include "base/cleanup.h"
#include "base/count.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>

typedef int opener(int folder_fd, const char *path, int flags);

static void make_world(const struct scratch *scratch)
{
	static const char *const links[][2] = {
		{"inside", "root/in"},
		{"a/file", "root/deep"},
		{"../outside", "root/out"},
		{"../root/inside", "root/round"},
		{"..", "root/a/up"},
		{"../..", "root/a/upup"},
		{"/etc/hostname", "root/absolute"},
		{"loop", "root/loop"},
		{"a", "root/folder"},
		{"nowhere", "root/dangling"},
		{"../nowhere", "root/dangling-out"},
	};

	scratch_write(scratch, "outside", "out");
	scratch_write(scratch, "root/inside", "in");
	scratch_write(scratch, "root/a/file", "in");
	for (size_t i = 0; i < COUNT(links); i++)
		assert_int_equal(symlink(links[i][0], scratch_at(scratch, links[i][1])), 0);
}

static void check(opener *open_it, const char *name, void **state)
{
	static const struct {
		const char *path;
		int error; /* 0: it opens */
	} rows[] = {
		{"inside", 0},
		{"./inside", 0},
		{"a/file", 0},
		{"a//file", 0},
		{"a/../inside", 0},
		{"a/./../a/file", 0},
		{"in", 0},
		{"deep", 0},
		{"folder/file", 0},
		{"a/up/inside", 0},
		{"", 0},
		{"a", 0},
		{"out", EXDEV},
		{"round", EXDEV},
		{"a/upup/outside", EXDEV},
		{"../outside", EXDEV},
		{"..", EXDEV},
		{"a/../../outside", EXDEV},
		{"absolute", EXDEV},
		{"dangling-out", EXDEV},
		{"/etc/hostname", EXDEV},
		{"loop", ELOOP},
		{"dangling", ENOENT},
		{"nothing", ENOENT},
		{"inside/x", ENOTDIR},
	};
	const struct scratch *scratch = *state;
	CLEANUP_CLOSE int root = -1;

	make_world(scratch);
	root = open(scratch_at(scratch, "root"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(root >= 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = open_it(root, rows[i].path, O_RDONLY);
		int error = fd < 0 ? errno : 0;

		if (fd >= 0)
			close(fd);
		if (error != rows[i].error)
			fail_msg("%s of \"%s\": %s", name, rows[i].path, strerror(error));
	}
}

static void test_open(void **state)
{
	check(beneath_open, "beneath_open", state);
}

static void test_walk(void **state)
{
	check(beneath_walk, "beneath_walk", state);
}

/* Whose the links are decides, wherever they lead. */
static void test_careful(void **state)
{
	static const char *const links[] = {"in", "deep", "out", "round", "a/up", "folder", "dangling"};
	static const struct {
		const char *path;
		int roots, others; /* errno by the links' owner */
	} rows[] = {
		{"inside", 0, 0},
		{"a/file", 0, 0},
		{"a/../inside", 0, 0},
		{"../outside", 0, 0},
		{"in", 0, EXDEV},
		{"deep", 0, EXDEV},
		{"out", 0, EXDEV},
		{"round", 0, EXDEV},
		{"a/up/inside", 0, EXDEV},
		{"folder/file", 0, EXDEV},
		{"folder/../inside", 0, EXDEV},
		{"dangling", ENOENT, EXDEV},
		{"nothing", ENOENT, ENOENT},
	};
	const struct scratch *scratch = *state;
	CLEANUP_CLOSE int root = -1;

	make_world(scratch);
	root = open(scratch_at(scratch, "root"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int others = geteuid() == 0 ? 0 : 1; others < 2; others++) {
		for (size_t i = 0; others && geteuid() == 0 && i < COUNT(links); i++)
			assert_int_equal(fchownat(root, links[i], 65534, 65534, AT_SYMLINK_NOFOLLOW), 0);
		for (size_t i = 0; i < COUNT(rows); i++) {
			int wanted = others ? rows[i].others : rows[i].roots;
			CLEANUP_CLOSE int walked = careful_walk(root, rows[i].path, O_RDONLY);
			int error = walked < 0 ? errno : 0;
			CLEANUP_CLOSE int opened = careful_openat(root, rows[i].path, O_RDONLY);

			if (geteuid() == 0 && (opened < 0 ? errno : 0) != wanted)
				fail_msg("opening \"%s\", others %d: %s", rows[i].path, others, strerror(errno));
			if (error != wanted)
				fail_msg("walking \"%s\", others %d: %s", rows[i].path, others, strerror(error));
		}
	}
}

static void test_paths(void **state)
{
	CLEANUP_FREE char *plain = path_absolute("/a//b/./c/"), *root = path_absolute("/"),
			  *up = path_absolute("/usr/../x");
	CLEANUP_FREE char *none = path_absolute("/no/such/../x"), *here = path_absolute("x"), *cwd = getcwd(NULL, 0);

	(void)state;
	assert_string_equal(plain, "/a/b/c");
	assert_string_equal(root, "/");
	assert_string_equal(up, "/x");
	assert_null(none);
	assert_string_equal(path_beneath(cwd, here), "x");
	assert_string_equal(path_beneath("/a", "/a/b"), "b");
	assert_string_equal(path_beneath("/a", "/a"), "");
	assert_string_equal(path_beneath("/", "/a"), "a");
	assert_null(path_beneath("/a", "/ab"));
	assert_null(path_beneath("/a", "/"));
	assert_true(path_climbs("a/../b"));
	assert_true(path_climbs(".."));
	assert_false(path_climbs("a..b/...c"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_open, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_walk, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_careful, scratch_setup, scratch_teardown),
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
