/* An event loop for HTTP/1.1 and HTTP/2 requests over Unix sockets, TCP and TLS, to any number of servers.
 *
 *     struct http *http = http_new();
 *     http_start(http, &target, &request);   // request.done is called once, later, from http_step()
 *     while (http_step(http, 1000) > 0)
 *             ;
 *     http_free(http);
 *
 * Every request has a deadline and a cap. Connections are kept and used again; HTTP/2 requests to one server share one.
 * No redirects, no proxies but a target's own; from the environment only where authorities are (base/authorities.h). A
 * loop belongs to one thread; different threads may have a loop each. */
#ifndef RECONCILE_LIVE_HTTP_HTTP_H
#define RECONCILE_LIVE_HTTP_HTTP_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/interrupt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct arena;
struct http;

/* Bytes that lie in memory, where others name a file; length 0: none. */
struct http_blob {
	const void *data;
	size_t length;
};

/* Where a server is. Texts are the caller's and live as long as requests to it. */
struct http_target {
	const char *origin;	     /* "http://docker", "https://arm.example.com:2376/base" */
	const char *socket;	     /* path of a Unix socket; NULL: TCP to origin's host */
	bool skip_verify;	     /* take any certificate */
	const char *ca, *cert, *key; /* PEM files; NULL: the system's authorities, no client certificate */
	/* The same as PEM in memory: no file is made of what must not lie in one. Each counts before its file. */
	struct http_blob ca_pem, cert_pem, key_pem;
	bool h2;   /* HTTP/2 without asking first (prior knowledge) */
	bool alpn; /* HTTP/2 where the TLS handshake agrees on it and libcurl is fit for it; not for connect_only */
	/* "http://p:3128", "https://u:p@p", "socks5h://p:1080": what the connection is made through; NULL: directly. */
	const char *proxy;
	const char *connect_to; /* "host:port" that is connected to in place of origin's, whose name the certificate
				 * must bear all the same; NULL: origin's */
	bool by_shell;		/* a shell stands in between, whose words are shown when they come for an answer */
	bool by_environment;	/* TLS is that of the environment, in no context: for the same */
	bool is_daemon;		/* what answers there is BuildKit and no Engine: for what to do about a failure */
	bool is_cluster;	/* it is a Kubernetes API server: for the same */
};

/* A connection handed over with what TLS it has, for a protocol of the caller's. */
struct http_stream;

struct http_response {
	const struct error
		*failure; /* no answer: ERROR_UNREACHABLE with why; over the cap: ERROR_CORRUPT; NULL: answered */
	int status;
	const char *body; /* NUL-terminated; empty when on_data took it */
	size_t length;
	const char *server, *api_version; /* headers Server and Api-Version; "" when absent */
	struct http_stream *stream;	  /* of connect_only: the caller's from now on; NULL otherwise */
};

struct http_request {
	const char *method;	    /* "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD" */
	const char *path;	    /* "/containers/json?all=1" */
	const char *body;	    /* JSON text; NULL: none */
	size_t body_length;	    /* of a body that is no text; 0: up to its NUL */
	const char *content_type;   /* of the body; NULL: application/json */
	bool joins;		    /* HTTP/2: another request to this target is under way and has connected */
	bool connect_only;	    /* no request at all: response.stream is the connection */
	const char *const *headers; /* "Name: value", NULL-ended; may be NULL */
	int timeout_ms;		    /* allowed in all; 0: none */
	int64_t deadline;	    /* when that runs out by clock_ms(); 0: timeout_ms from now */
	int idle_ms;		    /* allowed without a byte, also before the first; 0: no such bound */
	size_t cap;		    /* of the answer's bytes; 0: 16 MiB */
	/* Takes the bytes of a 200 as they come instead of keeping them; -1 ends the request. May be NULL. */
	int (*on_data)(void *context, const char *data, size_t length);
	/* Takes each line of the headers and trailers, without its end. May be NULL. */
	void (*on_header)(void *context, const char *line, size_t length);
	/* May start further requests. The response is gone when it returns. */
	void (*done)(void *context, const struct http_response *response);
	void *context;
};

/* Initialises libcurl, once however often it is called; the first request that needs it calls it: with TLS, a proxy, or
 * a host's name. */
void http_global_init(void);

struct http *http_new(void);
void http_free(struct http *http); /* drops what is under way without calling done; NULL is allowed */

/* Copies the request, not the target's texts. */
void http_start(struct http *http, const struct http_target *target, const struct http_request *request);
/* Drops the requests of this context that are under way, and what http_after() has for it, without calling them. */
void http_cancel(struct http *http, const void *context);
/* Calls due() once from http_step(), so many milliseconds from now, or at once when the interrupt came. What waits for
 * its time counts as a request under way: the loop goes on for what is none, such as a program's answer. */
void http_after(struct http *http, int ms, void (*due)(void *context), void *context);
/* From now on http_step() ends every request, also those that start yet, with ERROR_INTERRUPTED once this came: loops
 * around it need not ask. NULL: nothing does. */
void http_heed(struct http *http, const struct interrupt *interrupt);
bool http_interrupted(const struct http *http);
/* Waits for at most wait_ms for something to happen, lets it happen, and gives the number of requests under way. */
size_t http_step(struct http *http, int wait_ms);

/* Calls ready() from http_step() whenever fd can be read, until http_unwatch(). */
void http_watch(struct http *http, int fd, void (*ready)(void *context), void *context);
/* Also, or only, when it can be written. */
void http_watch_for(struct http *http, int fd, bool read, bool write);
void http_unwatch(struct http *http, int fd);

/* Both give the number of bytes, 0 when the other side ended (receive), -1 with errno EAGAIN when it would wait, or
 * with another errno. Receive until it would wait: TLS may hold bytes that the descriptor does not tell of. */
ssize_t http_stream_send(struct http_stream *stream, const void *data, size_t length);
ssize_t http_stream_receive(struct http_stream *stream, void *data, size_t length);
int http_stream_fd(const struct http_stream *stream);
void http_stream_close(struct http_stream *stream); /* NULL is allowed */

/* What it was made with, for --version: "libcurl/8.14.1 OpenSSL/3.5.1". */
const char *http_library(struct arena *arena);

#endif
