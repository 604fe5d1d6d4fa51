/* A remote behind a program that speaks git's protocol on its standard streams: ssh with the user's own configuration,
 * agent and known hosts, or git itself for a folder here. It has a session of its own, and ends with the connection. */
#include "history/peer.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/shell.h"
#include "base/spawn.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { END_MS = 2000, POLL_MS = 10, ARGUMENTS = 20 };

struct command {
	git_smart_subtransport transport;     /* first: libgit2 hands this back */
	git_smart_subtransport_stream stream; /* there is one, from the first action on */
	struct peer *peer;
	int fd, words_fd; /* -1: not open */
	pid_t pid;	  /* 0: none */
};

static struct command *of_stream(git_smart_subtransport_stream *stream)
{
	return (struct command *)(void *)stream->subtransport;
}

static void hear(struct command *command)
{
	char bytes[1024];
	ssize_t got;

	while (command->words_fd >= 0 && (got = read(command->words_fd, bytes, sizeof(bytes))) > 0)
		buffer_fill(&command->peer->said, bytes, (size_t)got);
}

static void ssh_arguments(const struct address *address, const char *there, const char **argv)
{
	size_t count = 0;

	argv[count++] = "ssh";
	argv[count++] = "-T";
	argv[count++] = "-o";
	argv[count++] = "BatchMode=yes";
	argv[count++] = "-o";
	argv[count++] = "ConnectTimeout=30"; /* PEER_SILENCE_MS */
	/* No banner, which would come in front of the reason. */
	argv[count++] = "-o";
	argv[count++] = "LogLevel=ERROR";
	if (address->user) {
		argv[count++] = "-l";
		argv[count++] = address->user;
	}
	if (address->port) {
		argv[count++] = "-p";
		argv[count++] = address->port;
	}
	argv[count++] = "--";
	argv[count++] = address->host;
	argv[count++] = there;
	argv[count] = NULL;
}

static int start(struct command *command, const char *service, struct error *err)
{
	const struct address *address = &command->peer->to->address;
	struct arena *arena = command->peer->arena;
	const char *argv[ARGUMENTS] = {"git", service, address->path, NULL};
	int ends[2], words[2];

	if (address->kind == ADDRESS_SSH)
		ssh_arguments(address, arena_printf(arena, "git-%s %s", service, shell_word(arena, address->path)),
			      argv);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return error_set_errno(err, errno, "cannot make a socket");
	if (pipe(words) < 0) {
		close(ends[0]);
		close(ends[1]);
		return error_set_errno(err, errno, "cannot make a pipe");
	}
	for (int i = 0; i < 2; i++) {
		fcntl(ends[i], F_SETFD, FD_CLOEXEC);
		fcntl(words[i], F_SETFD, FD_CLOEXEC);
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(words[0], F_SETFL, O_NONBLOCK);
	int result = spawn_on_fd(argv, ends[1], words[1], &command->pid, err);
	close(ends[1]);
	close(words[1]);
	command->fd = ends[0];
	command->words_fd = words[0];
	if (result < 0 && address->kind == ADDRESS_PATH)
		error_hint(err, "a remote that is a folder needs git here; https and ssh do without it");
	return result;
}

/* Until it can be read or written. */
static int await(struct command *command, short events)
{
	int64_t silent = clock_ms() + PEER_SILENCE_MS;

	for (;;) {
		struct pollfd fds[] = {{.fd = command->fd, .events = events},
				       {.fd = command->words_fd, .events = POLLIN}};
		int code = peer_may_go_on(command->peer);

		if (code < 0)
			return code;
		if (poll(fds, 2, INTERRUPT_SLICE_MS) < 0 && errno != EINTR)
			return GIT_ERROR;
		if (fds[1].revents & POLLIN)
			hear(command);
		else if (fds[1].revents) {
			close(command->words_fd); /* or it would not be waited for any more */
			command->words_fd = -1;
		}
		if (fds[0].revents)
			return 0;
		if (clock_ms() > silent)
			return peer_is_silent(command->peer);
	}
}

static int command_read(git_smart_subtransport_stream *stream, char *data, size_t size, size_t *ret_length)
{
	struct command *command = of_stream(stream);
	ssize_t got;

	do {
		int code = await(command, POLLIN);

		if (code < 0)
			return code;
		got = read(command->fd, data, size);
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	*ret_length = got < 0 ? 0 : (size_t)got; /* reset: it is at its end */
	if (!*command->peer->first)
		snprintf(command->peer->first, sizeof(command->peer->first), "%.*s", (int)*ret_length, data);
	return peer_took(command->peer, *ret_length);
}

static int command_write(git_smart_subtransport_stream *stream, const char *data, size_t length)
{
	struct command *command = of_stream(stream);

	while (length > 0) {
		ssize_t put = write(command->fd, data, length);

		if (put < 0 && errno == EAGAIN) {
			int code = await(command, POLLOUT);

			if (code < 0)
				return code;
			continue;
		}
		if (put < 0 && errno != EINTR) {
			git_error_set_str(GIT_ERROR_NET, "it ended while it was written to");
			return GIT_ERROR;
		}
		data += put > 0 ? put : 0;
		length -= put > 0 ? (size_t)put : 0;
	}
	return 0;
}

static void stream_free(git_smart_subtransport_stream *stream)
{
	(void)stream;
}

/* Words and status may come just behind the end of the connection. */
static void end(struct command *command)
{
	int64_t deadline = clock_ms() + END_MS;
	int status = 0, sent = 0;

	if (command->fd >= 0)
		close(command->fd);
	command->fd = -1;
	while (command->pid > 0) {
		hear(command);
		pid_t ended = waitpid(command->pid, &status, sent == SIGKILL ? 0 : WNOHANG);
		if (ended == command->pid || (ended < 0 && errno != EINTR))
			break;
		if (clock_ms() > deadline && sent != SIGKILL) {
			sent = sent ? SIGKILL : SIGTERM;
			kill(-command->pid, sent);
			deadline = clock_ms() + END_MS;
		}
		poll(NULL, 0, POLL_MS);
	}
	if (command->pid > 0 && WIFEXITED(status))
		command->peer->status = WEXITSTATUS(status);
	command->pid = 0;
	hear(command);
	if (command->words_fd >= 0)
		close(command->words_fd);
	command->words_fd = -1;
}

static int command_close(git_smart_subtransport *transport)
{
	end((struct command *)(void *)transport);
	return 0;
}

static void command_free(git_smart_subtransport *transport)
{
	end((struct command *)(void *)transport);
	free(transport);
}

static int command_action(git_smart_subtransport_stream **out, git_smart_subtransport *transport, const char *url,
			  git_smart_service_t action)
{
	struct command *command = (struct command *)(void *)transport;
	bool pushing = action == GIT_SERVICE_RECEIVEPACK_LS || action == GIT_SERVICE_RECEIVEPACK;

	(void)url;
	if ((action == GIT_SERVICE_UPLOADPACK_LS || action == GIT_SERVICE_RECEIVEPACK_LS) &&
	    start(command, pushing ? "receive-pack" : "upload-pack", &command->peer->err) < 0)
		return GIT_EUSER;
	*out = &command->stream;
	return 0;
}

int peer_by_command(git_smart_subtransport **out, git_transport *owner, void *param)
{
	struct command *command = XNEW(struct command);

	(void)owner;
	*command = (struct command){.peer = param, .fd = -1, .words_fd = -1};
	command->transport.action = command_action;
	command->transport.close = command_close;
	command->transport.free = command_free;
	command->stream.subtransport = &command->transport;
	command->stream.read = command_read;
	command->stream.write = command_write;
	command->stream.free = stream_free;
	*out = &command->transport;
	return 0;
}
