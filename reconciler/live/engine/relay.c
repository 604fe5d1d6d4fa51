/* Carries bytes between a private socket and upgraded connections to the Engine. */
#include "live/engine/relay.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/xalloc.h"
#include "live/engine/demux.h"
#include "live/engine/parse.h"
#include "live/http/doorway.h"
#include "live/http/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINKS_MAX = 8, HEAD_CAP = 16 * 1024, ANSWER_CAP = 64 * 1024, PIECE = 16 * 1024, SAID_CAP = 8 * 1024 };

enum link_stage { LINK_PREPARES, LINK_CONNECTS, LINK_ASKS, LINK_CARRIES, LINK_ENDED };

/* One connection of libcurl's and its way to the daemon. */
struct link {
	struct relay *relay;
	enum link_stage stage;
	int fd;			    /* libcurl's side; -1: closed */
	struct http_stream *stream; /* the Engine's side */
	struct buffer up, down;	    /* not yet written */
	struct buffer head;	    /* of the answer to the upgrade */
	struct demux demux;
	bool heard; /* anything from the program */
};

struct relay {
	struct http *http;
	const struct http_target *engine;
	enum relay_to to;
	char *container; /* of RELAY_EXEC */
	int timeout_ms;
	struct doorway doorway;
	struct link *links[LINKS_MAX];
	size_t count;
	struct buffer said;  /* on stderr of buildctl */
	struct error reason; /* message "": none */
};

static void link_close(struct link *link)
{
	struct http *http = link->relay->http;

	http_cancel(http, link);
	if (link->stream) {
		http_unwatch(http, http_stream_fd(link->stream));
		http_stream_close(link->stream);
		link->stream = NULL;
	}
	if (link->fd >= 0) {
		http_unwatch(http, link->fd);
		close(link->fd);
		link->fd = -1;
	}
	link->stage = LINK_ENDED;
}

/* The first reason stays. */
static void link_fail(struct link *link, const struct error *err)
{
	if (link->relay->reason.message[0] == '\0')
		link->relay->reason = *err;
	link_close(link);
}

static void fail_status(struct link *link, int status, const char *body, size_t length)
{
	struct error err = ERROR_INIT;
	char message[400];

	engine_parse_message(body, length, message, sizeof(message));
	error_set(&err, ERROR_UNREACHABLE, "the Engine answered %d%s%s", status, message[0] != '\0' ? ": " : "",
		  message);
	link_fail(link, &err);
}

/* Writes what is waiting; false when it does not all go yet. */
static bool flush_down(struct link *link)
{
	while (link->down.length > 0) {
		ssize_t sent = send(link->fd, link->down.data, link->down.length, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (sent < 0) {
			link_close(link);
			return false;
		}
		memmove(link->down.data, link->down.data + sent, link->down.length - (size_t)sent);
		link->down.length -= (size_t)sent;
	}
	return true;
}

static bool flush_up(struct link *link)
{
	while (link->up.length > 0) {
		ssize_t sent = http_stream_send(link->stream, link->up.data, link->up.length);
		if (sent < 0 && errno == EAGAIN)
			return false;
		if (sent < 0) {
			link_close(link);
			return false;
		}
		memmove(link->up.data, link->up.data + sent, link->up.length - (size_t)sent);
		link->up.length -= (size_t)sent;
	}
	return true;
}

static int take_stream(void *context, enum demux_stream stream, const void *data, size_t length, struct error *err)
{
	struct link *link = context;

	/* What the Engine says of a program that cannot be run comes as if the program had said it. */
	static const char no_program[] = "OCI runtime exec failed";
	if (stream == DEMUX_STDOUT && !link->heard && length > sizeof(no_program) &&
	    memcmp(data, no_program, sizeof(no_program) - 1) == 0) {
		const char *end = memchr(data, '\n', length);
		size_t line = end ? (size_t)(end - (const char *)data) : length;
		return error_set(err, ERROR_UNREACHABLE, "in its container: %.*s", (int)line, (const char *)data);
	}
	link->heard = true;
	if (stream == DEMUX_STDOUT)
		return buffer_append(&link->down, data, length);
	buffer_fill(&link->relay->said, data, length);
	return 0;
}

static int take_carried(struct link *link, const char *data, size_t length)
{
	struct error err = ERROR_INIT;

	if (link->relay->to != RELAY_EXEC)
		return buffer_append(&link->down, data, length);
	if (demux_feed(&link->demux, data, length, &err) == 0)
		return 0;
	link_fail(link, &err);
	return -1;
}

/* "HTTP/1.1 101 …" up to the empty line; what comes behind it belongs to the daemon. */
static int take_head(struct link *link, const char *data, size_t length)
{
	if (buffer_append(&link->head, data, length) < 0) {
		fail_status(link, 0, "", 0);
		return -1;
	}
	const char *head = buffer_text(&link->head), *end = strstr(head, "\r\n\r\n");
	if (!end)
		return 0;
	int status = length > 0 && strncmp(head, "HTTP/1.", 7) == 0 && strlen(head) > 12
			     ? (int)strtol(head + 9, NULL, 10)
			     : 0;
	size_t rest = link->head.length - (size_t)(end + 4 - head);
	/* The Engine answers exec with 200 to clients that it takes for old. */
	if (status != 101 && !(status == 200 && link->relay->to == RELAY_EXEC)) {
		fail_status(link, status, end + 4, rest);
		return -1;
	}
	link->stage = LINK_CARRIES;
	return rest > 0 ? take_carried(link, end + 4, rest) : 0;
}

/* From the Engine, as long as libcurl takes it: what TLS holds back does not show at the descriptor. */
static void pump_down(struct link *link)
{
	char bytes[PIECE];

	while (link->stage != LINK_ENDED && flush_down(link)) {
		ssize_t got = http_stream_receive(link->stream, bytes, sizeof(bytes));
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			link_close(link);
			return;
		}
		int taken = link->stage == LINK_ASKS ? take_head(link, bytes, (size_t)got)
						     : take_carried(link, bytes, (size_t)got);
		if (taken < 0)
			link_close(link);
	}
}

static void pump_up(struct link *link)
{
	char bytes[PIECE];

	while (link->stage == LINK_CARRIES && flush_up(link)) {
		ssize_t got = recv(link->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got <= 0) {
			link_close(link);
			return;
		}
		if (buffer_append(&link->up, bytes, (size_t)got) < 0)
			link_close(link);
	}
}

static void pump(void *context)
{
	struct link *link = context;

	if (link->stage == LINK_ASKS && link->up.length > 0)
		flush_up(link);
	if (link->stage != LINK_ENDED)
		pump_down(link);
	if (link->stage != LINK_ENDED)
		pump_up(link);
	if (link->stage == LINK_ENDED)
		return;
	http_watch_for(link->relay->http, http_stream_fd(link->stream), link->down.length == 0, link->up.length > 0);
	http_watch_for(link->relay->http, link->fd, link->stage == LINK_CARRIES && link->up.length == 0,
		       link->down.length > 0);
}

static void connected(void *context, const struct http_response *response)
{
	struct link *link = context;

	if (response->failure) {
		link_fail(link, response->failure);
		return;
	}
	link->stream = response->stream;
	link->stage = link->relay->to == RELAY_SOCKET ? LINK_CARRIES : LINK_ASKS;
	http_watch(link->relay->http, http_stream_fd(link->stream), pump, link);
	http_watch(link->relay->http, link->fd, pump, link);
	pump(link);
}

static void stream_connect(struct link *link)
{
	link->stage = LINK_CONNECTS;
	struct http_request request = {
		.method = "GET",
		.path = "/",
		.connect_only = true,
		.timeout_ms = link->relay->timeout_ms,
		.done = connected,
		.context = link,
	};
	http_start(link->relay->http, link->relay->engine, &request);
}

static void stream_start(struct link *link, const char *path, const char *protocol, const char *body)
{
	struct error err = ERROR_INIT;

	if (buffer_printf(&link->up,
			  "POST %s HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: %s\r\n"
			  "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
			  path, protocol, strlen(body), body) < 0) {
		error_set(&err, ERROR_CORRUPT, "the container's name is too long");
		link_fail(link, &err);
		return;
	}
	stream_connect(link);
}

static void exec_made(void *context, const struct http_response *response)
{
	struct link *link = context;
	CLEANUP_JSON cJSON *json = NULL;
	CLEANUP_TEXT struct text path = TEXT_INIT;
	struct error err = ERROR_INIT;

	if (response->failure) {
		link_fail(link, response->failure);
		return;
	}
	if (response->status != 201) {
		fail_status(link, response->status, response->body, response->length);
		return;
	}
	const char *id =
		json_parse(response->body, response->length, &json, &err) == 0 ? json_string(json, "Id") : NULL;
	if (!id) {
		fail_status(link, response->status, "", 0);
		return;
	}
	text_puts(&path, "/exec/");
	http_escape(&path, id, "");
	text_puts(&path, "/start");
	stream_start(link, text_string(&path), "tcp", "{\"Detach\":false,\"Tty\":false}");
}

static void exec_start(struct link *link)
{
	CLEANUP_TEXT struct text path = TEXT_INIT;

	text_puts(&path, "/containers/");
	http_escape(&path, link->relay->container, "");
	text_puts(&path, "/exec");
	struct http_request request = {
		.method = "POST",
		.path = text_string(&path),
		.body = "{\"AttachStdin\":true,\"AttachStdout\":true,\"AttachStderr\":true,"
			"\"Cmd\":[\"buildctl\",\"dial-stdio\"]}",
		.timeout_ms = link->relay->timeout_ms,
		.cap = ANSWER_CAP,
		.done = exec_made,
		.context = link,
	};
	http_start(link->relay->http, link->relay->engine, &request);
}

static void link_free(struct link *link)
{
	link_close(link);
	buffer_done(&link->up);
	buffer_done(&link->down);
	buffer_done(&link->head);
	free(link);
}

static void drop_ended(struct relay *relay)
{
	for (size_t i = 0; i < relay->count;) {
		if (relay->links[i]->stage == LINK_ENDED) {
			link_free(relay->links[i]);
			relay->links[i] = relay->links[--relay->count];
		} else {
			i++;
		}
	}
}

static void arrived(void *context, int fd)
{
	struct relay *relay = context;

	drop_ended(relay);
	if (relay->count == LINKS_MAX) {
		close(fd);
		return;
	}
	struct link *link = XNEW(struct link);
	*link = (struct link){.relay = relay, .fd = fd};
	link->up.cap = link->down.cap = 4 * PIECE;
	link->head.cap = HEAD_CAP + PIECE;
	link->demux = (struct demux){.on_data = take_stream, .context = link};
	relay->links[relay->count++] = link;
	switch (relay->to) {
	case RELAY_EXEC:
		exec_start(link);
		break;
	case RELAY_GRPC:
		stream_start(link, "/grpc", "h2c", "");
		break;
	case RELAY_SOCKET:
		stream_connect(link);
		break;
	}
}

int relay_open(struct http *http, const struct http_target *engine, enum relay_to to, const char *container,
	       int timeout_ms, struct relay **ret_relay, struct error *err)
{
	struct relay *relay = XNEW(struct relay);
	*relay = (struct relay){
		.http = http,
		.engine = engine,
		.to = to,
		.timeout_ms = timeout_ms,
		.doorway = DOORWAY_INIT,
		.said = BUFFER_INIT(SAID_CAP),
	};
	relay->container = container ? xstrdup(container) : NULL;
	if (doorway_open(&relay->doorway, http, LINKS_MAX, arrived, relay, err) < 0) {
		relay_close(relay);
		return -1;
	}
	*ret_relay = relay;
	return 0;
}

const char *relay_socket(const struct relay *relay)
{
	return relay->doorway.path;
}

void relay_explain(const struct relay *relay, struct error *err)
{
	const char *said = buffer_text(&relay->said), *last = NULL;

	if (err && err->kind == ERROR_INTERRUPTED)
		return;
	if (relay->reason.message[0] != '\0') {
		error_copy(err, &relay->reason);
		return;
	}
	for (const char *line = said; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
		if (strcspn(line, "\n") > 0)
			last = line;
	if (last)
		error_set(err, ERROR_UNREACHABLE, "in its container: %.*s", (int)strcspn(last, "\r\n"), last);
}

void relay_close(struct relay *relay)
{
	if (!relay)
		return;
	doorway_close(&relay->doorway);
	for (size_t i = 0; i < relay->count; i++)
		link_free(relay->links[i]);
	buffer_done(&relay->said);
	free(relay->container);
	free(relay);
}
