/* Carries bytes between a private socket and programs in a pod. */
#include "live/kube/exec.h"

#include "base/cleanup.h"
#include "base/xalloc.h"
#include "live/http/doorway.h"
#include "live/kube/upgrade.h"
#include "live/kube/websocket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kubelet sends 32 KiB at once. */
enum { LINKS_MAX = 8, PIECE = 16 * 1024, MESSAGE_CAP = 256 * 1024, SAID_CAP = 8 * 1024 };

#define COMMAND "&stdin=true&stdout=true&stderr=true&tty=false&command=buildctl&command=dial-stdio"
#define PROTOCOLS "v5.channel.k8s.io, v4.channel.k8s.io"
#define FORBIDDEN_HINT "give that user the verbs `get` and `create` on pods/exec in the namespace"

enum channel { CHANNEL_STDIN, CHANNEL_STDOUT, CHANNEL_STDERR, CHANNEL_STATUS };

enum link_stage { LINK_OPENS, LINK_CARRIES, LINK_ENDED };

/* One connection of libcurl's and its program in the pod. */
struct link {
	struct pod_relay *relay;
	enum link_stage stage;
	int fd; /* libcurl's side; -1: closed */
	struct kube_upgrading *upgrading;
	struct http_stream *stream; /* the cluster's side */
	struct websocket socket;
	struct buffer up, down; /* not yet written */
};

struct pod_relay {
	struct kube_client *client;
	struct http *http;
	char *path;
	int timeout_ms;
	struct doorway doorway;
	struct link *links[LINKS_MAX];
	size_t count;
	bool forbidden;
	struct buffer said;  /* on stderr of buildctl */
	struct error reason; /* message "": none */
};

static void link_close(struct link *link)
{
	struct http *http = link->relay->http;

	kube_upgrade_cancel(link->upgrading);
	link->upgrading = NULL;
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

static void drop(struct buffer *buffer, size_t length)
{
	memmove(buffer->data, buffer->data + length, buffer->length - length);
	buffer->length -= length;
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
		drop(&link->down, (size_t)sent);
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
		drop(&link->up, (size_t)sent);
	}
	return true;
}

/* How the program ended; of its own end it says nothing. */
static int take_status(const char *text, size_t length, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct kube_status status;

	if (kube_status_parse(arena, text, length, &status) && !status.succeeded)
		return error_set(err, ERROR_UNREACHABLE, "in its pod: %s", status.message);
	return 0;
}

static int take_message(void *context, const void *data, size_t length, struct error *err)
{
	struct link *link = context;
	const unsigned char *bytes = data;

	if (length < 2) /* the first ones are empty */
		return 0;
	switch ((enum channel)bytes[0]) {
	case CHANNEL_STDOUT:
		if (buffer_append(&link->down, bytes + 1, length - 1) < 0)
			return error_set(err, ERROR_CORRUPT, "the program in its pod sends more than is taken");
		return 0;
	case CHANNEL_STDERR:
		buffer_fill(&link->relay->said, bytes + 1, length - 1);
		return 0;
	case CHANNEL_STATUS:
		return take_status((const char *)bytes + 1, length - 1, err);
	case CHANNEL_STDIN:
		break;
	}
	return 0;
}

static void take_bytes(struct link *link, const void *data, size_t length)
{
	struct error err = ERROR_INIT;

	if (websocket_feed(&link->socket, data, length, &err) < 0)
		link_fail(link, &err);
}

/* From the cluster, as long as libcurl takes it: what TLS holds back does not show at the descriptor. */
static void pump_down(struct link *link)
{
	char bytes[PIECE];

	while (link->stage != LINK_ENDED && flush_down(link) && !link->socket.closed) {
		ssize_t got = http_stream_receive(link->stream, bytes, sizeof(bytes));
		if (got < 0 && errno == EAGAIN)
			return;
		if (got <= 0) {
			link_close(link);
			return;
		}
		take_bytes(link, bytes, (size_t)got);
	}
	/* It has said good-bye, and all that it said before is passed on. */
	if (link->stage != LINK_ENDED && link->socket.closed && link->down.length == 0)
		link_close(link);
}

/* libcurl is done: the program is told so, as far as that goes at once, and ends with its stdin. */
static void say_goodbye(struct link *link)
{
	static const unsigned char normal[] = {WEBSOCKET_NORMAL >> 8, WEBSOCKET_NORMAL & 0xFF};

	if (websocket_send(&link->up, WEBSOCKET_CLOSE, -1, normal, sizeof(normal)) == 0)
		flush_up(link);
	link_close(link);
}

static void pump_up(struct link *link)
{
	char bytes[PIECE];

	while (link->stage == LINK_CARRIES && flush_up(link)) {
		ssize_t got = recv(link->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got <= 0) {
			say_goodbye(link);
			return;
		}
		if (websocket_send(&link->up, WEBSOCKET_BINARY, CHANNEL_STDIN, bytes, (size_t)got) < 0)
			link_close(link);
	}
}

static void pump(void *context)
{
	struct link *link = context;

	if (link->stage != LINK_ENDED)
		pump_down(link);
	if (link->stage != LINK_ENDED)
		pump_up(link);
	if (link->stage == LINK_ENDED)
		return;
	http_watch_for(link->relay->http, http_stream_fd(link->stream), link->down.length == 0, link->up.length > 0);
	http_watch_for(link->relay->http, link->fd, link->up.length == 0, link->down.length > 0);
}

static void opened(void *context, const struct kube_upgraded *upgraded)
{
	struct link *link = context;

	link->upgrading = NULL;
	if (upgraded->answer.trouble != KUBE_FINE) {
		struct error err = *upgraded->answer.failure;
		if (upgraded->answer.trouble == KUBE_FORBIDDEN) {
			link->relay->forbidden = true;
			error_hint(&err, FORBIDDEN_HINT);
		}
		link_fail(link, &err);
		return;
	}
	link->stream = upgraded->stream;
	link->stage = LINK_CARRIES;
	http_watch(link->relay->http, http_stream_fd(link->stream), pump, link);
	http_watch(link->relay->http, link->fd, pump, link);
	take_bytes(link, upgraded->data, upgraded->length);
	pump(link);
}

static void link_free(struct link *link)
{
	link_close(link);
	websocket_done(&link->socket);
	buffer_done(&link->up);
	buffer_done(&link->down);
	free(link);
}

static void drop_ended(struct pod_relay *relay)
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
	struct pod_relay *relay = context;

	drop_ended(relay);
	if (relay->count == LINKS_MAX) {
		close(fd);
		return;
	}
	struct link *link = XNEW(struct link);
	*link = (struct link){
		.relay = relay,
		.fd = fd,
		.up = BUFFER_INIT(4 * PIECE),
		.down = BUFFER_INIT(MESSAGE_CAP + 2 * PIECE),
	};
	link->socket =
		(struct websocket){.cap = MESSAGE_CAP, .up = &link->up, .on_message = take_message, .context = link};
	relay->links[relay->count++] = link;
	link->upgrading = kube_upgrade(relay->client, &(struct kube_upgrade){.path = relay->path,
									     .protocols = PROTOCOLS,
									     .timeout_ms = relay->timeout_ms,
									     .done = opened,
									     .context = link});
}

int pod_relay_open(struct kube_client *client, const struct kube_place *place, int timeout_ms,
		   struct pod_relay **ret_relay, struct error *err)
{
	struct pod_relay *relay = XNEW(struct pod_relay);
	CLEANUP_TEXT struct text path = kube_path("/api/v1/namespaces/%s/pods/%s/exec?container=%s", place->namespace,
						  place->pod, place->container);

	text_puts(&path, COMMAND);
	*relay = (struct pod_relay){
		.client = client,
		.http = kube_client_http(client),
		.path = xstrdup(text_string(&path)),
		.timeout_ms = timeout_ms,
		.doorway = DOORWAY_INIT,
		.said = BUFFER_INIT(SAID_CAP),
	};
	if (doorway_open(&relay->doorway, relay->http, LINKS_MAX, arrived, relay, err) < 0) {
		pod_relay_close(relay);
		return -1;
	}
	*ret_relay = relay;
	return 0;
}

const char *pod_relay_socket(const struct pod_relay *relay)
{
	return relay->doorway.path;
}

void pod_relay_explain(const struct pod_relay *relay, struct error *err)
{
	const char *said = buffer_text(&relay->said), *last = NULL;

	if (err && err->kind == ERROR_INTERRUPTED)
		return;
	/* buildctl's words tell more than the code that it ends with. */
	for (const char *line = said; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
		if (strcspn(line, "\n") > 0)
			last = line;
	if (last)
		error_set(err, ERROR_UNREACHABLE, "in its pod: %.*s", (int)strcspn(last, "\r\n"), last);
	else if (relay->reason.message[0] != '\0')
		error_copy(err, &relay->reason);
}

bool pod_relay_forbidden(const struct pod_relay *relay)
{
	return relay->forbidden;
}

/* buildctl is a program in Go, whose words for these errors are the same everywhere (syscall/zerrors_linux_amd64.go).
 */
bool pod_relay_deserted(const struct pod_relay *relay)
{
	const char *said = buffer_text(&relay->said);

	return strstr(said, "dial unix ") &&
	       (strstr(said, "connect: no such file or directory") || strstr(said, "connect: connection refused"));
}

void pod_relay_close(struct pod_relay *relay)
{
	if (!relay)
		return;
	doorway_close(&relay->doorway);
	for (size_t i = 0; i < relay->count; i++)
		link_free(relay->links[i]);
	buffer_done(&relay->said);
	free(relay->path);
	free(relay);
}
