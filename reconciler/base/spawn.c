/* Starts child processes in sessions of their own, and collects what they say within a deadline. */
#include "base/spawn.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/count.h"
#include "base/platform.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

enum {
	OUTPUT_CAP = 1024 * 1024,
	LINE_CAP = 64 * 1024, /* the rest of a longer line is dropped */
	READ_SIZE = 4096,
	DRAIN_READS = 256, /* 1 MiB: more than any pipe holds */
	GRACE_MS = 2000,
	END_MS = 200,
	POLL_MS = INTERRUPT_SLICE_MS, /* a child may exit while a grandchild keeps its pipes open */
};

struct stream {
	int fd; /* -1: at its end */
	bool is_stderr;
	struct buffer text, line;
};

struct child_run {
	const struct spawn_request *request;
	struct spawn_result *result;
	pid_t pid;
	struct stream out, err;
	int input_fd; /* -1: nothing (more) to feed */
	const char *input;
	size_t input_left;
	int64_t deadline, kill_at; /* 0: none */
	int idle_ms;
};

/* Never gives 0, 1 or 2, also when ours are closed: they would be overwritten while the child is set up. */
static int pipe_open(int ret_fds[2], struct error *err)
{
	if (platform_pipe(ret_fds, 0) < 0)
		return error_set_errno(err, errno, "cannot create a pipe");
	for (int i = 0; i < 2; i++) {
		if (ret_fds[i] > STDERR_FILENO)
			continue;
		int fd = fcntl(ret_fds[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
		if (fd < 0) {
			error_set_errno(err, errno, "cannot create a pipe");
			close(ret_fds[0]);
			close(ret_fds[1]);
			return -1;
		}
		close(ret_fds[i]);
		ret_fds[i] = fd;
	}
	return 0;
}

/* Signals that we may ignore or block, and a child must not inherit so. */
static int attributes_set(posix_spawnattr_t *attributes)
{
	static const int signals[] = {SIGPIPE, SIGINT,	SIGTERM, SIGHUP,  SIGQUIT, SIGCHLD,  SIGUSR1,
				      SIGUSR2, SIGALRM, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGXFSZ};
	sigset_t defaults, mask;
	/* A session has its own process group and no terminal: a program that wants a password fails at once, where
	 * in a mere background group it would be stopped by SIGTTIN until the deadline. */
	int flags = platform_spawn_flags() | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;

	sigemptyset(&mask);
	sigemptyset(&defaults);
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaddset(&defaults, signals[i]);
	int failed = posix_spawnattr_setsigdefault(attributes, &defaults);
	if (failed == 0)
		failed = posix_spawnattr_setsigmask(attributes, &mask);
	return failed != 0 ? failed : posix_spawnattr_setflags(attributes, (short)flags);
}

/* Under another number, for a copy of the same one would stay O_CLOEXEC on some systems. */
static int keep_open(posix_spawn_file_actions_t *actions, int fd)
{
	int kept = STDERR_FILENO + 1;

	return fd == 0 ? 0 : posix_spawn_file_actions_adddup2(actions, fd, fd == kept ? kept + 1 : kept);
}

/* stdio: what becomes the child's 0, 1 and 2; -1 is /dev/null. */
static int child_start(const char *const *argv, char **env, const int stdio[3], int keep_fd, pid_t *ret_pid,
		       struct error *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int failed;

	if (posix_spawn_file_actions_init(&actions) != 0)
		out_of_memory();
	if (posix_spawnattr_init(&attributes) != 0)
		out_of_memory();
	failed = attributes_set(&attributes);
	for (int i = 0; i < 3 && failed == 0; i++)
		failed = stdio[i] < 0 ? posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_RDWR, 0)
				      : posix_spawn_file_actions_adddup2(&actions, stdio[i], i);
	if (failed == 0)
		failed = keep_open(&actions, keep_fd);
	if (failed == 0)
		failed = posix_spawnp(ret_pid, argv[0], &actions, &attributes, (char *const *)argv, env);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	if (failed == ENOENT && !strchr(argv[0], '/'))
		return error_set(err, ERROR_NOT_FOUND, "cannot start %s: it is not on PATH", argv[0]);
	return failed == 0 ? 0 : error_set_errno(err, failed, "cannot start %s", argv[0]);
}

static bool same_name(const char *a, const char *b)
{
	size_t length = strcspn(a, "=");

	return length == strcspn(b, "=") && memcmp(a, b, length) == 0;
}

/* Our environment with `changes` put in; the array is malloc'ed, its texts are borrowed. */
static char **environment_new(const char *const *changes)
{
	size_t count = 0, changed = 0, used = 0;

	while (environ[count])
		count++;
	while (changes && changes[changed])
		changed++;
	char **env = xcalloc(count + changed + 1, sizeof(*env));
	for (size_t i = 0; i < count; i++) {
		bool replaced = false;

		for (size_t j = 0; j < changed && !replaced; j++)
			replaced = same_name(environ[i], changes[j]);
		if (!replaced)
			env[used++] = environ[i];
	}
	for (size_t j = 0; j < changed; j++)
		env[used++] = (char *)changes[j];
	return env;
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int run_start(struct child_run *run, struct error *err)
{
	const struct spawn_request *request = run->request;
	CLEANUP_FREE char **env = environment_new(request->env);
	int in[2] = {-1, -1}, out[2] = {-1, -1}, errors[2] = {-1, -1};
	int result = request->input ? pipe_open(in, err) : 0;

	if (result == 0)
		result = pipe_open(out, err);
	if (result == 0)
		result = pipe_open(errors, err);
	if (result == 0)
		result = child_start(request->argv, env, (const int[]){in[0], out[1], errors[1]}, request->keep_fd,
				     &run->pid, err);
	fd_close(&in[0]);
	fd_close(&out[1]);
	fd_close(&errors[1]);
	run->input_fd = in[1];
	run->out.fd = out[0];
	run->err.fd = errors[0];
	const int ours[] = {run->input_fd, run->out.fd, run->err.fd};
	for (size_t i = 0; i < COUNT(ours); i++)
		if (ours[i] >= 0)
			fcntl(ours[i], F_SETFL, O_NONBLOCK);
	return result;
}

static void run_done(struct child_run *run)
{
	fd_close(&run->input_fd);
	fd_close(&run->out.fd);
	fd_close(&run->err.fd);
	buffer_done(&run->out.text);
	buffer_done(&run->out.line);
	buffer_done(&run->err.text);
	buffer_done(&run->err.line);
}

static void append_up_to_cap(struct buffer *buffer, const char *data, size_t length)
{
	size_t start = buffer->length;

	buffer_fill(buffer, data, length);
	/* A NUL would hide what comes after it: BuildX passes on a container's log with the frames it comes in. */
	for (size_t i = start; i < buffer->length; i++)
		if (buffer->data[i] == '\0')
			buffer->data[i] = ' ';
}

static void line_end(struct child_run *run, struct stream *stream)
{
	struct buffer *line = &stream->line;

	if (line->length > 0 && line->data[line->length - 1] == '\r')
		line->data[--line->length] = '\0';
	run->request->on_line(run->request->context, stream->is_stderr, buffer_text(line));
	buffer_clear(line);
}

static void stream_take(struct child_run *run, struct stream *stream, const char *data, size_t length)
{
	append_up_to_cap(&stream->text, data, length);
	while (run->request->on_line && length > 0) {
		const char *newline = memchr(data, '\n', length);
		size_t part = newline ? (size_t)(newline - data) : length;

		append_up_to_cap(&stream->line, data, part);
		if (!newline)
			break;
		line_end(run, stream);
		data += part + 1;
		length -= part + 1;
	}
}

/* False when there is nothing to read now. */
static bool stream_read(struct child_run *run, struct stream *stream)
{
	char chunk[READ_SIZE];
	ssize_t count = stream->fd < 0 ? 0 : read(stream->fd, chunk, sizeof(chunk));

	if (count > 0) {
		stream_take(run, stream, chunk, (size_t)count);
		return true;
	}
	if (count == 0 || (errno != EAGAIN && errno != EINTR))
		fd_close(&stream->fd);
	return false;
}

/* A child that has closed its stdin must not end us by SIGPIPE, whatever main() does about that signal. */
static ssize_t write_quietly(int fd, const char *data, size_t length)
{
	sigset_t sigpipe, before, pending;
	int signal_number;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	sigpending(&pending);
	bool was_pending = sigismember(&pending, SIGPIPE) == 1;
	pthread_sigmask(SIG_BLOCK, &sigpipe, &before);
	ssize_t count = write(fd, data, length);
	int failed = errno;
	if (count < 0 && failed == EPIPE && !was_pending) {
		sigpending(&pending);
		if (sigismember(&pending, SIGPIPE) == 1)
			sigwait(&sigpipe, &signal_number);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = failed;
	return count;
}

static void input_write(struct child_run *run)
{
	ssize_t count = write_quietly(run->input_fd, run->input, run->input_left);

	if (count > 0) {
		run->input += count;
		run->input_left -= (size_t)count;
	}
	if (run->input_left == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
		fd_close(&run->input_fd);
}

/* Waits until something can be read or written, but never long. poll() skips fds of -1. */
static void run_poll(struct child_run *run)
{
	struct pollfd fds[] = {{.fd = run->out.fd, .events = POLLIN},
			       {.fd = run->err.fd, .events = POLLIN},
			       {.fd = run->input_fd, .events = POLLOUT}};
	int wait_ms = POLL_MS;

	/* With both outputs closed the child is about to exit: look soon, then ever more rarely. */
	if (run->out.fd < 0 && run->err.fd < 0) {
		wait_ms = run->idle_ms;
		run->idle_ms = run->idle_ms * 2 < POLL_MS ? run->idle_ms * 2 : POLL_MS;
	}
	if (poll(fds, 3, wait_ms) <= 0)
		return;
	if (fds[0].revents != 0)
		stream_read(run, &run->out);
	if (fds[1].revents != 0)
		stream_read(run, &run->err);
	if (fds[2].revents != 0)
		input_write(run);
}

static void run_check_limits(struct child_run *run)
{
	struct spawn_result *result = run->result;
	int64_t now = clock_ms();

	if (run->kill_at != 0) {
		if (now >= run->kill_at)
			kill(-run->pid, SIGKILL);
		return;
	}
	if (run->deadline != 0 && now >= run->deadline)
		result->timed_out = true;
	else if (interrupt_came(run->request->interrupt))
		result->was_interrupted = true;
	else
		return;
	kill(-run->pid, SIGTERM);
	run->kill_at = now + GRACE_MS;
}

/* Leaves the child unreaped, so that nothing else can get its id yet. */
static bool child_exited(pid_t pid)
{
	siginfo_t info = {0};

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return errno != EINTR;
	return info.si_pid == pid;
}

static void child_reap(struct child_run *run)
{
	int status = 0;
	pid_t pid;

	/* What the deadline was meant for may have outlived the group's leader. */
	if (run->kill_at != 0)
		kill(-run->pid, SIGKILL);
	do
		pid = waitpid(run->pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	run->result->exit_code = pid == run->pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	run->result->term_signal = pid == run->pid && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static char *stream_finish(struct child_run *run, struct stream *stream)
{
	for (int i = 0; i < DRAIN_READS && stream_read(run, stream); i++)
		;
	if (stream->line.length > 0)
		line_end(run, stream);
	return !stream->text.data ? xstrdup("") : TAKE(stream->text.data);
}

int spawn_run(const struct spawn_request *request, struct spawn_result *ret_result, struct error *err)
{
	size_t cap = request->output_cap == 0 ? OUTPUT_CAP : request->output_cap;
	struct spawn_result result = {0};
	struct child_run run = {
		.request = request,
		.result = &result,
		.out = {.text = BUFFER_INIT(cap), .line = BUFFER_INIT(LINE_CAP)},
		.err = {.is_stderr = true, .text = BUFFER_INIT(cap), .line = BUFFER_INIT(LINE_CAP)},
		.input = request->input,
		.input_left = !request->input ? 0 : strlen(request->input),
		.deadline = request->timeout_ms > 0 ? clock_ms() + request->timeout_ms : 0,
		.idle_ms = 1,
	};

	if (run_start(&run, err) < 0) {
		run_done(&run);
		return -1;
	}
	if (run.input_left == 0)
		fd_close(&run.input_fd);
	while (!child_exited(run.pid)) {
		run_poll(&run);
		run_check_limits(&run);
	}
	child_reap(&run);
	result.out = stream_finish(&run, &run.out);
	result.err = stream_finish(&run, &run.err);
	run_done(&run);
	*ret_result = result;
	return 0;
}

void spawn_result_done(struct spawn_result *result)
{
	free(result->out);
	free(result->err);
	*result = (struct spawn_result){0};
}

int spawn_on_fd(const char *const *argv, int fd, int stderr_fd, pid_t *ret_pid, struct error *err)
{
	return child_start(argv, environ, (const int[]){fd, fd, stderr_fd}, 0, ret_pid, err);
}

int spawn_start(const char *const *argv, const char *const *env, struct spawn_child *ret_child, struct error *err)
{
	CLEANUP_FREE char **whole = environment_new(env);
	int out[2] = {-1, -1}, errors[2] = {-1, -1};
	struct spawn_child child = {0};
	int result = pipe_open(out, err);

	if (result == 0)
		result = pipe_open(errors, err);
	if (result == 0)
		result = child_start(argv, whole, (const int[]){-1, out[1], errors[1]}, 0, &child.pid, err);
	fd_close(&out[1]);
	fd_close(&errors[1]);
	child.out = out[0];
	child.err = errors[0];
	if (result < 0) {
		fd_close(&child.out);
		fd_close(&child.err);
		return -1;
	}
	fcntl(child.out, F_SETFL, O_NONBLOCK);
	fcntl(child.err, F_SETFL, O_NONBLOCK);
	*ret_child = child;
	return 0;
}

bool spawn_ended(struct spawn_child *child, int *ret_status)
{
	int status = 0;

	if (child->pid == 0)
		return true;
	pid_t pid = waitpid(child->pid, &status, WNOHANG);
	if (pid == 0 || (pid < 0 && errno == EINTR))
		return false;
	child->pid = 0;
	*ret_status = pid > 0 && WIFEXITED(status)     ? WEXITSTATUS(status)
		      : pid > 0 && WIFSIGNALED(status) ? -WTERMSIG(status)
						       : -SIGKILL;
	return true;
}

void spawn_end(struct spawn_child *child)
{
	int64_t deadline = clock_ms() + END_MS;
	pid_t pid = child->pid;
	int status;

	fd_close(&child->out);
	fd_close(&child->err);
	if (pid == 0)
		return;
	kill(-pid, SIGTERM);
	while (!child_exited(pid) && clock_ms() < deadline)
		poll(NULL, 0, 2);
	/* What it started may have outlived it; the id is its group's as long as it is not reaped. */
	kill(-pid, SIGKILL);
	while (!spawn_ended(child, &status))
		poll(NULL, 0, 2);
}
