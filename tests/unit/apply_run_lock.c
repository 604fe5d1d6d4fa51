/* The run lock: one owner, who says who it is, and whose death frees it. */
#include "apply/run_lock.h"

#include "base/clock.h"
#include "base/identity.h"
#include "scratch.h"

#include <fcntl.h>
#include <poll.h>
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
			kill(getpid(), SIGKILL);
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

/* An owner as another machine would leave it, which says how often it moves. */
static const char *foreign(const struct scratch *scratch, int lease_ms, int beat)
{
	return arena_printf(scratch->arena,
			    "{\"pid\": 7, \"host\": \"elsewhere\", \"user\": \"eve\", \"command\": \"reset\", "
			    "\"start\": \"2026-01-31T12:00:00Z\", \"boot\": \"another\", \"id\": \"0123456789abcdef\", "
			    "\"lease\": %d, \"beat\": %d}\n",
			    lease_ms, beat);
}

/* As an owner does it: never empty in between. */
static void write_over(const struct scratch *scratch, const char *text)
{
	int fd = open(scratch_at(scratch, ".reconcile.lock"), O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, text, strlen(text), 0), strlen(text));
	assert_int_equal(ftruncate(fd, (off_t)strlen(text)), 0);
	assert_int_equal(close(fd), 0);
}

static void test_dead_elsewhere(void **state)
{
	const struct scratch *scratch = *state;
	struct run_lock lock = {.fd = -1};
	struct error err = ERROR_INIT;

	scratch_write(scratch, ".reconcile.lock", foreign(scratch, 100, 1));
	/* Too short a time to tell: that is no reason to take it. */
	assert_int_equal(run_lock_take(scratch->path, "apply", 0, &lock, &err), -1);
	assert_int_equal(err.kind, ERROR_LOCKED);
	assert_non_null(strstr(err.message, "pid 7 on elsewhere, \"reset\" of eve, since 2026-01-31T12:00:00Z"));
	assert_non_null(strstr(err.hint, "--lock-timeout 2"));
	assert_int_equal(run_lock_take(scratch->path, "apply", 60000, &lock, &err), 0);
	assert_non_null(strstr(lock.took_over, "pid 7 on elsewhere"));
	assert_non_null(strstr(lock.took_over, "another machine"));
	run_lock_release(&lock);
	assert_string_equal(scratch_read(scratch, ".reconcile.lock"), "");
	assert_false(scratch_has(scratch, ".reconcile.lock.claim"));
}

/* Moves until it is killed. */
static pid_t live_elsewhere(const struct scratch *scratch)
{
	pid_t child = fork();

	for (int beat = 2; child == 0; beat++) {
		write_over(scratch, foreign(scratch, 10000, beat));
		poll(NULL, 0, 20);
	}
	return child;
}

static void test_living_elsewhere(void **state)
{
	const struct scratch *scratch = *state;
	struct run_lock lock = {.fd = -1};
	struct error err = ERROR_INIT;

	scratch_write(scratch, ".reconcile.lock", foreign(scratch, 10000, 1));
	pid_t child = live_elsewhere(scratch);
	assert_int_equal(run_lock_take(scratch->path, "apply", 1500, &lock, &err), -1);
	assert_int_equal(err.kind, ERROR_LOCKED);
	assert_non_null(strstr(err.message, "pid 7 on elsewhere"));
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	write_over(scratch, foreign(scratch, 100, 1));
	/* One that ends while it is waited for has died with the lock in its hands as well. */
	assert_int_equal(run_lock_take(scratch->path, "apply", 60000, &lock, &err), 0);
	run_lock_release(&lock);
}

/* One machine stood still for so long that another took over. */
static void test_lost(void **state)
{
	const struct scratch *scratch = *state;
	int64_t deadline = clock_ms() + 60000;
	struct run_lock lock = {.fd = -1};

	assert_int_equal(run_lock_take(scratch->path, "apply", 0, &lock, NULL), 0);
	assert_false(run_lock_is_lost(&lock));
	write_over(scratch, foreign(scratch, 100, 1));
	while (!run_lock_is_lost(&lock) && clock_ms() < deadline)
		poll(NULL, 0, 20);
	assert_true(run_lock_is_lost(&lock));
	run_lock_release(&lock);
	assert_string_equal(scratch_read(scratch, ".reconcile.lock"), foreign(scratch, 100, 1));
}

static void test_beats(void **state)
{
	const struct scratch *scratch = *state;
	int64_t deadline = clock_ms() + 60000;
	struct run_lock lock = {.fd = -1};
	const char *first, *now;

	assert_int_equal(run_lock_take(scratch->path, "apply", 0, &lock, NULL), 0);
	first = now = scratch_read(scratch, ".reconcile.lock");
	assert_non_null(strstr(first, "\"beat\": 0"));
	while (strcmp(first, now) == 0 && clock_ms() < deadline) {
		poll(NULL, 0, 20);
		now = scratch_read(scratch, ".reconcile.lock");
	}
	assert_non_null(strstr(now, "\"beat\": 1"));
	run_lock_release(&lock);
}

/* A claim that a killed run of this machine left is nobody's; another machine's goes, or is removed in the end. */
static void test_claims(void **state)
{
	const struct scratch *scratch = *state;
	const char *path = scratch_at(scratch, ".reconcile.lock.claim");
	struct run_lock lock = {.fd = -1};
	struct error err = ERROR_INIT;
	char boot[64];

	identity_boot(boot);
	assert_int_equal(symlink(*boot == '\0' ? "unknown" : boot, path), 0);
	assert_int_equal(run_lock_take(scratch->path, "apply", 0, &lock, &err), 0);
	run_lock_release(&lock);
	assert_int_equal(symlink("another", path), 0);
	assert_int_equal(run_lock_take(scratch->path, "apply", 0, &lock, &err), -1);
	assert_int_equal(err.kind, ERROR_LOCKED);
	assert_true(scratch_has(scratch, ".reconcile.lock.claim"));
	assert_int_equal(run_lock_take(scratch->path, "apply", 60000, &lock, &err), 0);
	run_lock_release(&lock);
	assert_false(scratch_has(scratch, ".reconcile.lock.claim"));
}

static void test_link(void **state)
{
	const struct scratch *scratch = *state;
	struct run_lock lock = {.fd = -1};
	struct error err = ERROR_INIT;

	scratch_write(scratch, "precious", "mine");
	assert_int_equal(symlink("precious", scratch_at(scratch, ".reconcile.lock")), 0);
	assert_int_equal(run_lock_take(scratch->path, "apply", 0, &lock, &err), -1);
	assert_int_equal(err.kind, ERROR_REFUSED);
	assert_string_equal(scratch_read(scratch, "precious"), "mine");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_owner),	   TEST(test_dead_owner),	TEST(test_foreign_bytes),
		TEST(test_dead_elsewhere), TEST(test_living_elsewhere), TEST(test_lost),
		TEST(test_beats),	   TEST(test_claims),		TEST(test_link)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
