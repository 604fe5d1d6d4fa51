/* Who may write in the store: whose it is, and when a group that may is the user alone. */
#include "live/store/access.h"

#include "base/count.h"

#include "scratch.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/wait.h>

/* "" when the store may be used, else the message. */
static const char *assess(const struct scratch *scratch)
{
	struct error *err = ARENA_NEW(scratch->arena, struct error);
	const char *store = scratch_at(scratch, "store"), *config = scratch_at(scratch, "docker");

	if (store_check_access(store, config, err) == 0)
		return "";
	assert_int_equal(err->kind, ERROR_REFUSED);
	return arena_printf(scratch->arena, "%s; %s", err->message, err->hint);
}

static void make(const struct scratch *scratch, const char *name, uid_t uid, gid_t gid, mode_t mode)
{
	const char *path = scratch_at(scratch, name);

	assert_int_equal(folder_create(path, 0700, NULL), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(path, uid, gid), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void test_mine(void **state)
{
	const struct scratch *scratch = *state;

	assert_string_equal(assess(scratch), ""); /* nothing is there yet */
	make(scratch, "store", geteuid(), getegid(), 0755);
	assert_string_equal(assess(scratch), "");
	make(scratch, "store/instances", geteuid(), getegid(), 0777);
	assert_non_null(strstr(assess(scratch), "every user of this machine may write in the folder "));
	assert_non_null(strstr(assess(scratch), "/store/instances"));
	make(scratch, "store/instances", geteuid(), getegid(), 0700);
	make(scratch, "store", geteuid(), getegid(), 01777);
	assert_non_null(strstr(assess(scratch), "every user of this machine may write in the BuildX store "));
	assert_non_null(strstr(assess(scratch), "chmod go-w "));
	make(scratch, "store", geteuid(), getegid(), 0700);
	make(scratch, "docker", geteuid(), getegid(), 0702);
	assert_non_null(strstr(assess(scratch), "may write in the Docker configuration "));
}

/* What happens to a user who is not root. */
struct case_ {
	const char *owner, *group;
	mode_t mode;
	const char *expected;
};

static int assess_as(const struct scratch *scratch, const struct passwd *user, const char *expected)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		if (setgroups(0, NULL) < 0 || setgid(user->pw_gid) < 0 || setuid(user->pw_uid) < 0)
			_exit(2);
		const char *said = assess(scratch);
		bool as_expected = *expected == '\0' ? *said == '\0' : !!strstr(said, expected);
		if (!as_expected)
			fprintf(stderr, "\"%s\" instead of \"%s\"\n", said, expected);
		_exit(as_expected ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_of_a_user(void **state)
{
	static const struct case_ rows[] = {
		{"daemon", "daemon", 0775, ""}, /* umask 002 with a group of the user's own */
		{"daemon", "nobody's", 0750, ""},
		{"daemon", "nobody's", 0770, "may write in the BuildX store"},
		{"root", "daemon", 0770, ""}, /* root may do anything anyway, and the group is the user */
		{"root", "root", 0755, "belongs to another user (root)"},
		{"nobody", "daemon", 0775, "belongs to another user (nobody)"},
	};
	const struct scratch *scratch = *state;
	const struct passwd *user;
	struct passwd daemon;

	if (geteuid() != 0 || !getpwnam("nobody") || !(user = getpwnam("daemon")))
		skip();
	daemon = *user; /* the next look-up writes over it */
	assert_int_equal(chmod(scratch->path, 0755), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		gid_t other = getpwnam("nobody")->pw_gid;
		gid_t gid = strcmp(rows[i].group, "daemon") == 0 ? daemon.pw_gid
			    : strcmp(rows[i].group, "root") == 0 ? 0
								 : other;

		make(scratch, "store", getpwnam(rows[i].owner)->pw_uid, gid, rows[i].mode);
		assert_int_equal(assess_as(scratch, &daemon, rows[i].expected), 0);
	}
}

/* `sudo reconcile` works in the store of whoever called it. */
static void test_of_root(void **state)
{
	const struct scratch *scratch = *state;
	const struct passwd *user = getpwnam("daemon");

	if (geteuid() != 0 || !user)
		skip();
	make(scratch, "store", user->pw_uid, user->pw_gid, 0775);
	assert_string_equal(assess(scratch), "");
	make(scratch, "store", user->pw_uid, getpwnam("nobody")->pw_gid, 0775);
	assert_non_null(strstr(assess(scratch), "the group "));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_mine), TEST(test_of_a_user), TEST(test_of_root)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
