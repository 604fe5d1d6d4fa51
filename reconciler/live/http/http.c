/* Runs HTTP requests side by side on one curl_multi, each with its deadline and its cap. */
#include "live/http/http.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/count.h"
#include "base/xalloc.h"
#include "live/http/curl.h"
#include "live/http/failure.h"
#include "live/http/stream.h"
#include "live/http/text.h"
#include "live/http/watches.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ANSWER_CAP = 16 * 1024 * 1024,
	HEADER_KEPT = 96,
	RECEIVE_BUFFER = 8 * 1024,
	/* What one transfer reads from a shared connection for another, libcurl 7.88 may leave lying until a timer. */
	H2_WAIT_MS = 10,
	GARBLED_KEPT = 200,
};

struct transfer {
	struct transfer *next, *previous;
	CURL *easy;
	struct curl_slist *headers, *connect_to;
	struct http_request request; /* its texts are not kept, except those libcurl copied */
	const struct http_target *target;
	struct buffer body;
	char server[HEADER_KEPT], api_version[HEADER_KEPT];
	bool h2, over_cap, refused; /* refused: on_data said no */
	bool garbled;		    /* the body is what came in place of an answer */
	struct error *broke;	    /* under diagnosis: what it will be said to have failed with otherwise */
	char text[CURL_ERROR_SIZE];
};

struct http {
	CURLM *multi;
	struct transfer *transfers; /* under way */
	size_t count, h2_count;
	CURL **idle; /* easy handles for the next requests */
	size_t idle_count;
	struct watches watches;
	const struct interrupt *interrupt;
	struct http_streams streams;
};

/* libcurl's reasons to fail at setup are wrong use and lack of memory: neither can be gone on from. */
static void must(bool ok)
{
	if (!ok)
		abort();
}

struct http *http_new(void)
{
	struct http *http = XNEW(struct http);

	http_global_init();
	http->multi = curl_multi_init();
	must(http->multi);
	return http;
}

static void transfer_free(struct http *http, struct transfer *transfer)
{
	if (transfer->previous)
		transfer->previous->next = transfer->next;
	else
		http->transfers = transfer->next;
	if (transfer->next)
		transfer->next->previous = transfer->previous;
	http->count--;
	http->h2_count -= transfer->h2;
	if (transfer->easy) {
		curl_multi_remove_handle(http->multi, transfer->easy);
		http->idle = xreallocarray(http->idle, http->idle_count + 1, sizeof(*http->idle));
		http->idle[http->idle_count++] = transfer->easy;
	}
	curl_slist_free_all(transfer->headers);
	curl_slist_free_all(transfer->connect_to);
	buffer_done(&transfer->body);
	free(transfer->broke);
	free(transfer);
}

void http_free(struct http *http)
{
	if (!http)
		return;
	while (http->transfers)
		transfer_free(http, http->transfers);
	http_streams_close(&http->streams);
	for (size_t i = 0; i < http->idle_count; i++)
		curl_easy_cleanup(http->idle[i]);
	free(http->idle);
	free(http->watches.items);
	curl_multi_cleanup(http->multi);
	free(http);
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t length = size * count;
	long status = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	if (transfer->target->by_shell && status == 0 && !transfer->target->h2) {
		buffer_fill(&transfer->body, data, length < GARBLED_KEPT ? length : GARBLED_KEPT);
		transfer->garbled = true;
		return 0;
	}
	if (transfer->request.on_data && status == 200) {
		if (transfer->request.on_data(transfer->request.context, data, length) == 0)
			return length;
		transfer->refused = true;
		return 0;
	}
	if (buffer_append(&transfer->body, data, length) == 0)
		return length;
	transfer->over_cap = true;
	return 0;
}

static void header_keep(const char *line, size_t length, const char *name, char ret_value[HEADER_KEPT])
{
	const char *value = http_header_value(line, length, name, &length);

	if (!value)
		return;
	if (length > HEADER_KEPT - 1)
		length = HEADER_KEPT - 1;
	memcpy(ret_value, value, length);
	ret_value[length] = '\0';
}

static size_t take_header(char *line, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;

	header_keep(line, size * count, "Server", transfer->server);
	header_keep(line, size * count, "Api-Version", transfer->api_version);
	if (transfer->request.on_header) {
		size_t length = size * count;
		while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
			length--;
		transfer->request.on_header(transfer->request.context, line, length);
	}
	return size * count;
}

/* libcurl wants varargs of exact types; a failing option means wrong use. */
#define SET(easy, option, value) must(curl_easy_setopt((easy), (option), (value)) == CURLE_OK)

/* libcurl's own way to connect elsewhere: "::HOST:PORT", for whatever host and port the URL has. */
static void set_version(struct transfer *transfer)
{
	const struct http_target *target = transfer->target;
	CURL *easy = transfer->easy;
	long version = target->h2 ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : CURL_HTTP_VERSION_1_1;

	if (target->h2 && curl_h2_reuse_is_broken()) {
		version = transfer->request.joins ? CURL_HTTP_VERSION_2_0 : version;
		SET(easy, CURLOPT_FRESH_CONNECT, transfer->request.joins ? 0L : 1L);
	}
	SET(easy, CURLOPT_HTTP_VERSION, version);
	/* The first request connects, the others wait for it and share its connection. */
	SET(easy, CURLOPT_PIPEWAIT, target->h2 ? 1L : 0L);
	if (target->connect_to) {
		CLEANUP_TEXT struct text row = TEXT_INIT;
		text_printf(&row, "::%s", target->connect_to);
		transfer->connect_to = curl_slist_append(NULL, text_string(&row));
		must(transfer->connect_to);
		SET(easy, CURLOPT_CONNECT_TO, transfer->connect_to);
	}
	if (transfer->request.connect_only) {
		SET(easy, CURLOPT_CONNECT_ONLY, 1L);
		SET(easy, CURLOPT_FRESH_CONNECT, 1L);
	}
}

static void set_target(CURL *easy, const struct http_target *target, const char *path)
{
	CLEANUP_TEXT struct text url = TEXT_INIT;

	text_printf(&url, "%s%s", target->origin, path);
	SET(easy, CURLOPT_URL, text_string(&url));
	SET(easy, CURLOPT_UNIX_SOCKET_PATH, target->socket);
	SET(easy, CURLOPT_PROXY, "");
	SET(easy, CURLOPT_HTTP09_ALLOWED, target->by_shell ? 1L : 0L);
	SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
	SET(easy, CURLOPT_PATH_AS_IS, 1L);
	SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(easy, CURLOPT_SSL_VERIFYPEER, target->skip_verify ? 0L : 1L);
	SET(easy, CURLOPT_SSL_VERIFYHOST, target->skip_verify ? 0L : 2L);
	if (target->ca) {
		/* As the docker CLI: the context's authority takes the place of the system's. */
		SET(easy, CURLOPT_CAINFO, target->ca);
		SET(easy, CURLOPT_CAPATH, NULL);
	}
	if (target->cert && target->key) {
		SET(easy, CURLOPT_SSLCERT, target->cert);
		SET(easy, CURLOPT_SSLKEY, target->key);
	}
}

static void set_limits(struct transfer *transfer)
{
	const struct http_request *request = &transfer->request;
	CURL *easy = transfer->easy;
	int64_t left = request->deadline != 0 ? request->deadline - clock_ms() : request->timeout_ms;

	if (request->timeout_ms > 0)
		SET(easy, CURLOPT_TIMEOUT_MS, (long)(left > 0 ? left : 1));
	if (request->idle_ms > 0) {
		SET(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
		SET(easy, CURLOPT_LOW_SPEED_TIME, (long)((request->idle_ms + 999) / 1000));
		SET(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->idle_ms);
	}
	transfer->body.cap = request->cap > 0 ? request->cap : ANSWER_CAP;
}

static void add_header(struct transfer *transfer, const char *header)
{
	transfer->headers = curl_slist_append(transfer->headers, header);
	must(transfer->headers);
}

static void set_method(struct transfer *transfer)
{
	const struct http_request *request = &transfer->request;
	CURL *easy = transfer->easy;

	if (strcmp(request->method, "HEAD") == 0) {
		SET(easy, CURLOPT_NOBODY, 1L);
	} else if (strcmp(request->method, "POST") == 0) {
		const char *body = request->body ? request->body : "";
		SET(easy, CURLOPT_POST, 1L);
		SET(easy, CURLOPT_POSTFIELDSIZE,
		    (long)(request->body_length > 0 ? request->body_length : strlen(body)));
		SET(easy, CURLOPT_COPYPOSTFIELDS, body);
		CLEANUP_TEXT struct text type = TEXT_INIT;
		text_printf(&type, "Content-Type: %s",
			    request->content_type ? request->content_type : "application/json");
		add_header(transfer, text_string(&type));
		add_header(transfer, "Expect:");
	} else {
		SET(easy, CURLOPT_CUSTOMREQUEST, request->method);
	}
	for (size_t i = 0; request->headers && request->headers[i]; i++)
		add_header(transfer, request->headers[i]);
	SET(easy, CURLOPT_HTTPHEADER, transfer->headers);
}

void http_start(struct http *http, const struct http_target *target, const struct http_request *request)
{
	struct transfer *transfer = XNEW(struct transfer);

	transfer->request = *request;
	transfer->target = target;
	transfer->easy = http->idle_count > 0 ? http->idle[--http->idle_count] : curl_easy_init();
	must(transfer->easy);
	curl_easy_reset(transfer->easy);
	SET(transfer->easy, CURLOPT_PRIVATE, transfer);
	SET(transfer->easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* A look-up of a name that nobody answers is not waited for, after a deadline or an interrupt: its thread goes
	 * on alone and frees what is its own (curl lib/asyn-thread.c, Curl_resolver_kill). */
	SET(transfer->easy, CURLOPT_QUICK_EXIT, 1L);
#endif
	SET(transfer->easy, CURLOPT_USERAGENT, "reconcile/" RECONCILE_VERSION);
	/* Refused for a handle that still has its buffer, of this size. */
	curl_easy_setopt(transfer->easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
	SET(transfer->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	SET(transfer->easy, CURLOPT_ERRORBUFFER, transfer->text);
	SET(transfer->easy, CURLOPT_WRITEFUNCTION, take_body);
	SET(transfer->easy, CURLOPT_WRITEDATA, transfer);
	SET(transfer->easy, CURLOPT_HEADERFUNCTION, take_header);
	SET(transfer->easy, CURLOPT_HEADERDATA, transfer);
	set_target(transfer->easy, target, request->path);
	set_version(transfer);
	set_limits(transfer);
	set_method(transfer);
	/* They belong to the caller and may go now. */
	transfer->request.method = transfer->request.path = transfer->request.body = NULL;
	transfer->request.content_type = NULL;
	transfer->request.headers = NULL;
	must(curl_multi_add_handle(http->multi, transfer->easy) == CURLM_OK);
	transfer->next = http->transfers;
	if (transfer->next)
		transfer->next->previous = transfer;
	http->transfers = transfer;
	http->count++;
	http->h2_count += target->h2;
	transfer->h2 = target->h2;
}

/* connect(2) to a folder is refused, as to a socket on which nobody listens. */
static void transfer_error(const struct transfer *transfer, CURLcode code, struct error *err)
{
	struct http_failure failure = http_failure_at(transfer->target);
	long os_errno = 0;
	curl_off_t connected_us = 0;

	if (transfer->over_cap) {
		error_set(err, ERROR_CORRUPT, "the answer is larger than %zu KiB", transfer->body.cap / 1024);
		return;
	}
	if (transfer->garbled) {
		http_garbled_error(buffer_text(&transfer->body), err);
		return;
	}
	if (transfer->refused) {
		error_set(err, ERROR_CORRUPT, "the answer was not understood");
		return;
	}
	curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &os_errno);
	curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &failure.verify);
	curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	failure.code = code;
	failure.os_errno = (int)os_errno;
	failure.handshake_was_good = transfer->broke && transfer->broke->message[0] != '\0';
	failure.text = transfer->text[0] != '\0' ? transfer->text : curl_easy_strerror(code);
	failure.connected = connected_us > 0;
	failure.timeout_ms = transfer->request.timeout_ms;
	if (transfer->request.timeout_ms == 0) {
		failure.idle = failure.connected;
		failure.timeout_ms = transfer->request.idle_ms;
	}
	http_failure_error(&failure, err);
}

/* In TLS 1.3 a client has done its part before the server looks at its certificate: the alert that says what is wrong
 * is lost with the reset that what was sent meanwhile brings about. In TLS 1.2 the handshake itself fails. So a
 * connection that breaks behind its handshake, before any answer, is made once more in TLS 1.2, to no other end. */
static bool transfer_diagnose(struct http *http, struct transfer *transfer, CURLcode code)
{
	/* libcurl may not yet count as connected what breaks in the first bytes of HTTP/2: times do not tell. */
	static const CURLcode breaks[] = {CURLE_SEND_ERROR,   CURLE_RECV_ERROR,	  CURLE_HTTP2,
					  CURLE_HTTP2_STREAM, CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING};
	long status = 0;
	bool broke = false;

	for (size_t i = 0; !broke && i < COUNT(breaks); i++)
		broke = code == breaks[i];
	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	if (!broke || strncmp(transfer->target->origin, "https://", 8) != 0 || status != 0 || transfer->broke ||
	    transfer->request.joins || transfer->request.connect_only)
		return false;
	transfer->broke = xreallocarray(NULL, 1, sizeof(*transfer->broke));
	*transfer->broke = (struct error)ERROR_INIT;
	transfer_error(transfer, code, transfer->broke);
	transfer->text[0] = '\0';
	curl_multi_remove_handle(http->multi, transfer->easy);
	SET(transfer->easy, CURLOPT_CONNECT_ONLY, 1L);
	SET(transfer->easy, CURLOPT_FRESH_CONNECT, 1L);
	SET(transfer->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_MAX_TLSv1_2);
	must(curl_multi_add_handle(http->multi, transfer->easy) == CURLM_OK);
	return true;
}

/* done() may cancel what else has this context. */
static void transfer_end(struct http *http, struct transfer *transfer, const struct http_response *response)
{
	void (*done)(void *, const struct http_response *) = transfer->request.done;
	void *context = transfer->request.context;

	transfer->request.context = NULL;
	done(context, response);
	transfer_free(http, transfer);
}

static void transfer_finish(struct http *http, struct transfer *transfer, CURLcode code)
{
	struct error err = ERROR_INIT;
	long status = 0;

	if (code != CURLE_OK && transfer_diagnose(http, transfer, code))
		return;
	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK)
		transfer_error(transfer, code, &err);
	if (transfer->broke) {
		/* The alert when there was one, else what was seen at first. */
		if (code == CURLE_OK || strncmp(err.message, "TLS:", 4) != 0)
			err = *transfer->broke;
		code = CURLE_RECV_ERROR;
	}
	struct http_response response = {
		.failure = code != CURLE_OK ? &err : NULL,
		.status = (int)status,
		.body = buffer_text(&transfer->body),
		.length = transfer->body.length,
		.server = transfer->server,
		.api_version = transfer->api_version,
	};
	/* The connection is free for the requests that done() starts. */
	if (transfer->request.connect_only && code == CURLE_OK)
		response.stream =
			http_stream_new(&http->streams, http->multi, TAKE(transfer->easy), TAKE(transfer->connect_to));
	else
		curl_multi_remove_handle(http->multi, transfer->easy);
	transfer_end(http, transfer, &response);
}

static void finish_all(struct http *http)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left))) {
		struct transfer *transfer = NULL;
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code = message->data.result;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
		if (!transfer)
			continue;
		transfer_finish(http, transfer, code);
	}
}

/* done() may start further requests, which are not sent any more; what leads to none ends. */
static void interrupt_all(struct http *http)
{
	while (http->transfers) {
		struct error err = ERROR_INIT;

		error_set(&err, ERROR_INTERRUPTED, "interrupted before it answered");
		curl_multi_remove_handle(http->multi, http->transfers->easy);
		transfer_end(http, http->transfers,
			     &(struct http_response){.failure = &err, .body = "", .server = "", .api_version = ""});
	}
}

void http_heed(struct http *http, const struct interrupt *interrupt)
{
	http->interrupt = interrupt;
}

size_t http_step(struct http *http, int wait_ms)
{
	CLEANUP_FREE struct curl_waitfd *polled = NULL;
	int running;

	if (interrupt_came(http->interrupt))
		interrupt_all(http);
	must(curl_multi_perform(http->multi, &running) == CURLM_OK);
	finish_all(http);
	if (http->count == 0)
		return 0;
	size_t count = http->watches.count;
	polled = watches_polled(&http->watches);
	if (http->h2_count > 0 && wait_ms > H2_WAIT_MS)
		wait_ms = H2_WAIT_MS;
	if (http->interrupt && wait_ms > INTERRUPT_SLICE_MS)
		wait_ms = INTERRUPT_SLICE_MS;
	curl_multi_poll(http->multi, polled, (unsigned)count, wait_ms, NULL);
	watches_call(&http->watches, polled, count);
	must(curl_multi_perform(http->multi, &running) == CURLM_OK);
	finish_all(http);
	return http->count;
}

void http_watch(struct http *http, int fd, void (*ready)(void *context), void *context)
{
	watches_add(&http->watches, fd, ready, context);
}

void http_watch_for(struct http *http, int fd, bool read, bool write)
{
	watches_set(&http->watches, fd, read, write);
}

void http_unwatch(struct http *http, int fd)
{
	watches_remove(&http->watches, fd);
}

void http_cancel(struct http *http, const void *context)
{
	struct transfer *next;

	for (struct transfer *transfer = http->transfers; transfer; transfer = next) {
		next = transfer->next;
		if (transfer->request.context == context)
			transfer_free(http, transfer);
	}
}
