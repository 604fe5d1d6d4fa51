/* Carries ssh:// endpoints through a private Unix socket and one ssh per connection. */
#include "live/http/tunnel.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/platform.h"
#include "base/spawn.h"
#include "base/xalloc.h"
#include "live/http/doorway.h"
#include "live/http/failure.h"
#include "live/http/ssh_words.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SSH_MAX = 16, STDERR_CAP = 16 * 1024, END_MS = 500, SAID_MS = 200, POLL_MS = 10 };

struct tunnel {
	struct doorway doorway;
	char connect_timeout[40];
	char *command; /* run by the remote shell */
	const char *host, *user, *port;
	int stderr_read, stderr_write;
	pid_t children[SSH_MAX];
	size_t child_count;
	struct buffer said;
	const char *program; /* that runs there */
	int status;	     /* of the last ssh that ended */
	struct error start;  /* why ssh could not be started; message "" when it could */
};

static void hear(struct tunnel *tunnel)
{
	char bytes[1024];
	ssize_t got;

	while ((got = read(tunnel->stderr_read, bytes, sizeof(bytes))) > 0)
		buffer_fill(&tunnel->said, bytes, (size_t)got);
}

static void reap(struct tunnel *tunnel)
{
	for (size_t i = 0; i < tunnel->child_count;) {
		int status = 0;
		pid_t pid = waitpid(tunnel->children[i], &status, WNOHANG);

		if (pid == 0) {
			i++;
			continue;
		}
		if (pid > 0 && WIFEXITED(status))
			tunnel->status = WEXITSTATUS(status);
		tunnel->children[i] = tunnel->children[--tunnel->child_count];
	}
}

static void ssh_start(struct tunnel *tunnel, int fd)
{
	const char *argv[20];
	size_t count = 0;
	pid_t pid;

	argv[count++] = "ssh";
	argv[count++] = "-T";
	argv[count++] = "-o";
	argv[count++] = "BatchMode=yes";
	argv[count++] = "-o";
	argv[count++] = tunnel->connect_timeout;
	/* No banner, which would come in front of the reason. */
	argv[count++] = "-o";
	argv[count++] = "LogLevel=ERROR";
	if (tunnel->user) {
		argv[count++] = "-l";
		argv[count++] = tunnel->user;
	}
	if (tunnel->port) {
		argv[count++] = "-p";
		argv[count++] = tunnel->port;
	}
	argv[count++] = "--";
	argv[count++] = tunnel->host;
	argv[count++] = tunnel->command;
	argv[count] = NULL;
	if (spawn_on_fd(argv, fd, tunnel->stderr_write, &pid, &tunnel->start) == 0)
		tunnel->children[tunnel->child_count++] = pid;
}

static void arrived(void *context, int fd)
{
	struct tunnel *tunnel = context;

	hear(tunnel);
	reap(tunnel);
	if (tunnel->child_count < SSH_MAX)
		ssh_start(tunnel, fd);
	close(fd);
}

int tunnel_open(struct http *http, const struct endpoint *endpoint, enum tunnel_to to, int timeout_ms,
		struct tunnel **ret_tunnel, struct error *err)
{
	struct tunnel *tunnel = XNEW(struct tunnel);
	int ends[2];

	*tunnel =
		(struct tunnel){.doorway = DOORWAY_INIT, .stderr_read = -1, .stderr_write = -1, .status = SSH_UNENDED};
	tunnel->said.cap = STDERR_CAP;
	tunnel->host = endpoint->ssh_host;
	tunnel->user = endpoint->ssh_user;
	tunnel->port = endpoint->ssh_port;
	/* endpoint_parse() lets no byte through that a shell would take for its own. */
	static const struct {
		const char *program, *host, *command;
	} rows[] = {
		[TUNNEL_DOCKER] = {"docker", "--host=unix://", "system dial-stdio"},
		[TUNNEL_BUILDCTL] = {"buildctl", "--addr unix://", "dial-stdio"},
	};
	const char *path = endpoint->ssh_path;
	tunnel->program = rows[to].program;
	tunnel->command = xasprintf("%s %s%s%s%s", rows[to].program, path ? rows[to].host : "", path ? path : "",
				    path ? " " : "", rows[to].command);
	snprintf(tunnel->connect_timeout, sizeof(tunnel->connect_timeout), "ConnectTimeout=%d",
		 timeout_ms > 1000 ? (timeout_ms + 999) / 1000 : 1);
	if (platform_pipe(ends, O_NONBLOCK) == 0) {
		tunnel->stderr_read = ends[0];
		tunnel->stderr_write = ends[1];
	}
	if (tunnel->stderr_read < 0) {
		error_set_errno(err, errno, "making a pipe");
		tunnel_close(tunnel);
		return -1;
	}
	/* ssh writes to a pipe that blocks, as programs expect. */
	fcntl(tunnel->stderr_write, F_SETFL, 0);
	if (doorway_open(&tunnel->doorway, http, SSH_MAX, arrived, tunnel, err) < 0) {
		tunnel_close(tunnel);
		return -1;
	}
	*ret_tunnel = tunnel;
	return 0;
}

const char *tunnel_socket(const struct tunnel *tunnel)
{
	return tunnel->doorway.path;
}

/* Words and status may come just behind the end of the connection. */
static void hear_the_end(struct tunnel *tunnel)
{
	int64_t deadline = clock_ms() + SAID_MS;

	for (;;) {
		hear(tunnel);
		reap(tunnel);
		if (tunnel->status != SSH_UNENDED || clock_ms() >= deadline)
			return;
		poll(&(struct pollfd){.fd = tunnel->stderr_read, .events = POLLIN}, 1, POLL_MS);
	}
}

void tunnel_explain(struct tunnel *tunnel, struct error *err)
{
	if (tunnel->start.message[0] != '\0') {
		struct error start = tunnel->start;

		start.kind = ERROR_UNREACHABLE;
		error_copy(err, &start);
		return;
	}
	if (strstr(err->message, FAILURE_LATE))
		hear(tunnel);
	else
		hear_the_end(tunnel);
	const struct ssh_words words = {
		.said = buffer_text(&tunnel->said),
		.status = tunnel->status,
		.user = tunnel->user,
		.host = tunnel->host,
		.port = tunnel->port,
		.program = tunnel->program,
	};
	ssh_words_explain(&words, err);
}

static void end_children(struct tunnel *tunnel)
{
	int64_t deadline = clock_ms() + END_MS;

	for (size_t i = 0; i < tunnel->child_count; i++)
		kill(-tunnel->children[i], SIGTERM);
	for (;;) {
		reap(tunnel);
		if (tunnel->child_count == 0 || clock_ms() >= deadline)
			break;
		poll(NULL, 0, 2);
	}
	for (size_t i = 0; i < tunnel->child_count; i++) {
		kill(-tunnel->children[i], SIGKILL);
		waitpid(tunnel->children[i], NULL, 0);
	}
}

void tunnel_close(struct tunnel *tunnel)
{
	if (!tunnel)
		return;
	doorway_close(&tunnel->doorway);
	end_children(tunnel);
	if (tunnel->stderr_read >= 0) {
		close(tunnel->stderr_read);
		close(tunnel->stderr_write);
	}
	buffer_done(&tunnel->said);
	free(tunnel->command);
	free(tunnel);
}
