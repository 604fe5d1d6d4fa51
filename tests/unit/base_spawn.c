/* Child processes: their output, their input, their end, and the end of their whole group. */
#include "base/spawn.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/count.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* The deadline leaves a script the time to set its trap, on a busy machine too. */
enum { PATIENCE_MS = 30000, DEADLINE_MS = 1500 };

#define SHELL(script) ((const char *const[]){"sh", "-c", (script), NULL})

/* Valgrind runs posix_spawn()'s child as a fork, which cannot tell its parent that the program is missing. */
static bool under_valgrind(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

	return preloaded && strstr(preloaded, "vgpreload");
}

static struct spawn_result run(const struct spawn_request *request)
{
	struct spawn_result result = {0};
	struct error err = ERROR_INIT;

	assert_int_equal(spawn_run(request, &result, &err), 0);
	return result;
}

/* Another process that holds a copy of a locked fd keeps the lock. */
static void test_kept_fd(void **state)
{
	FILE *file = tmpfile();
	struct spawn_request request = {.argv = SHELL("cat <&3")};

	(void)state;
	assert_non_null(file);
	assert_true(fputs("kept", file) >= 0 && fflush(file) == 0);
	assert_int_equal(fcntl(fileno(file), F_SETFD, FD_CLOEXEC), 0);
	int fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 10);
	assert_true(fd > 0 && lseek(fd, 0, SEEK_SET) == 0);
	struct spawn_result without = run(&request);
	assert_int_not_equal(without.exit_code, 0);
	request.keep_fd = fd;
	struct spawn_result with = run(&request);
	assert_string_equal(with.out, "kept");
	spawn_result_done(&without);
	spawn_result_done(&with);
	close(fd);
	fclose(file);
}

static void test_output_and_exit(void **state)
{
	static const struct {
		const char *script, *input;
		const char *out, *err;
		int exit_code, term_signal;
	} rows[] = {
		{"true", NULL, "", "", 0, 0},
		{"echo out; echo err >&2; exit 3", NULL, "out\n", "err\n", 3, 0},
		{"kill -9 $$", NULL, "", "", -1, SIGKILL},
		{"kill -PIPE $$", NULL, "", "", -1, SIGPIPE},
		{"cat", NULL, "", "", 0, 0},
		{"cat", "", "", "", 0, 0},
		{"cat; printf end", "hello", "helloend", "", 0, 0},
		{"printf 'a\\0b'; printf '\\0c' >&2", NULL, "a b", " c", 0, 0},
		{"exec 0<&-; sleep 0.1; echo ok", "nobody reads this", "ok\n", "", 0, 0},
		{"exec >&- 2>&-; sleep 0.1; exit 4", NULL, "", "", 4, 0},
		/* The fifth field of stat is the process group. */
		{"read pid name state parent group rest </proc/$$/stat; test $group = $$ && echo leader", NULL,
		 "leader\n", "", 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct spawn_result result = run(&(struct spawn_request){
			.argv = SHELL(rows[i].script), .input = rows[i].input, .timeout_ms = PATIENCE_MS});

		assert_string_equal(result.out, rows[i].out);
		assert_string_equal(result.err, rows[i].err);
		assert_int_equal(result.exit_code, rows[i].exit_code);
		assert_int_equal(result.term_signal, rows[i].term_signal);
		assert_false(result.timed_out);
		assert_false(result.was_interrupted);
		spawn_result_done(&result);
		assert_null(result.out);
	}
}

static void test_missing_program(void **state)
{
	static const struct {
		const char *program;
		enum error_kind kind;
	} rows[] = {
		{"no-such-program-at-all", ERROR_NOT_FOUND}, {"/no/such/program", ERROR_NOT_FOUND}, {"/", ERROR_OTHER}};

	(void)state;
	if (under_valgrind())
		skip();
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *const argv[] = {rows[i].program, NULL};
		struct spawn_result result = {.exit_code = 77};
		struct error err = ERROR_INIT;

		assert_int_equal(spawn_run(&(struct spawn_request){.argv = argv}, &result, &err), -1);
		assert_int_equal(err.kind, rows[i].kind);
		assert_non_null(strstr(err.message, rows[i].program));
		assert_int_equal(result.exit_code, 77);
	}
}

static void test_output_is_capped_but_read_to_its_end(void **state)
{
	struct spawn_result result =
		run(&(struct spawn_request){.argv = SHELL("head -c 300000 /dev/zero | tr '\\0' x; echo done >&2"),
					    .output_cap = 1000,
					    .timeout_ms = PATIENCE_MS});

	(void)state;
	assert_int_equal(result.exit_code, 0);
	assert_int_equal(strlen(result.out), 1000);
	assert_string_equal(result.err, "done\n");
	spawn_result_done(&result);
}

static void test_large_input_and_output_together(void **state)
{
	CLEANUP_FREE char *input = malloc(500001);

	(void)state;
	memset(input, 'i', 500000);
	input[500000] = '\0';
	struct spawn_result result =
		run(&(struct spawn_request){.argv = SHELL("cat"), .input = input, .timeout_ms = PATIENCE_MS});
	assert_string_equal(result.out, input);
	spawn_result_done(&result);
}

static void test_environment(void **state)
{
	static const char *const env[] = {"HOME=/changed", "RECONCILE_TEST=a=b", NULL};

	(void)state;
	assert_int_equal(setenv("RECONCILE_KEPT", "kept", 1), 0);
	struct spawn_result result = run(&(struct spawn_request){
		.argv = SHELL("echo $HOME $RECONCILE_TEST $RECONCILE_KEPT; env | grep -c ^HOME="), .env = env});
	assert_string_equal(result.out, "/changed a=b kept\n1\n");
	spawn_result_done(&result);
	assert_int_equal(unsetenv("RECONCILE_KEPT"), 0);
}

/* A program that is told to ignore or block a signal would never see the deadline's SIGTERM. */
static void test_signals_are_reset(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	sigset_t mask, old;

	(void)state;
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	assert_int_equal(sigaction(SIGPIPE, &ignore, &before), 0);
	assert_int_equal(sigprocmask(SIG_BLOCK, &mask, &old), 0);
	struct spawn_result result = run(&(struct spawn_request){.argv = SHELL("kill -PIPE $$; echo ignored")});
	assert_int_equal(result.term_signal, SIGPIPE);
	spawn_result_done(&result);
	result = run(&(struct spawn_request){.argv = SHELL("kill -TERM $$; echo blocked")});
	assert_int_equal(result.term_signal, SIGTERM);
	spawn_result_done(&result);
	assert_int_equal(sigprocmask(SIG_SETMASK, &old, NULL), 0);
	assert_int_equal(sigaction(SIGPIPE, &before, NULL), 0);
}

/* Every process that a script starts holds the write end of `pipe`; its end of file says that none is left. */
static void assert_all_gone(const int fds[2])
{
	struct pollfd watched = {.fd = fds[0], .events = POLLIN};
	char byte;

	close(fds[1]);
	assert_int_equal(poll(&watched, 1, PATIENCE_MS), 1);
	assert_int_equal(read(fds[0], &byte, 1), 0);
	close(fds[0]);
}

static void test_deadline_ends_the_group(void **state)
{
	static const struct {
		const char *script;
		int term_signal;
	} rows[] = {
		{"sleep 600 & sleep 600", SIGTERM},
		/* What survives SIGTERM gets SIGKILL: a grandchild at once, the child after two seconds. */
		{"(trap '' TERM; while :; do sleep 0.1; done) & sleep 600", SIGTERM},
		{"trap '' TERM; while :; do sleep 0.1; done", SIGKILL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fds[2];

		assert_int_equal(pipe(fds), 0);
		struct spawn_result result =
			run(&(struct spawn_request){.argv = SHELL(rows[i].script), .timeout_ms = DEADLINE_MS});
		assert_true(result.timed_out);
		assert_false(result.was_interrupted);
		assert_int_equal(result.exit_code, -1);
		assert_int_equal(result.term_signal, rows[i].term_signal);
		spawn_result_done(&result);
		assert_all_gone(fds);
	}
}

static bool cancelled_third_time(void *context)
{
	return ++*(int *)context >= 3;
}

static void test_cancel_ends_the_group(void **state)
{
	int fds[2], calls = 0;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	struct spawn_result result =
		run(&(struct spawn_request){.argv = SHELL("echo begun; sleep 600 & sleep 600"),
					    .timeout_ms = PATIENCE_MS,
					    .interrupt = &(struct interrupt){cancelled_third_time, &calls}});
	assert_true(result.was_interrupted);
	assert_false(result.timed_out);
	assert_int_equal(calls, 3);
	spawn_result_done(&result);
	assert_all_gone(fds);
}

/* As ssh does with ControlPersist: a process stays behind and keeps our pipes open. */
static void test_a_process_left_behind_is_not_waited_for(void **state)
{
	int fds[2], hold[2];
	char byte;
	CLEANUP_FREE char *script = NULL;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(pipe(hold), 0);
	assert_int_equal(fcntl(hold[1], F_SETFD, FD_CLOEXEC), 0);
	assert_true(asprintf(&script, "(read line <&%d) & echo done; exit 5", hold[0]) > 0);
	struct spawn_result result = run(&(struct spawn_request){.argv = SHELL(script), .timeout_ms = PATIENCE_MS});
	assert_int_equal(result.exit_code, 5);
	assert_false(result.timed_out);
	assert_string_equal(result.out, "done\n");
	spawn_result_done(&result);
	/* It still runs: the pipe has a writer but ours. */
	close(fds[1]);
	assert_int_equal(poll(&(struct pollfd){.fd = fds[0], .events = POLLIN}, 1, 0), 0);
	close(hold[1]);
	assert_int_equal(read(fds[0], &byte, 1), 0);
	close(fds[0]);
	close(hold[0]);
}

struct lines {
	struct arena *arena;
	struct strings out, err;
};

static void take_line(void *context, bool is_stderr, const char *line)
{
	struct lines *lines = context;

	strings_add(lines->arena, is_stderr ? &lines->err : &lines->out, line);
}

static void test_lines(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct lines lines = {.arena = arena};
	struct spawn_result result = run(
		&(struct spawn_request){.argv = SHELL("printf 'one\\n\\ntw'; printf 'e1\\r\\n' >&2; sleep 0.1; "
						      "printf 'o\\nlast'; head -c 70000 /dev/zero | tr '\\0' x >&2"),
					.timeout_ms = PATIENCE_MS,
					.on_line = take_line,
					.context = &lines});

	(void)state;
	assert_string_equal(strings_join(arena, &lines.out, "|"), "one||two|last");
	assert_int_equal(lines.err.count, 2);
	assert_string_equal(lines.err.items[0], "e1");
	assert_int_equal(strlen(lines.err.items[1]), 64 * 1024);
	assert_string_equal(result.out, "one\n\ntwo\nlast");
	spawn_result_done(&result);
}

static void test_on_fd(void **state)
{
	static const char *const cat[] = {"cat", NULL};
	struct error err = ERROR_INIT;
	char text[8] = "";
	int fds[2], status = 0;
	pid_t pid = -1;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(spawn_on_fd(cat, fds[1], -1, &pid, &err), 0);
	close(fds[1]);
	assert_int_equal(write(fds[0], "ping", 4), 4);
	assert_int_equal(recv(fds[0], text, 4, MSG_WAITALL), 4);
	assert_string_equal(text, "ping");
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* A service may be started with no stdio at all; the pipes must not land on 0, 1 and 2. */
static void test_without_stdio(void **state)
{
	int status = 0;

	(void)state;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct spawn_result result = {0};

		for (int fd = 0; fd < 3; fd++)
			close(fd);
		if (spawn_run(&(struct spawn_request){.argv = SHELL("cat; echo err >&2"), .input = "in"}, &result,
			      NULL) < 0)
			_exit(1);
		bool as_expected = strcmp(result.out, "in") == 0 && strcmp(result.err, "err\n") == 0;
		spawn_result_done(&result);
		_exit(as_expected ? 0 : 2);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void read_all(int fd, char *text, size_t size)
{
	size_t length = 0;

	while (length < size - 1) {
		struct pollfd polled = {.fd = fd, .events = POLLIN};
		assert_int_equal(poll(&polled, 1, PATIENCE_MS), 1);
		ssize_t got = read(fd, text + length, size - 1 - length);
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	text[length] = '\0';
}

/* It has no stdin to wait for, its outputs do not block, and its end is told apart. */
static void test_child_of_a_loop(void **state)
{
	static const struct {
		const char *script;
		int status;
	} rows[] = {{"cat; echo out $WHO; echo err >&2", 0}, {"exit 7", 7}, {"kill -9 $$", -SIGKILL}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct spawn_child child;
		char out[64], errors[64];
		int status = -1;

		assert_int_equal(
			spawn_start(SHELL(rows[i].script), (const char *const[]){"WHO=me", NULL}, &child, NULL), 0);
		assert_true(fcntl(child.out, F_GETFL) & O_NONBLOCK);
		assert_true(fcntl(child.err, F_GETFL) & O_NONBLOCK);
		read_all(child.out, out, sizeof(out));
		read_all(child.err, errors, sizeof(errors));
		while (!spawn_ended(&child, &status))
			poll(NULL, 0, 1);
		assert_int_equal(status, rows[i].status);
		assert_string_equal(out, i == 0 ? "out me\n" : "");
		assert_string_equal(errors, i == 0 ? "err\n" : "");
		spawn_end(&child);
		assert_true(child.out < 0 && child.err < 0);
	}
	struct spawn_child none;
	assert_int_equal(under_valgrind()
				 ? -1
				 : spawn_start((const char *const[]){"no-such-program-here", NULL}, NULL, &none, NULL),
			 -1);
}

/* Its whole group goes, also what does not heed SIGTERM. */
static void test_child_that_is_ended(void **state)
{
	struct spawn_child child;
	char text[64];

	(void)state;
	assert_int_equal(spawn_start(SHELL("trap '' TERM; sleep 600 & echo $!; wait"), NULL, &child, NULL), 0);
	struct pollfd polled = {.fd = child.out, .events = POLLIN};
	assert_int_equal(poll(&polled, 1, PATIENCE_MS), 1);
	ssize_t got = read(child.out, text, sizeof(text) - 1);
	assert_true(got > 0);
	text[got] = '\0';
	pid_t other = (pid_t)strtol(text, NULL, 10), pid = child.pid;
	assert_true(other > 0);
	spawn_end(&child);
	assert_int_equal(child.pid, 0);
	assert_int_equal(kill(pid, 0), -1);
	/* Nobody's child now: it is gone, or about to be. */
	for (int64_t deadline = clock_ms() + PATIENCE_MS; kill(other, 0) == 0 && clock_ms() < deadline;)
		poll(NULL, 0, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output_and_exit),
		cmocka_unit_test(test_kept_fd),
		cmocka_unit_test(test_missing_program),
		cmocka_unit_test(test_output_is_capped_but_read_to_its_end),
		cmocka_unit_test(test_large_input_and_output_together),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_signals_are_reset),
		cmocka_unit_test(test_deadline_ends_the_group),
		cmocka_unit_test(test_cancel_ends_the_group),
		cmocka_unit_test(test_a_process_left_behind_is_not_waited_for),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_on_fd),
		cmocka_unit_test(test_without_stdio),
		cmocka_unit_test(test_child_of_a_loop),
		cmocka_unit_test(test_child_that_is_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
