/* What libcurl is told of a request, and what it hands back while the answer comes. */
#include "live/http/transfer.h"

#include "base/clock.h"
#include "base/text_buffer.h"
#include "live/http/curl.h"

#include <stdint.h>
#include <string.h>

enum { RECEIVE_BUFFER = 8 * 1024 };

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t length = size * count;
	long status = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	if (transfer->target->by_shell && status == 0 && !transfer->target->h2) {
		answer_take_garbage(&transfer->answer, data, length);
		return 0;
	}
	return answer_take_body(&transfer->answer, (int)status, data, length) < 0 ? 0 : length;
}

static size_t take_header(char *line, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;

	answer_take_header(&transfer->answer, line, size * count);
	return size * count;
}

/* libcurl's own way to connect elsewhere: "::HOST:PORT", for whatever host and port the URL has. */
static void set_version(struct transfer *transfer)
{
	const struct http_target *target = transfer->target;
	CURL *easy = transfer->easy;
	bool asks = target->alpn && !transfer->request.connect_only && !curl_h2_sharing_is_broken();
	long version = target->h2 ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
		       : asks	  ? CURL_HTTP_VERSION_2TLS
				  : CURL_HTTP_VERSION_1_1;

	if (target->h2 && curl_h2_reuse_is_broken()) {
		version = transfer->request.joins ? CURL_HTTP_VERSION_2_0 : version;
		SET(easy, CURLOPT_FRESH_CONNECT, transfer->request.joins ? 0L : 1L);
	}
	SET(easy, CURLOPT_HTTP_VERSION, version);
	/* The first request connects, the others wait for it and share its connection. */
	SET(easy, CURLOPT_PIPEWAIT, target->h2 || asks ? 1L : 0L);
	if (target->connect_to) {
		CLEANUP_TEXT struct text row = TEXT_INIT;
		text_printf(&row, "::%s", target->connect_to);
		transfer->connect_to = curl_slist_append(NULL, text_string(&row));
		must_have(transfer->connect_to);
		SET(easy, CURLOPT_CONNECT_TO, transfer->connect_to);
	}
	if (transfer->request.connect_only) {
		SET(easy, CURLOPT_CONNECT_ONLY, 1L);
		SET(easy, CURLOPT_FRESH_CONNECT, 1L);
		SET(easy, CURLOPT_HTTPPROXYTUNNEL, target->proxy ? 1L : 0L);
	}
}

/* libcurl has a place of its own for authorities, compiled in, that stands beside a blob unless it is taken away. */
static void set_blob(CURL *easy, CURLoption option, const struct http_blob *pem)
{
	struct curl_blob blob = {.data = (void *)(uintptr_t)pem->data, .len = pem->length, .flags = CURL_BLOB_NOCOPY};

	must_set(curl_easy_setopt(easy, option, &blob), "a blob");
}

/* As the docker CLI and kubectl: an authority that is given takes the place of the system's, also for a proxy that
 * speaks TLS (Go's net/http has one tls.Config for both). */
static void set_authorities(CURL *easy, const struct http_target *target, const struct authorities *system)
{
	bool has_own = target->ca || target->ca_pem.length > 0;

	if (!has_own && !system->file && !system->folder)
		return;
	SET(easy, CURLOPT_CAINFO, has_own ? target->ca : system->file);
	SET(easy, CURLOPT_CAPATH, has_own ? NULL : system->folder);
	if (target->ca_pem.length > 0)
		set_blob(easy, CURLOPT_CAINFO_BLOB, &target->ca_pem);
	if (!target->proxy)
		return;
	SET(easy, CURLOPT_PROXY_CAINFO, has_own ? target->ca : system->file);
	SET(easy, CURLOPT_PROXY_CAPATH, has_own ? NULL : system->folder);
	if (target->ca_pem.length > 0)
		set_blob(easy, CURLOPT_PROXY_CAINFO_BLOB, &target->ca_pem);
}

static void set_certificate(CURL *easy, const struct http_target *target)
{
	if (target->cert_pem.length > 0 && target->key_pem.length > 0) {
		set_blob(easy, CURLOPT_SSLCERT_BLOB, &target->cert_pem);
		set_blob(easy, CURLOPT_SSLKEY_BLOB, &target->key_pem);
	} else if (target->cert && target->key) {
		SET(easy, CURLOPT_SSLCERT, target->cert);
		SET(easy, CURLOPT_SSLKEY, target->key);
	}
}

/* Go's one tls.Config again: what the API server is shown and let off, a proxy is too. */
static void set_proxy_tls(CURL *easy, const struct http_target *target)
{
	SET(easy, CURLOPT_PROXY_SSL_VERIFYPEER, target->skip_verify ? 0L : 1L);
	SET(easy, CURLOPT_PROXY_SSL_VERIFYHOST, target->skip_verify ? 0L : 2L);
	if (target->cert_pem.length > 0 && target->key_pem.length > 0) {
		set_blob(easy, CURLOPT_PROXY_SSLCERT_BLOB, &target->cert_pem);
		set_blob(easy, CURLOPT_PROXY_SSLKEY_BLOB, &target->key_pem);
	}
}

static void set_target(CURL *easy, const struct http_target *target, const struct authorities *system, const char *path)
{
	CLEANUP_TEXT struct text url = TEXT_INIT;

	text_printf(&url, "%s%s", target->origin, path);
	SET(easy, CURLOPT_URL, text_string(&url));
	SET(easy, CURLOPT_UNIX_SOCKET_PATH, target->socket);
	SET(easy, CURLOPT_PROXY, target->proxy ? target->proxy : "");
	SET(easy, CURLOPT_NOPROXY, "");
	SET(easy, CURLOPT_HTTP09_ALLOWED, target->by_shell ? 1L : 0L);
	SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
	SET(easy, CURLOPT_PATH_AS_IS, 1L);
	SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(easy, CURLOPT_SSL_VERIFYPEER, target->skip_verify ? 0L : 1L);
	SET(easy, CURLOPT_SSL_VERIFYHOST, target->skip_verify ? 0L : 2L);
	set_authorities(easy, target, system);
	set_certificate(easy, target);
	/* The docker CLI never takes a session up again, and what TLS an Engine is put behind may refuse that to
	 * whoever has a client certificate (OpenSSL's servers, unless they name a session id context). */
	SET(easy, CURLOPT_SSL_SESSIONID_CACHE, target->is_cluster ? 1L : 0L);
	if (target->proxy && strncmp(target->proxy, "https://", 8) == 0)
		set_proxy_tls(easy, target);
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
}

static void add_header(struct transfer *transfer, const char *header)
{
	transfer->headers = curl_slist_append(transfer->headers, header);
	must_have(transfer->headers);
}

static void set_method(struct transfer *transfer)
{
	const struct http_request *request = &transfer->request;
	CURL *easy = transfer->easy;

	if (strcmp(request->method, "HEAD") == 0) {
		SET(easy, CURLOPT_NOBODY, 1L);
	} else if (strcmp(request->method, "POST") == 0 || request->body) {
		const char *body = request->body ? request->body : "";
		SET(easy, CURLOPT_POST, 1L);
		if (strcmp(request->method, "POST") != 0)
			SET(easy, CURLOPT_CUSTOMREQUEST, request->method);
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

void transfer_setup(struct transfer *transfer)
{
	CURL *easy = transfer->easy;

	answer_begin(&transfer->answer, &transfer->request);
	curl_easy_reset(easy);
	SET(easy, CURLOPT_PRIVATE, transfer);
	SET(easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
	/* A look-up of a name that nobody answers is not waited for, after a deadline or an interrupt: its thread goes
	 * on alone and frees what is its own (curl lib/asyn-thread.c, Curl_resolver_kill). */
	SET(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
	SET(easy, CURLOPT_USERAGENT, "reconcile/" RECONCILE_VERSION);
	/* Refused for a handle that still has its buffer, of this size. */
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BUFFER);
	SET(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	SET(easy, CURLOPT_ERRORBUFFER, transfer->text);
	SET(easy, CURLOPT_WRITEFUNCTION, take_body);
	SET(easy, CURLOPT_WRITEDATA, transfer);
	SET(easy, CURLOPT_HEADERFUNCTION, take_header);
	SET(easy, CURLOPT_HEADERDATA, transfer);
	set_target(easy, transfer->target, &transfer->authorities, transfer->request.path);
	set_version(transfer);
	set_limits(transfer);
	set_method(transfer);
}
