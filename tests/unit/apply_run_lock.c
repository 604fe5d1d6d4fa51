/* The run lock: one owner, who says who it is, and whose death frees it. */
#include "apply/run_lock.h"

#include "scratch.h"

#include <signal.h>
#include <sys/wait.h>

static void test_owner(void **state)
{
	const struct scratch *scratch = *state;
	const char *store = scratch_at(scratch, "new/store");
	struct run_lock lock = {.fd = -1}, second = {.fd = -1};
	struct error err = ERROR_INIT;

	assert_int_equal(run_lock_take(store, "apply", 0, &lock, &err), 0);
	assert_string_equal(lock.took_over, "");
	assert_int_equal(run_lock_take(store, "reset", 0, &second, &err), -1);
	assert_int_equal(err.kind, ERROR_LOCKED);
	assert_non_null(strstr(err.message, arena_printf(scratch->arena, "pid %ld on ", (long)getpid())));
	assert_non_null(strstr(err.message, "\"apply\" of "));
	run_lock_release(&lock);
	assert_int_equal(lock.fd, -1);
	run_lock_release(&lock);
	assert_int_equal(run_lock_take(store, "reset", 0, &second, &err), 0);
	assert_string_equal(second.took_over, "");
	run_lock_release(&second);
	assert_string_equal(scratch_read(scratch, "new/store/.reconcile.lock"), "");
}

static void test_dead_owner(void **state)
{
	const struct scratch *scratch = *state;
	struct run_lock lock = {.fd = -1};
	struct error err = ERROR_INIT;
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (run_lock_take(scratch->path, "apply", 0, &lock, NULL) == 0)
			(void)kill(getpid(), SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(run_lock_take(scratch->path, "apply", 0, &lock, &err), 0);
	assert_non_null(strstr(lock.took_over, arena_printf(scratch->arena, "pid %ld on ", (long)child)));
	run_lock_release(&lock);
}

static void test_foreign_bytes(void **state)
{
	const struct scratch *scratch = *state;
	struct run_lock lock = {.fd = -1}, second = {.fd = -1};
	struct error err = ERROR_INIT;

	scratch_write(scratch, ".reconcile.lock", "{\"host\": \"\\u001b[2J\", \"pid\": \"x\"");
	assert_int_equal(run_lock_take(scratch->path, "\033[2J\"", 0, &lock, &err), 0);
	assert_string_equal(lock.took_over, "");
	assert_int_equal(run_lock_take(scratch->path, "apply", 0, &second, &err), -1);
	assert_null(strchr(err.message, '\033'));
	run_lock_release(&lock);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_owner), TEST(test_dead_owner), TEST(test_foreign_bytes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
