/* A remote behind https: libgit2's own transport, counted and timed, on sockets that do not wait for ever. */
#include "history/peer.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct https {
	git_smart_subtransport transport; /* first: libgit2 hands this back */
	git_smart_subtransport *inner;
	struct peer *peer;
};

struct https_stream {
	git_smart_subtransport_stream stream; /* first */
	git_smart_subtransport_stream *inner;
};

static struct peer *peer_of(git_smart_subtransport_stream *stream)
{
	return ((struct https *)(void *)stream->subtransport)->peer;
}

/* A deadline of a socket is what TLS calls an error of its own. */
static int told(struct peer *peer, int code, int64_t began)
{
	bool silent = code != 0 && !*peer->err.message && clock_ms() - began >= PEER_SILENCE_MS;

	return silent ? peer_is_silent(peer) : code;
}

static int https_read(git_smart_subtransport_stream *stream, char *data, size_t size, size_t *ret_length)
{
	git_smart_subtransport_stream *inner = ((struct https_stream *)(void *)stream)->inner;
	int code = peer_may_go_on(peer_of(stream));
	int64_t began = clock_ms();

	if (code == 0)
		code = told(peer_of(stream), inner->read(inner, data, size, ret_length), began);
	return code == 0 ? peer_took(peer_of(stream), *ret_length) : code;
}

static int https_write(git_smart_subtransport_stream *stream, const char *data, size_t length)
{
	git_smart_subtransport_stream *inner = ((struct https_stream *)(void *)stream)->inner;
	int code = peer_may_go_on(peer_of(stream));
	int64_t began = clock_ms();

	return code == 0 ? told(peer_of(stream), inner->write(inner, data, length), began) : code;
}

static void https_stream_free(git_smart_subtransport_stream *stream)
{
	git_smart_subtransport_stream *inner = ((struct https_stream *)(void *)stream)->inner;

	inner->free(inner);
	free(stream);
}

static int https_action(git_smart_subtransport_stream **out, git_smart_subtransport *transport, const char *url,
			git_smart_service_t action)
{
	struct https *https = (struct https *)(void *)transport;
	git_smart_subtransport_stream *inner;
	int code = peer_may_go_on(https->peer);

	if (code == 0)
		code = https->inner->action(&inner, https->inner, url, action);
	if (code != 0)
		return code;
	struct https_stream *stream = XNEW(struct https_stream);
	*stream = (struct https_stream){.stream = {.subtransport = transport,
						   .read = https_read,
						   .write = https_write,
						   .free = https_stream_free},
					.inner = inner};
	*out = &stream->stream;
	return 0;
}

static int https_close(git_smart_subtransport *transport)
{
	git_smart_subtransport *inner = ((struct https *)(void *)transport)->inner;

	return inner->close(inner);
}

static void https_free(git_smart_subtransport *transport)
{
	git_smart_subtransport *inner = ((struct https *)(void *)transport)->inner;

	inner->free(inner);
	free(transport);
}

int peer_by_https(git_smart_subtransport **out, git_transport *owner, void *param)
{
	git_smart_subtransport *inner;
	int code = git_smart_subtransport_http(&inner, owner, NULL);

	if (code != 0)
		return code;
	struct https *https = XNEW(struct https);
	*https = (struct https){.transport = {.action = https_action, .close = https_close, .free = https_free},
				.inner = inner,
				.peer = param};
	*out = &https->transport;
	return 0;
}

/* A socket below libgit2's TLS, whose own has no deadline before libgit2 1.7. */
struct socket_stream {
	git_stream stream; /* first */
	char *host, *port;
	int fd;
};

static int late(const char *what)
{
	CLEANUP_FREE char *text = xasprintf("it was silent for %d s while %s", PEER_SILENCE_MS / 1000, what);

	git_error_set_str(GIT_ERROR_NET, text);
	return GIT_ERROR;
}

static int broken(const char *what, const char *why)
{
	CLEANUP_FREE char *text = xasprintf("%s: %s", what, why);

	git_error_set_str(GIT_ERROR_NET, text);
	return GIT_ERROR;
}

/* 1 when it is ready. */
static int await(int fd, short events)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};
	int64_t deadline = clock_ms() + PEER_SILENCE_MS, left;
	int ready;

	do {
		left = deadline - clock_ms();
		ready = poll(&poll_fd, 1, left > 0 ? (int)left : 0);
	} while (ready < 0 && errno == EINTR);
	return ready;
}

static int connect_to(const struct addrinfo *address)
{
	int fd = socket(address->ai_family, address->ai_socktype, address->ai_protocol), failed = 0;
	socklen_t size = sizeof(failed);

	if (fd < 0)
		return -1;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
		return fd;
	failed = errno;
	if (failed == EINPROGRESS) {
		failed = await(fd, POLLOUT) == 1 ? 0 : ETIMEDOUT;
		if (failed == 0)
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size);
	}
	if (failed == 0)
		return fd;
	close(fd);
	errno = failed;
	return -1;
}

static int socket_connect(git_stream *stream)
{
	struct socket_stream *self = (struct socket_stream *)(void *)stream;
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	int failed = getaddrinfo(self->host, self->port, &hints, &found);

	if (failed != 0)
		return broken("its host has no address", gai_strerror(failed));
	for (const struct addrinfo *address = found; address && self->fd < 0; address = address->ai_next)
		self->fd = connect_to(address);
	failed = errno;
	freeaddrinfo(found);
	return self->fd >= 0 ? 0 : broken("no connection", strerror(failed));
}

static ssize_t socket_read(git_stream *stream, void *data, size_t size)
{
	const struct socket_stream *self = (struct socket_stream *)(void *)stream;
	ssize_t got;

	while ((got = recv(self->fd, data, size, 0)) < 0 && (errno == EAGAIN || errno == EINTR))
		if (await(self->fd, POLLIN) != 1)
			return late("it was to answer");
	return got < 0 ? broken("the connection broke", strerror(errno)) : got;
}

static ssize_t socket_write(git_stream *stream, const char *data, size_t length, int flags)
{
	const struct socket_stream *self = (struct socket_stream *)(void *)stream;
	ssize_t put;

	(void)flags;
	while ((put = write(self->fd, data, length)) < 0 && (errno == EAGAIN || errno == EINTR))
		if (await(self->fd, POLLOUT) != 1)
			return late("it was to take what we send");
	return put < 0 ? broken("the connection broke", strerror(errno)) : put;
}

static int socket_close(git_stream *stream)
{
	struct socket_stream *self = (struct socket_stream *)(void *)stream;

	if (self->fd >= 0)
		close(self->fd);
	self->fd = -1;
	return 0;
}

static void socket_free(git_stream *stream)
{
	struct socket_stream *self = (struct socket_stream *)(void *)stream;

	socket_close(stream);
	free(self->host);
	free(self->port);
	free(self);
}

static int socket_new(git_stream **out, const char *host, const char *port)
{
	struct socket_stream *self = XNEW(struct socket_stream);

	*self = (struct socket_stream){.host = xstrdup(host), .port = xstrdup(port), .fd = -1};
	self->stream.version = GIT_STREAM_VERSION;
	self->stream.connect = socket_connect;
	self->stream.read = socket_read;
	self->stream.write = socket_write;
	self->stream.close = socket_close;
	self->stream.free = socket_free;
	*out = &self->stream;
	return 0;
}

void peer_bound_sockets(void)
{
	git_stream_registration registration = {.version = GIT_STREAM_VERSION, .init = socket_new};

	git_stream_register(GIT_STREAM_STANDARD, &registration);
}
