/* Opens a connection, asks on it for a websocket, and hands it over. */
#include "live/kube/upgrade.h"

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "live/http/text.h"
#include "live/kube/door.h"
#include "live/kube/websocket.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

enum { HEAD_MAX = 64 * 1024, PIECE = 8 * 1024 };

struct kube_upgrading {
	struct kube_client *client;
	struct http *http;
	struct kube_upgrade upgrade; /* texts are its own */
	const struct kube_pass *pass;
	struct http_stream *stream;
	struct buffer up, down; /* not yet sent; what came */
	char key[WEBSOCKET_KEY];
	int timeout_ms;
	bool renewed;
};

static void let_go(struct kube_upgrading *upgrading)
{
	if (upgrading->stream)
		http_unwatch(upgrading->http, http_stream_fd(upgrading->stream));
	http_stream_close(TAKE(upgrading->stream));
	buffer_clear(&upgrading->up);
	buffer_clear(&upgrading->down);
}

void kube_upgrade_cancel(struct kube_upgrading *upgrading)
{
	if (!upgrading)
		return;
	http_cancel(upgrading->http, upgrading);
	kube_credentials_forget(kube_client_credentials(upgrading->client), upgrading);
	let_go(upgrading);
	buffer_done(&upgrading->up);
	buffer_done(&upgrading->down);
	free((char *)(uintptr_t)upgrading->upgrade.path);
	free((char *)(uintptr_t)upgrading->upgrade.protocols);
	free(upgrading);
}

static void finish(struct kube_upgrading *upgrading, const struct kube_upgraded *upgraded)
{
	void (*done)(void *, const struct kube_upgraded *) = upgrading->upgrade.done;
	void *context = upgrading->upgrade.context;

	if (upgraded->stream) {
		http_unwatch(upgrading->http, http_stream_fd(upgraded->stream));
		upgrading->stream = NULL;
	}
	http_cancel(upgrading->http, upgrading);
	done(context, upgraded);
	kube_upgrade_cancel(upgrading);
}

static void fail(struct kube_upgrading *upgrading, enum kube_trouble trouble, int code,
		 const struct kube_status *status, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	error_wrap(err, "%s", kube_config_name(arena, kube_client_config(upgrading->client)));
	finish(upgrading,
	       &(struct kube_upgraded){
		       .answer = {.trouble = trouble, .failure = err, .code = code, .status = status, .body = ""},
		       .protocol = "",
		       .data = ""});
}

static void fail_late(void *context)
{
	struct kube_upgrading *upgrading = context;
	struct error err = ERROR_INIT;

	if (http_interrupted(upgrading->http))
		error_set(&err, ERROR_INTERRUPTED, "interrupted before it answered");
	else
		error_set(&err, ERROR_UNREACHABLE, "timed out after %g s: connected, but no answer came",
			  upgrading->timeout_ms / 1000.0);
	fail(upgrading, KUBE_NO_ANSWER, 0, NULL, &err);
}

static void fail_broken(struct kube_upgrading *upgrading, const char *why)
{
	struct error err = ERROR_INIT;

	error_set(&err, ERROR_UNREACHABLE, "%s", why);
	fail(upgrading, KUBE_NO_ANSWER, 0, NULL, &err);
}

static void connect_with(void *context, const struct kube_pass *pass, const struct error *failure);

/* The value of a header, malloc'ed; NULL when it is not there. */
static char *header(const char *head, const char *name)
{
	for (const char *line = strstr(head, "\r\n"); line && line[2] != '\r'; line = strstr(line, "\r\n")) {
		size_t length, size = strcspn(line += 2, "\r\n");
		const char *value = http_header_value(line, size, name, &length);
		if (value)
			return xstrndup(value, length);
	}
	return NULL;
}

/* Makes whole text of chunks, in place; the length. What is no chunk ends it. */
static size_t join_chunks(char *data, size_t length)
{
	size_t kept = 0, at = 0;

	while (at < length) {
		char *end;
		unsigned long size = strtoul(data + at, &end, 16);
		const char *line = strstr(end, "\r\n");
		if (!line || size == 0)
			break;
		at = (size_t)(line + 2 - data);
		if (at > length || size > length - at)
			size = at > length ? 0 : length - at;
		memmove(data + kept, data + at, size);
		kept += size;
		at += size + 2;
	}
	data[kept] = '\0';
	return kept;
}

/* Whether the body of a refusal is all there. */
static bool is_whole(const char *head, const char *body, size_t length, bool is_chunked)
{
	CLEANUP_FREE char *size = header(head, "Content-Length");

	if (is_chunked)
		return length >= 5 && strcmp(body + length - 5, "0\r\n\r\n") == 0;
	return size && length >= strtoul(size, NULL, 10);
}

static void refuse(struct kube_upgrading *upgrading, int code, char *body, size_t length, bool is_chunked)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct kube_credentials *credentials = kube_client_credentials(upgrading->client);
	struct kube_status status;
	struct error err = ERROR_INIT;

	if (code == 401 && !upgrading->renewed && kube_credentials_refused(credentials, upgrading->pass)) {
		upgrading->renewed = true;
		http_cancel(upgrading->http, upgrading);
		let_go(upgrading);
		kube_credentials_want(credentials, connect_with, upgrading);
		return;
	}
	if (is_chunked)
		length = join_chunks(body, length);
	bool said = kube_status_parse(arena, body, length, &status);
	const struct kube_failed failed = {kube_client_config(upgrading->client), code, said ? &status : NULL, body};
	enum kube_trouble trouble = kube_trouble_of(&failed, &err);
	if (trouble == KUBE_FINE) {
		error_set(&err, ERROR_UNREACHABLE, "it answered %d to a request for a websocket", code);
		error_hint(&err, "does a proxy stand before it that knows no websockets?");
		trouble = KUBE_BROKEN;
	}
	fail(upgrading, trouble, code, failed.status, &err);
}

static void open_up(struct kube_upgrading *upgrading, const char *head, const char *rest, size_t length)
{
	CLEANUP_FREE char *accept = header(head, "Sec-WebSocket-Accept");
	CLEANUP_FREE char *protocol = header(head, "Sec-WebSocket-Protocol");

	if (!websocket_accepts(upgrading->key, accept)) {
		fail_broken(upgrading, "what answers there agrees to a websocket and is none");
		return;
	}
	finish(upgrading, &(struct kube_upgraded){.answer = {.trouble = KUBE_FINE, .code = 101, .body = ""},
						  .stream = upgrading->stream,
						  .protocol = protocol ? protocol : "",
						  .data = rest,
						  .length = length});
}

/* True when the answer is there, and was dealt with. */
static bool take_answer(struct kube_upgrading *upgrading, bool is_end)
{
	/* Bytes may hold NULs behind a 101 alone; before it they end the text. */
	char *head = upgrading->down.data, *body = head ? strstr(head, "\r\n\r\n") : NULL;

	if (!body)
		return false;
	body += 4;
	size_t length = upgrading->down.length - (size_t)(body - head);
	int code = strncmp(head, "HTTP/1.", 7) == 0 && strlen(head) > 12 ? (int)strtol(head + 9, NULL, 10) : 0;
	if (code == 101) {
		open_up(upgrading, head, body, length);
		return true;
	}
	CLEANUP_FREE char *coding = header(head, "Transfer-Encoding");
	bool is_chunked = coding && strcasecmp(coding, "chunked") == 0;
	if (!is_end && !is_whole(head, body, length, is_chunked))
		return false;
	refuse(upgrading, code, body, length, is_chunked);
	return true;
}

static bool flush(struct kube_upgrading *upgrading)
{
	struct buffer *up = &upgrading->up;

	while (up->length > 0) {
		ssize_t sent = http_stream_send(upgrading->stream, up->data, up->length);
		if (sent < 0)
			return errno == EAGAIN;
		memmove(up->data, up->data + sent, up->length - (size_t)sent);
		up->length -= (size_t)sent;
	}
	return true;
}

static void pump(void *context)
{
	struct kube_upgrading *upgrading = context;
	char bytes[PIECE];

	if (!flush(upgrading)) {
		fail_broken(upgrading, "the connection broke");
		return;
	}
	http_watch_for(upgrading->http, http_stream_fd(upgrading->stream), true, upgrading->up.length > 0);
	for (;;) {
		ssize_t got = http_stream_receive(upgrading->stream, bytes, sizeof(bytes));
		if (got < 0 && errno == EAGAIN)
			return;
		if (got > 0 && buffer_append(&upgrading->down, bytes, (size_t)got) < 0) {
			fail_broken(upgrading, "the answer is too large");
			return;
		}
		if (take_answer(upgrading, got <= 0))
			return;
		if (got <= 0) {
			fail_broken(upgrading, "the connection was closed without an answer");
			return;
		}
	}
}

static void write_request(struct kube_upgrading *upgrading)
{
	const struct kube_door *door = kube_client_door(upgrading->client, upgrading->pass);
	CLEANUP_TEXT struct text head = TEXT_INIT;

	websocket_key(upgrading->key);
	text_printf(&head,
		    "GET %s%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
		    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Protocol: %s\r\n"
		    "User-Agent: reconcile/" RECONCILE_VERSION "\r\n",
		    door->base, upgrading->upgrade.path, door->host, upgrading->key, upgrading->upgrade.protocols);
	for (size_t i = 0; door->headers[i]; i++)
		if (strncasecmp(door->headers[i], "Host:", 5) != 0)
			text_printf(&head, "%s\r\n", door->headers[i]);
	text_puts(&head, "\r\n");
	if (buffer_append(&upgrading->up, text_string(&head), head.length) < 0)
		buffer_clear(&upgrading->up);
}

static void connected(void *context, const struct http_response *response)
{
	struct kube_upgrading *upgrading = context;

	if (response->failure) {
		struct error err = *response->failure;
		fail(upgrading, KUBE_NO_ANSWER, 0, NULL, &err);
		return;
	}
	upgrading->stream = response->stream;
	write_request(upgrading);
	if (upgrading->up.length == 0) {
		fail_broken(upgrading, "the request is too large");
		return;
	}
	http_after(upgrading->http, upgrading->timeout_ms, fail_late, upgrading);
	http_watch(upgrading->http, http_stream_fd(upgrading->stream), pump, upgrading);
	pump(upgrading);
}

static void connect_with(void *context, const struct kube_pass *pass, const struct error *failure)
{
	struct kube_upgrading *upgrading = context;

	if (failure) {
		struct error err = *failure;
		fail(upgrading, KUBE_NO_CREDENTIALS, 0, NULL, &err);
		return;
	}
	upgrading->pass = pass;
	http_start(upgrading->http, &kube_client_door(upgrading->client, pass)->target,
		   &(struct http_request){.method = "GET",
					  .path = "/",
					  .connect_only = true,
					  .timeout_ms = upgrading->timeout_ms,
					  .done = connected,
					  .context = upgrading});
}

static void begin(void *context)
{
	struct kube_upgrading *upgrading = context;

	kube_credentials_want(kube_client_credentials(upgrading->client), connect_with, upgrading);
}

struct kube_upgrading *kube_upgrade(struct kube_client *client, const struct kube_upgrade *upgrade)
{
	struct kube_upgrading *upgrading = XNEW(struct kube_upgrading);

	*upgrading = (struct kube_upgrading){
		.client = client,
		.http = kube_client_http(client),
		.upgrade = *upgrade,
		.up = BUFFER_INIT(LIMIT_PATH),
		.down = BUFFER_INIT(HEAD_MAX),
		.timeout_ms = upgrade->timeout_ms > 0 ? upgrade->timeout_ms : kube_client_timeout(client),
	};
	upgrading->upgrade.path = xstrdup(upgrade->path);
	upgrading->upgrade.protocols = xstrdup(upgrade->protocols);
	/* Never heard of before this returns, whatever goes wrong. */
	http_after(upgrading->http, 0, begin, upgrading);
	return upgrading;
}
