/* How the program ends where a library was used wrongly, and where memory is out. */
#include "live/http/must.h"

#include "base/count.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void used_wrongly(void)
{
	must(getpid() == 0);
}
static void out_of_handles(void)
{
	must_have(getenv("NO_SUCH_HANDLE"));
}
static void well(void)
{
	must(getpid() > 0);
	must_have(getenv("PATH"));
}

static void test_each_reason_is_said(void **state)
{
	static const struct {
		void (*run)(void);
		int signal;
		const char *says;
	} rows[] = {
		{used_wrongly, SIGABRT, "please report it: getpid() == 0 does not hold"},
		{out_of_handles, SIGABRT, "out of memory"},
		{well, 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char said[512] = "";
		int pipes[2], status;

		assert_int_equal(pipe(pipes), 0);
		pid_t pid = fork();
		assert_true(pid >= 0);
		if (pid == 0) {
			signal(SIGABRT, SIG_DFL);
			dup2(pipes[1], STDERR_FILENO);
			rows[i].run();
			_exit(0);
		}
		close(pipes[1]);
		size_t length = 0;
		for (ssize_t got; (got = read(pipes[0], said + length, sizeof(said) - 1 - length)) > 0;)
			length += (size_t)got;
		close(pipes[0]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(WIFSIGNALED(status) ? WTERMSIG(status) : 0, rows[i].signal);
		assert_non_null(strstr(said, rows[i].says));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_reason_is_said)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
