/* Requests over sockets: connections, deadlines, and what became of each. */
#include "live/http/wire.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "live/http/dial.h"
#include "live/http/exchange.h"
#include "live/http/libcurl.h"
#include "live/http/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socket whose queue is full takes a connection when somebody has been let in: nothing tells when. */
enum { READ_SIZE = 16 * 1024, AGAIN_MS = 5 };

struct wire {
	struct line *lines;
	struct exchange *exchanges;
	size_t count; /* of exchanges */
	struct http_streams *streams;
};

struct wire *wire_new(struct http_streams *streams)
{
	struct wire *wire = XNEW(struct wire);

	wire->streams = streams;
	return wire;
}

/* For dial.h. */
static char *where_of(const struct http_target *target)
{
	const char *authority = target->origin + strlen(EXCHANGE_SCHEME);

	return target->socket ? xstrdup(target->socket) : xstrndup(authority, strcspn(authority, "/"));
}

bool wire_serves(const struct http_target *target)
{
	if (!text_starts(target->origin, EXCHANGE_SCHEME))
		return false;
	CLEANUP_FREE char *where = where_of(target);
	return target->socket || (!target->proxy && !target->connect_to && dial_can(where));
}

static void exchange_free(struct wire *wire, struct exchange *exchange)
{
	if (exchange->previous)
		exchange->previous->next = exchange->next;
	else
		wire->exchanges = exchange->next;
	if (exchange->next)
		exchange->next->previous = exchange->previous;
	wire->count--;
	if (exchange->fd >= 0)
		close(exchange->fd);
	text_done(&exchange->sent);
	buffer_done(&exchange->answer.body);
	free(exchange);
}

/* It is taken out of the list by wire_sweep(): callers may be walking that. */
static void line_close(struct line *line)
{
	if (line->fd >= 0)
		close(line->fd);
	line->fd = -1;
	line->exchange = NULL;
}

static void sweep(struct wire *wire, bool all)
{
	for (struct line **at = &wire->lines, *line; (line = *at);) {
		if (line->fd >= 0 && !all) {
			at = &line->next;
			continue;
		}
		*at = line->next;
		line_close(line);
		h1_free(line->h1);
		if (line->h2)
			h2_free(line);
		text_done(&line->out);
		free(line->where);
		free(line);
	}
}

void wire_free(struct wire *wire)
{
	if (!wire)
		return;
	while (wire->exchanges)
		exchange_free(wire, wire->exchanges);
	sweep(wire, true);
	free(wire);
}

static void end_all(struct wire *wire, struct line *line, int code, int os_errno)
{
	for (struct exchange *exchange = wire->exchanges; exchange; exchange = exchange->next)
		if (exchange->line == line)
			exchange_end(exchange, code, os_errno);
	line_close(line);
}

/* Whether the exchange needs no bytes of ours any more: it wanted the connection alone. */
static bool hand_over(struct line *line)
{
	struct exchange *exchange = line->exchange;

	if (!exchange || !exchange->request.connect_only)
		return false;
	exchange->fd = line->fd;
	exchange_end(exchange, CURLE_OK, 0);
	line->fd = -1;
	line->exchange = NULL;
	return true;
}

static bool line_connect(struct wire *wire, struct line *line)
{
	int problem = dial(line->fd, line->where, line->dialled);

	line->dialled = problem == EINPROGRESS;
	line->connected = problem == 0;
	if (!line->connected && !line->dialled && problem != EAGAIN)
		end_all(wire, line, CURLE_COULDNT_CONNECT, problem);
	return line->connected && !hand_over(line);
}

/* A server may have answered before it closes what we are still writing to: then that is what it said. */
static void write_failed(struct wire *wire, struct line *line, int os_errno)
{
	text_cut(&line->out, 0);
	line->out_sent = 0;
	line->wants_write = false;
	if (line->is_h2)
		end_all(wire, line, CURLE_SEND_ERROR, os_errno);
}

static void line_write(struct wire *wire, struct line *line)
{
	if (!line->connected && !line_connect(wire, line))
		return;
	if (line->is_h2)
		h2_say(line);
	while (line->out_sent < line->out.length) {
		ssize_t sent = send(line->fd, line->out.data + line->out_sent, line->out.length - line->out_sent,
				    MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		line->wants_write = sent < 0 && errno == EAGAIN;
		if (line->wants_write)
			return;
		if (sent < 0) {
			write_failed(wire, line, errno);
			return;
		}
		line->out_sent += (size_t)sent;
	}
	text_cut(&line->out, 0);
	line->out_sent = 0;
	line->wants_write = false;
}

static struct line *line_open(struct wire *wire, char *where, bool is_h2)
{
	struct line *line = XNEW(struct line);

	line->where = where;
	line->is_h2 = is_h2;
	if (line->is_h2)
		h2_begin(line);
	line->next = wire->lines;
	wire->lines = line;
	line->fd = dial_socket(line->where);
	return line;
}

/* Closed by its server, of which nobody has been told yet. Over HTTP/1.1 nothing else comes to one that waits. */
static bool is_stale(const struct line *line)
{
	char byte;
	ssize_t got = line->connected ? recv(line->fd, &byte, 1, MSG_PEEK) : 1;

	return got > 0 ? !line->is_h2 : got == 0 || errno != EAGAIN;
}

static bool is_free(const struct line *line, const struct http_target *target, const char *where)
{
	if (line->fd < 0 || line->is_h2 != target->h2 || strcmp(line->where, where) != 0)
		return false;
	return line->is_h2 ? h2_takes_more(line) : !line->exchange;
}

static struct line *line_for(struct wire *wire, const struct exchange *exchange)
{
	CLEANUP_FREE char *where = where_of(exchange->target);

	for (struct line *line = wire->lines; line && !exchange->request.connect_only; line = line->next) {
		if (!is_free(line, exchange->target, where))
			continue;
		if (!is_stale(line))
			return line;
		end_all(wire, line, CURLE_RECV_ERROR, ECONNRESET);
	}
	return line_open(wire, TAKE(where), exchange->target->h2);
}

static void assign(struct wire *wire, struct exchange *exchange)
{
	struct line *line = line_for(wire, exchange);

	exchange->line = line;
	if (line->fd < 0) {
		exchange_end(exchange, CURLE_COULDNT_CONNECT, errno);
		return;
	}
	if (line->is_h2) {
		h2_submit(line, exchange);
	} else {
		line->exchange = exchange;
		text_append(&line->out, text_string(&exchange->sent), exchange->sent.length);
	}
	line_write(wire, line);
}

void wire_start(struct wire *wire, const struct http_target *target, const struct http_request *request)
{
	struct exchange *exchange = XNEW(struct exchange);

	exchange->request = *request;
	exchange->target = target;
	exchange->head_only = strcmp(request->method, "HEAD") == 0;
	exchange->fd = -1;
	exchange->active = clock_ms();
	exchange->failure = (struct error)ERROR_INIT;
	if (request->timeout_ms > 0)
		exchange->deadline =
			request->deadline != 0 ? request->deadline : exchange->active + request->timeout_ms;
	answer_begin(&exchange->answer, &exchange->request);
	exchange->next = wire->exchanges;
	if (exchange->next)
		exchange->next->previous = exchange;
	wire->exchanges = exchange;
	wire->count++;
	if (strlen(request->path) > LIMIT_PATH) {
		error_set(&exchange->failure, ERROR_CORRUPT, "a name is longer than %d bytes", LIMIT_PATH);
		exchange_end(exchange, CURLE_URL_MALFORMAT, 0);
		return;
	}
	if (!target->h2 && !request->connect_only)
		h1_say(exchange);
	assign(wire, exchange);
}

/* Gone, and whatever comes of it yet is nobody's. */
static void leave(struct exchange *exchange)
{
	struct line *line = exchange->line;

	if (line && line->is_h2)
		h2_drop(line, exchange);
	else if (line)
		line_close(line);
}

void wire_cancel(struct wire *wire, const void *context)
{
	for (struct exchange *exchange = wire->exchanges, *next; exchange; exchange = next) {
		next = exchange->next;
		if (exchange->request.context != context)
			continue;
		leave(exchange);
		exchange_free(wire, exchange);
	}
}

void wire_give_up(struct wire *wire, const struct error *err)
{
	for (struct exchange *exchange = wire->exchanges; exchange; exchange = exchange->next) {
		leave(exchange);
		exchange->ended = true;
		exchange->line = NULL;
		error_copy(&exchange->failure, err);
	}
}

size_t wire_count(const struct wire *wire)
{
	return wire->count;
}

size_t wire_lines(const struct wire *wire)
{
	size_t count = 0;

	for (const struct line *line = wire->lines; line; line = line->next)
		count++;
	return count;
}

static short events(const struct line *line)
{
	return (short)(!line->connected ? POLLOUT : line->wants_write ? POLLIN | POLLOUT : POLLIN);
}

size_t wire_polled(const struct wire *wire, struct pollfd *ret_polled)
{
	size_t count = 0;

	for (const struct line *line = wire->lines; line; line = line->next)
		if (line->fd >= 0 && (line->connected || line->dialled))
			ret_polled[count++] = (struct pollfd){.fd = line->fd, .events = events(line)};
	return count;
}

int wire_wait(const struct wire *wire, int wait_ms)
{
	int64_t now = clock_ms(), wait = wait_ms;

	for (const struct exchange *exchange = wire->exchanges; exchange; exchange = exchange->next) {
		int64_t end = exchange_limit(exchange);

		if (exchange->ended)
			wait = 0;
		else if (end != 0 && end - now < wait)
			wait = end > now ? end - now : 0;
		if (exchange->line && !exchange->line->connected && !exchange->line->dialled && wait > AGAIN_MS)
			wait = AGAIN_MS;
	}
	return (int)wait;
}

/* A server may close what it was not asked over for long, and we ask at that moment. */
static bool say_again(struct wire *wire, struct line *line)
{
	struct exchange *exchange = line->exchange;

	if (!line->used || exchange->heard_of || exchange->is_second)
		return false;
	line_close(line);
	exchange->is_second = true;
	assign(wire, exchange);
	return true;
}

static void line_closed(struct wire *wire, struct line *line, int os_errno)
{
	if (line->is_h2)
		end_all(wire, line, os_errno != 0 ? CURLE_RECV_ERROR : CURLE_HTTP2, os_errno);
	else if (line->exchange && !say_again(wire, line))
		h1_closed(line, os_errno);
	line_close(line);
}

static void touch(struct wire *wire, const struct line *line)
{
	int64_t now = clock_ms();

	for (struct exchange *exchange = wire->exchanges; exchange; exchange = exchange->next)
		if (exchange->line == line)
			exchange->active = now;
}

static void take(struct wire *wire, struct line *line, const char *data, size_t length)
{
	touch(wire, line);
	if (line->is_h2) {
		if (h2_take(line, data, length) < 0)
			end_all(wire, line, CURLE_HTTP2, 0);
		else
			line_write(wire, line);
		if (line->fd >= 0 && h2_is_over(line))
			end_all(wire, line, CURLE_HTTP2, 0);
		return;
	}
	int result = line->exchange ? h1_take(line, data, length) : -1;
	if (result == 0)
		return;
	line->exchange = NULL;
	line->used = true;
	/* What is not said yet is of no use to it any more, and none of the next request's. */
	if (result < 0 || line->out.length > 0)
		line_close(line);
}

static void line_read(struct wire *wire, struct line *line)
{
	char data[READ_SIZE];
	ssize_t got = READ_SIZE;

	while (line->fd >= 0 && got == READ_SIZE) {
		do
			got = recv(line->fd, data, sizeof(data), 0);
		while (got < 0 && errno == EINTR);
		if (got > 0)
			take(wire, line, data, (size_t)got);
		else if (got == 0 || errno != EAGAIN)
			line_closed(wire, line, got == 0 ? 0 : errno);
	}
}

static void end_late(struct wire *wire)
{
	int64_t now = clock_ms();

	for (struct exchange *exchange = wire->exchanges; exchange; exchange = exchange->next) {
		int64_t end = exchange_limit(exchange);
		struct line *line = exchange->line;

		if (exchange->ended || end == 0 || end > now)
			continue;
		bool connected = line && line->connected;
		leave(exchange);
		exchange_end(exchange, CURLE_OPERATION_TIMEDOUT, 0);
		exchange->connected = connected;
	}
}

/* Lines are in the order in which they were polled, but for those that came and went since. */
static short events_of(const struct line *line, const struct pollfd *polled, size_t count, size_t *at)
{
	for (size_t tries = 0; tries < count; tries++) {
		const struct pollfd *one = &polled[*at];
		*at = (*at + 1) % count;
		if (one->fd == line->fd)
			return one->revents;
	}
	return 0;
}

void wire_step(struct wire *wire, const struct pollfd *polled, size_t count)
{
	size_t at = 0;

	for (struct line *line = wire->lines; line; line = line->next) {
		if (line->fd < 0)
			continue;
		short came = events_of(line, polled, count, &at);
		bool writes = line->connected ? line->is_h2 || (came & POLLOUT) != 0 : !line->dialled || came != 0;
		if (line->connected && (came & ~POLLOUT) != 0)
			line_read(wire, line);
		if (line->fd >= 0 && writes)
			line_write(wire, line);
	}
	end_late(wire);
	sweep(wire, false);
}

bool wire_reap(struct wire *wire)
{
	struct exchange *exchange = wire->exchanges;
	struct error err = ERROR_INIT;

	while (exchange && !exchange->ended)
		exchange = exchange->next;
	if (!exchange)
		return false;
	bool failed = exchange->code != CURLE_OK || exchange->failure.message[0] != '\0';
	if (failed)
		exchange_error(exchange, &err);
	void (*done)(void *, const struct http_response *) = exchange->request.done;
	void *context = exchange->request.context;
	struct http_response response = answer_response(&exchange->answer, exchange->status, failed ? &err : NULL);
	if (exchange->fd >= 0) {
		response.stream = http_stream_of(wire->streams, exchange->fd);
		exchange->fd = -1;
	}
	exchange->request.context = NULL; /* done() may cancel what else has it */
	done(context, &response);
	exchange_free(wire, exchange);
	return true;
}
