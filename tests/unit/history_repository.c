/* The repository's folder: where it is, who may use it, its key, and the hold. */
#include "base/count.h"
#include "history/hold.h"
#include "history/repository.h"
#include "history/resets.h"
#include "scratch.h"

#include <pwd.h>
#include <unistd.h>

static void test_path(void **state)
{
	static const struct {
		const char *env[4];
		const char *path;
	} rows[] = {
		{{"HOME=/h", "XDG_STATE_HOME=/s", "RECONCILE_HISTORY=/r", NULL}, "/r"},
		{{"HOME=/h", "XDG_STATE_HOME=/s", "RECONCILE_HISTORY=", NULL}, "/s/reconcile/abc.git"},
		{{"HOME=/h", "XDG_STATE_HOME=relative", NULL}, "/h/.local/state/reconcile/abc.git"},
		{{"HOME=/h", NULL}, "/h/.local/state/reconcile/abc.git"},
	};
	const struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *path = history_path(scratch->arena, rows[i].env, "abc");

		assert_string_equal(path, rows[i].path);
	}
	/* Without HOME it is what the system knows of the user, as for the store. */
	const char *path = history_path(scratch->arena, (const char *const[]){"HOMER=/x", NULL}, "abc");
	const struct passwd *user = getpwuid(getuid());
	if (user)
		assert_string_equal(path,
				    arena_printf(scratch->arena, "%s/.local/state/reconcile/abc.git", user->pw_dir));
}

static int open_with(const char *path, bool create, struct error *err)
{
	struct history *history = NULL;
	int result = history_open(path, create, &history, err);

	if (result == 0 && !history)
		return 1;
	history_close(history);
	return result;
}

static void test_open(void **state)
{
	const struct scratch *scratch = *state;
	const char *path = scratch_at(scratch, "a/b/h.git");
	struct error err = ERROR_INIT;
	struct stat info;

	assert_int_equal(open_with(path, false, &err), 1);
	assert_false(scratch_has(scratch, "a"));
	assert_int_equal(open_with(arena_printf(scratch->arena, "%s//", path), true, &err), 0);
	assert_int_equal(open_with(path, true, &err), 0);
	assert_int_equal(open_with(path, false, &err), 0);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0700);
	assert_string_equal(scratch_read(scratch, "a/b/h.git/HEAD"), "ref: refs/heads/main\n");

	/* What others may read is closed; what they may write is not trusted any more. */
	assert_int_equal(chmod(path, 0755), 0);
	assert_int_equal(open_with(path, false, &err), 0);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0700);
	assert_int_equal(chmod(path, 0770), 0);
	assert_int_equal(open_with(path, true, &err), -1);
	assert_int_equal(err.kind, ERROR_REFUSED);
	assert_non_null(strstr(err.hint, "chmod 0700"));
}

static void test_open_refuses(void **state)
{
	const struct scratch *scratch = *state;
	struct error err = ERROR_INIT;

	scratch_write(scratch, "file", "x");
	scratch_write(scratch, "folder/notes.txt", "x");
	assert_int_equal(folder_create(scratch_at(scratch, "empty"), 0755, NULL), 0);
	assert_int_equal(open_with(scratch_at(scratch, "file"), true, &err), -1);
	assert_int_equal(open_with(scratch_at(scratch, "folder"), true, &err), -1);
	assert_string_equal(scratch_read(scratch, "folder/notes.txt"), "x");
	assert_int_equal(open_with(scratch_at(scratch, "empty"), false, &err), 1);
	assert_int_equal(open_with(scratch_at(scratch, "empty"), true, &err), 0);
	if (geteuid() != 0)
		return; /* only root can give a folder away */
	assert_int_equal(chown(scratch_at(scratch, "empty"), 65534, 65534), 0);
	assert_int_equal(open_with(scratch_at(scratch, "empty"), false, &err), -1);
	assert_int_equal(err.kind, ERROR_REFUSED);
	assert_non_null(strstr(err.message, "another user"));
}

static void test_key(void **state)
{
	const struct scratch *scratch = *state;
	unsigned char first[HISTORY_KEY], again[HISTORY_KEY];
	static const unsigned char zeros[HISTORY_KEY];
	struct history *history = NULL;
	struct error err = ERROR_INIT;
	struct stat info;

	assert_int_equal(history_open(scratch_at(scratch, "h"), true, &history, &err), 0);
	assert_int_equal(history_key(history, first, &err), 0);
	assert_int_equal(history_key(history, again, &err), 0);
	assert_memory_equal(first, again, HISTORY_KEY);
	assert_memory_not_equal(first, zeros, HISTORY_KEY);
	assert_int_equal(stat(scratch_at(scratch, "h/reconcile.key"), &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	scratch_write(scratch, "h/reconcile.key", "short");
	assert_int_equal(history_key(history, again, &err), -1);
	assert_int_equal(err.kind, ERROR_CORRUPT);
	history_close(history);
}

/* One id per builder, the last one counts; what cannot be read is told apart from nothing. */
static void test_cache_resets(void **state)
{
	const struct scratch *scratch = *state;
	struct history *history = NULL;
	struct pairs resets;
	struct error err = ERROR_INIT;

	assert_int_equal(history_cache_resets(NULL, scratch->arena, &resets, &err), 0);
	assert_int_equal(resets.count, 0);
	assert_int_equal(history_open(scratch_at(scratch, "resets.git"), true, &history, &err), 0);
	assert_int_equal(history_cache_resets(history, scratch->arena, &resets, &err), 0);
	assert_int_equal(resets.count, 0);
	assert_int_equal(history_add_cache_reset(history, "ci", "one", &err), 0);
	assert_int_equal(history_add_cache_reset(history, "arm", "one", &err), 0);
	assert_int_equal(history_add_cache_reset(history, "ci", "two", &err), 0);
	assert_int_equal(history_cache_resets(history, scratch->arena, &resets, &err), 0);
	assert_int_equal(resets.count, 2);
	assert_string_equal(pairs_get(&resets, "ci"), "two");
	assert_string_equal(pairs_get(&resets, "arm"), "one");
	const char *file = scratch_at(scratch, "resets.git/reconcile.resets");
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkdir(file, 0700), 0);
	assert_int_equal(history_cache_resets(history, scratch->arena, &resets, &err), -1);
	assert_int_equal(history_add_cache_reset(history, "ci", "three", &err), -1);
	history_close(history);
}

static void test_hold(void **state)
{
	const struct scratch *scratch = *state;
	struct history *history = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(history_open(scratch_at(scratch, "h"), true, &history, &err), 0);
	assert_false(history_is_held(NULL, "0a1"));
	assert_false(history_is_held(history, "0a1"));
	assert_int_equal(history_release(history, &err), 0);
	assert_int_equal(history_hold(history, "0a1", &err), 0);
	assert_int_equal(history_hold(history, "0b2", &err), 0);
	assert_int_equal(history_hold(history, "0a1", &err), 0);
	assert_string_equal(scratch_read(scratch, "h/reconcile.held"), "0a1\n0b2\n");
	assert_true(history_is_held(history, "0b2"));
	assert_false(history_is_held(history, "0b"));
	assert_false(history_is_held(history, "b2"));
	assert_int_equal(history_hold(history, "", &err), -1);
	assert_int_equal(history_hold(history, "no digest", &err), -1);
	assert_int_equal(history_release(history, &err), 0);
	assert_false(history_is_held(history, "0a1"));
	/* One that cannot be read still holds. */
	assert_int_equal(mkdir(scratch_at(scratch, "h/reconcile.held"), 0700), 0);
	assert_true(history_is_held(history, "0a1"));
	history_close(history);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_path), TEST(test_open), TEST(test_open_refuses),
		TEST(test_key),	 TEST(test_hold), TEST(test_cache_resets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
