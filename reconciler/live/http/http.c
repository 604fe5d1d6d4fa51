/* Runs HTTP requests side by side, each with its deadline and its cap: those that wire.h serves, and the others on one
 * curl_multi, which is begun with the first of them. */
#include "live/http/http.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "live/http/failure.h"
#include "live/http/libcurl.h"
#include "live/http/stream.h"
#include "live/http/timers.h"
#include "live/http/transfer.h"
#include "live/http/watches.h"
#include "live/http/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

/* What one transfer reads from a shared connection for another, libcurl 7.88 may leave lying until a timer. */
enum { H2_WAIT_MS = 10 };

struct http {
	CURLM *multi;		    /* NULL: not begun */
	struct transfer *transfers; /* under way on it */
	size_t count, h2_count;
	CURL **idle; /* easy handles for the next requests */
	size_t idle_count;
	struct wire *wire;
	struct watches watches;
	struct timers timers;
	const struct interrupt *interrupt;
	struct http_streams streams;
	struct authorities authorities;
};

struct http *http_new(void)
{
	struct http *http = XNEW(struct http);

	http->wire = wire_new(&http->streams);
	return http;
}

static void begin_curl(struct http *http)
{
	http_global_init();
	http->multi = curl_multi_init();
	must_have(http->multi);
	authorities_find((const char *const *)environ, &http->authorities);
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
	buffer_done(&transfer->answer.body);
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
	wire_free(http->wire);
	for (size_t i = 0; i < http->idle_count; i++)
		curl_easy_cleanup(http->idle[i]);
	free(http->idle);
	free(http->watches.items);
	free(http->timers.items);
	if (http->multi)
		curl_multi_cleanup(http->multi);
	free(http);
}

void http_start(struct http *http, const struct http_target *target, const struct http_request *request)
{
	if (wire_serves(target)) {
		wire_start(http->wire, target, request);
		return;
	}
	struct transfer *transfer = XNEW(struct transfer);

	if (!http->multi)
		begin_curl(http);
	transfer->request = *request;
	transfer->target = target;
	transfer->authorities = http->authorities;
	transfer->easy = http->idle_count > 0 ? http->idle[--http->idle_count] : curl_easy_init();
	must_have(transfer->easy);
	transfer->too_long = strlen(request->path) > LIMIT_PATH;
	if (!transfer->too_long) {
		transfer_setup(transfer);
		must_multi(curl_multi_add_handle(http->multi, transfer->easy), "curl_multi_add_handle");
	}
	/* They belong to the caller and may go now. */
	transfer->request.method = transfer->request.path = transfer->request.body = NULL;
	transfer->request.content_type = NULL;
	transfer->request.headers = NULL;
	transfer->next = http->transfers;
	if (transfer->next)
		transfer->next->previous = transfer;
	http->transfers = transfer;
	http->count++;
	transfer->h2 = target->h2 || target->alpn;
	http->h2_count += transfer->h2;
}

/* connect(2) to a folder is refused, as to a socket on which nobody listens. */
static void transfer_error(const struct transfer *transfer, CURLcode code, struct error *err)
{
	struct http_failure failure = http_failure_at(transfer->target);
	long os_errno = 0;
	curl_off_t connected_us = 0;

	if (answer_error(&transfer->answer, err))
		return;
	curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &os_errno);
	curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &failure.verify);
	curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &connected_us);
	long proxy_verify = 0, connect_code = 0;
	if (failure.proxy)
		curl_easy_getinfo(transfer->easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &proxy_verify);
	failure.by_proxy = proxy_verify != 0;
	curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &connect_code);
	failure.through_proxy = connect_code / 100 == 2;
	failure.verify = proxy_verify != 0 ? proxy_verify : failure.verify;
	failure.code = code;
	bool has_own = transfer->target->ca || transfer->target->ca_pem.length > 0;
	failure.authorities = has_own ? transfer->target->ca : transfer->authorities.file;
	failure.trusts_none = !has_own && !transfer->authorities.file && !transfer->authorities.folder;
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
	must_multi(curl_multi_add_handle(http->multi, transfer->easy), "curl_multi_add_handle");
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
	struct http_response response = answer_response(&transfer->answer, (int)status, code != CURLE_OK ? &err : NULL);
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

/* Of those that there is no need to wait for; done() may start further ones. */
static struct transfer *first_given_up(const struct http *http, bool interrupted)
{
	struct transfer *transfer = http->transfers;

	while (transfer && !interrupted && !transfer->too_long)
		transfer = transfer->next;
	return transfer;
}

static void give_up(struct http *http)
{
	bool interrupted = interrupt_came(http->interrupt);
	struct transfer *transfer;
	struct error err = ERROR_INIT;

	if (interrupted) {
		error_set(&err, ERROR_INTERRUPTED, "interrupted before it answered");
		wire_give_up(http->wire, &err);
	}
	while ((transfer = first_given_up(http, interrupted))) {
		if (!interrupted)
			error_set(&err, ERROR_CORRUPT, "a name is longer than %d bytes", LIMIT_PATH);
		curl_multi_remove_handle(http->multi, transfer->easy);
		transfer_end(http, transfer,
			     &(struct http_response){.failure = &err, .body = "", .server = "", .api_version = ""});
	}
}

void http_heed(struct http *http, const struct interrupt *interrupt)
{
	http->interrupt = interrupt;
}

bool http_interrupted(const struct http *http)
{
	return interrupt_came(http->interrupt);
}

static void perform(struct http *http)
{
	int running;

	if (http->multi) {
		must_multi(curl_multi_perform(http->multi, &running), "curl_multi_perform");
		finish_all(http);
	}
	while (wire_reap(http->wire))
		;
}

static void wait_for(struct http *http, struct pollfd *polled, size_t count, int wait_ms)
{
	if (!http->multi) {
		poll(polled, (nfds_t)count, wait_ms);
		return;
	}
	CLEANUP_FREE struct curl_waitfd *waited = xreallocarray(NULL, count, sizeof(*waited));
	for (size_t i = 0; i < count; i++)
		waited[i] = (struct curl_waitfd){.fd = polled[i].fd, .events = polled[i].events};
	curl_multi_poll(http->multi, waited, (unsigned)count, wait_ms, NULL);
	for (size_t i = 0; i < count; i++)
		polled[i].revents = waited[i].revents;
}

static size_t under_way(const struct http *http)
{
	return http->count + wire_count(http->wire) + http->timers.count;
}

size_t http_step(struct http *http, int wait_ms)
{
	give_up(http);
	perform(http);
	timers_call(&http->timers, interrupt_came(http->interrupt));
	if (under_way(http) == 0)
		return 0;
	size_t watched = http->watches.count;
	CLEANUP_FREE struct pollfd *polled = xreallocarray(NULL, watched + wire_lines(http->wire), sizeof(*polled));
	watches_polled(&http->watches, polled);
	size_t lines = wire_polled(http->wire, polled + watched);
	if (http->h2_count > 0 && wait_ms > H2_WAIT_MS)
		wait_ms = H2_WAIT_MS;
	if (http->interrupt && wait_ms > INTERRUPT_SLICE_MS)
		wait_ms = INTERRUPT_SLICE_MS;
	wait_ms = timers_wait(&http->timers, wire_wait(http->wire, wait_ms));
	wait_for(http, polled, watched + lines, wait_ms);
	watches_call(&http->watches, polled, watched);
	wire_step(http->wire, polled + watched, lines);
	perform(http);
	return under_way(http);
}

void http_after(struct http *http, int ms, void (*due)(void *context), void *context)
{
	timers_add(&http->timers, ms, due, context);
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

	wire_cancel(http->wire, context);
	timers_drop(&http->timers, context);
	for (struct transfer *transfer = http->transfers; transfer; transfer = next) {
		next = transfer->next;
		if (transfer->request.context == context)
			transfer_free(http, transfer);
	}
}
