/* Carries ssh:// endpoints through a private Unix socket and one ssh per connection. */
#include "live/http/tunnel.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/count.h"
#include "base/spawn.h"
#include "base/xalloc.h"
#include "live/http/doorway.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SSH_MAX = 16, STDERR_CAP = 16 * 1024, END_MS = 500, SAID_MS = 200 };

struct tunnel {
	struct doorway doorway;
	char connect_timeout[40];
	char *command; /* run by the remote shell */
	const char *host, *user, *port;
	int stderr_read, stderr_write;
	pid_t children[SSH_MAX];
	size_t child_count;
	struct buffer said;
	struct error start; /* why ssh could not be started; message "" when it could */
};

/* A row per thing that ssh or the remote shell says; the first that is found is the reason. */
static const struct saying {
	const char *text, *hint;
} SAYINGS[] = {
	{"Host key verification failed",
	 "connect once by hand (ssh HOST) and compare the key, or correct ~/.ssh/known_hosts"},
	{"REMOTE HOST IDENTIFICATION HAS CHANGED", "the host's key is another one than in ~/.ssh/known_hosts"},
	{"Permission denied (",
	 "load the key into an agent (ssh-add), or name it in ~/.ssh/config; nothing is asked here"},
	{"Too many authentication failures", "name the right key in ~/.ssh/config, with IdentitiesOnly yes"},
	{"Could not resolve hostname", "check the host's name in the endpoint"},
	{"Connection refused", "is sshd running there, on this port?"},
	{"Connection timed out", NULL},
	{"No route to host", NULL},
	{"Network is unreachable", NULL},
	{"Operation timed out", NULL},
	{"buildctl: command not found", "install buildctl there, on the PATH of a shell without a terminal"},
	{"command not found", "install the docker CLI there, on the PATH of a shell without a terminal"},
	{"buildctl: not found", "install buildctl there, on the PATH of a shell without a terminal"},
	{"buildkitd.sock", "is buildkitd running there, and may the remote user open its socket?"},
	{"docker: not found", "install the docker CLI there, on the PATH of a shell without a terminal"},
	{"No such file or directory", NULL},
	{"permission denied while trying to connect", "add the remote user to the group docker there"},
	{"Cannot connect to the Docker daemon", "is the Docker Engine running there?"},
	{"Connection closed by", NULL},
	{"Bad configuration option", NULL},
};

static void line_copy(const char *line, size_t length, char ret_reason[256])
{
	if (length > 5 && strncmp(line, "ssh: ", 5) == 0) {
		line += 5;
		length -= 5;
	}
	while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '.' || line[length - 1] == ' '))
		length--;
	snprintf(ret_reason, 256, "%.*s", (int)(length > 255 ? 255 : length), line);
}

void tunnel_reason(const char *text, char ret_reason[256], const char **ret_hint)
{
	const char *last = NULL;

	ret_reason[0] = '\0';
	*ret_hint = NULL;
	for (size_t i = 0; i < COUNT(SAYINGS); i++) {
		const char *found = strstr(text, SAYINGS[i].text);
		if (!found)
			continue;
		while (found > text && found[-1] != '\n')
			found--;
		*ret_hint = SAYINGS[i].hint;
		line_copy(found, strcspn(found, "\n"), ret_reason);
		return;
	}
	/* Else the last line that is not a warning. */
	for (const char *line = text; *line != '\0';) {
		size_t length = strcspn(line, "\n");
		if (strspn(line, " \r\t") < length && !text_starts(line, "Warning:"))
			last = line;
		line += length + (line[length] == '\n');
	}
	if (last)
		line_copy(last, strcspn(last, "\n"), ret_reason);
}

static void hear(struct tunnel *tunnel)
{
	char bytes[1024];
	ssize_t got;

	while ((got = read(tunnel->stderr_read, bytes, sizeof(bytes))) > 0)
		buffer_fill(&tunnel->said, bytes, (size_t)got);
}

static void reap(struct tunnel *tunnel)
{
	for (size_t i = 0; i < tunnel->child_count;)
		if (waitpid(tunnel->children[i], NULL, WNOHANG) != 0)
			tunnel->children[i] = tunnel->children[--tunnel->child_count];
		else
			i++;
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

	*tunnel = (struct tunnel){.doorway = DOORWAY_INIT, .stderr_read = -1, .stderr_write = -1};
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
	tunnel->command = xasprintf("%s %s%s%s%s", rows[to].program, path ? rows[to].host : "", path ? path : "",
				    path ? " " : "", rows[to].command);
	snprintf(tunnel->connect_timeout, sizeof(tunnel->connect_timeout), "ConnectTimeout=%d",
		 timeout_ms > 1000 ? (timeout_ms + 999) / 1000 : 1);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
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

void tunnel_explain(struct tunnel *tunnel, struct error *err)
{
	struct pollfd poll_fd = {.fd = tunnel->stderr_read, .events = POLLIN};
	char reason[256];
	const char *hint;

	if (err && err->kind == ERROR_INTERRUPTED)
		return;
	if (tunnel->start.message[0] != '\0') {
		struct error start = tunnel->start;

		start.kind = ERROR_UNREACHABLE;
		error_copy(err, &start);
		return;
	}
	hear(tunnel);
	/* The remote command's words may come just behind the end of its connection. */
	if (tunnel->said.length == 0 && poll(&poll_fd, 1, SAID_MS) > 0)
		hear(tunnel);
	tunnel_reason(buffer_text(&tunnel->said), reason, &hint);
	if (reason[0] == '\0')
		return;
	error_set(err, ERROR_UNREACHABLE, "ssh: %s", reason);
	if (hint)
		error_hint(err, "%s", hint);
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
