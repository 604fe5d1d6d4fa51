/* The event loop against small servers on Unix sockets and loopback: answers, caps, deadlines, and every way to fail.
 */
#include "live/http/http.h"

#include "base/clock.h"
#include "base/count.h"
#include "base/text.h"
#include "base/text_buffer.h"
#include "live/http/failure.h"
#include "live/http/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <openssl/x509_vfy.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, CONNECTIONS = 64 };

/* A server: one thread that accepts, one per connection. What it answers depends on the path asked for. */
struct server {
	char folder[64], socket[96], origin[64];
	int fd;
	pthread_t thread, workers[CONNECTIONS];
	atomic_size_t connections;
	atomic_bool stop;
	pthread_mutex_t lock;
	char last_request[2048];
};

static const struct reply {
	const char *path, *bytes;
} REPLIES[] = {
	{"/ok", "HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\nServer: Docker/26.1.5 (linux)\r\nContent-Length: 2\r\n\r\nhi"},
	{"/chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"},
	{"/missing", "HTTP/1.1 404 Not Found\r\nContent-Length: 15\r\n\r\n{\"message\":\"x\"}"},
	{"/moved", "HTTP/1.1 301 Moved\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n"},
	{"/empty", "HTTP/1.1 204 No Content\r\n\r\n"},
	{"/garbage", "SSH-2.0-OpenSSH_9.2\r\n"},
	{"/cut", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"},
	{"/closed", ""},
};

/* Sent byte by byte, and then the connection is closed. */
static const struct reply ODDITIES[] = {
	{"/hints", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"},
	{"/to-the-end", "HTTP/1.1 200 OK\r\n\r\nall of it"},
	{"/old", "HTTP/1.0 200 OK\r\nServer: old\r\n\r\nall of it"},
	{"/closes", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbye"},
	{"/bare", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"},
	{"/wordless", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi"},
	{"/chunks",
	 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA;x=y\r\n0123456789\r\n1\r\n!\r\n0\r\nT: v\r\n\r\n"},
	{"/both", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"},
	{"/blanks", "HTTP/1.1 200 OK\r\nContent-Length:   2  \r\n\r\nhi"},
	{"/no-content", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"},
	{"/not-modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"},
	{"/unending", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"},
	{"/no-last", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
	{"/short", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi"},
	{"/letter", "H"},
	{"/tls", "\x15\x03\x01\x01\x02\x02\x16"},
};

struct connection {
	struct server *server;
	int fd;
};

/* Reads one request; -1 at the end of the connection. */
static int request_read(struct connection *connection, char *text, size_t size)
{
	size_t length = 0;

	while (length < size - 1) {
		ssize_t got = recv(connection->fd, text + length, size - 1 - length, 0);
		if (got <= 0)
			return -1;
		length += (size_t)got;
		text[length] = '\0';
		const char *end = strstr(text, "\r\n\r\n"), *body = strstr(text, "Content-Length: ");
		if (!end)
			continue;
		if (!body || length >= (size_t)(end + 4 - text) + (size_t)atoi(body + 16))
			return 0;
	}
	return -1;
}

static void hold(const struct server *server)
{
	while (!server->stop)
		poll(NULL, 0, 5);
}

static void send_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		bytes += sent;
		length -= (size_t)sent;
	}
}

/* false: the connection shall be closed. */
static bool answer(struct connection *connection, const char *request)
{
	char path[64] = "";
	char block[1024];

	sscanf(request, "%*s %63s", path);
	for (size_t i = 0; i < COUNT(REPLIES); i++) {
		if (strcmp(REPLIES[i].path, path) != 0)
			continue;
		send_all(connection->fd, REPLIES[i].bytes, strlen(REPLIES[i].bytes));
		return i < 5;
	}
	for (size_t i = 0; i < COUNT(ODDITIES); i++) {
		if (strcmp(ODDITIES[i].path, path) != 0)
			continue;
		for (const char *byte = ODDITIES[i].bytes; *byte != '\0'; byte++)
			send_all(connection->fd, byte, 1);
		return false;
	}
	if (strcmp(path, "/huge") == 0) {
		static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n";
		send_all(connection->fd, head, sizeof(head) - 1);
		memset(block, 'x', sizeof(block));
		for (int i = 0; i < 1024; i++)
			send_all(connection->fd, block, sizeof(block));
		return true;
	}
	if (strcmp(path, "/trickle") == 0) {
		static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\na";
		send_all(connection->fd, head, sizeof(head) - 1);
	}
	hold(connection->server);
	return false;
}

static void *serve_connection(void *argument)
{
	struct connection connection = *(struct connection *)argument;
	char text[2048];

	free(argument);
	while (request_read(&connection, text, sizeof(text)) == 0) {
		pthread_mutex_lock(&connection.server->lock);
		snprintf(connection.server->last_request, sizeof(connection.server->last_request), "%s", text);
		pthread_mutex_unlock(&connection.server->lock);
		if (!answer(&connection, text))
			break;
	}
	close(connection.fd);
	return NULL;
}

static void *serve(void *argument)
{
	struct server *server = argument;
	int fd;

	while ((fd = accept(server->fd, NULL, NULL)) >= 0) {
		struct connection *connection = malloc(sizeof(*connection));
		if (!connection || server->connections >= CONNECTIONS)
			abort();
		*connection = (struct connection){.server = server, .fd = fd};
		if (pthread_create(&server->workers[server->connections], NULL, serve_connection, connection) != 0)
			abort();
		server->connections++;
	}
	return NULL;
}

static struct server *server_start(bool tcp)
{
	struct server *server = calloc(1, sizeof(*server));
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(loopback);

	assert_non_null(server);
	assert_int_equal(pthread_mutex_init(&server->lock, NULL), 0);
	snprintf(server->folder, sizeof(server->folder), "/tmp/live-http-XXXXXX");
	assert_non_null(mkdtemp(server->folder));
	snprintf(server->socket, sizeof(server->socket), "%s/s", server->folder);
	snprintf(local.sun_path, sizeof(local.sun_path), "%s", server->socket);
	server->fd = socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(server->fd >= 0);
	if (tcp) {
		assert_int_equal(bind(server->fd, (struct sockaddr *)&loopback, sizeof(loopback)), 0);
		assert_int_equal(getsockname(server->fd, (struct sockaddr *)&loopback, &size), 0);
		snprintf(server->origin, sizeof(server->origin), "http://127.0.0.1:%d", ntohs(loopback.sin_port));
	} else {
		assert_int_equal(bind(server->fd, (struct sockaddr *)&local, sizeof(local)), 0);
		snprintf(server->origin, sizeof(server->origin), "http://docker");
	}
	assert_int_equal(listen(server->fd, CONNECTIONS), 0);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
	return server;
}

/* Clients have closed their connections before. */
static void server_stop(struct server *server)
{
	server->stop = true;
	shutdown(server->fd, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	for (size_t i = 0; i < server->connections; i++)
		pthread_join(server->workers[i], NULL);
	close(server->fd);
	unlink(server->socket);
	rmdir(server->folder);
	pthread_mutex_destroy(&server->lock);
	free(server);
}

static struct http_target target_of(const struct server *server)
{
	return (struct http_target){
		.origin = server->origin,
		.socket = strcmp(server->origin, "http://docker") == 0 ? server->socket : NULL,
	};
}

/* What came back, kept. */
struct result {
	int calls, status;
	char body[256], server[96], api_version[96];
	struct error failure;
	bool failed;
	size_t streamed;
	int stream_result;
};

static void keep(void *context, const struct http_response *response)
{
	struct result *result = context;

	result->calls++;
	result->status = response->status;
	snprintf(result->body, sizeof(result->body), "%s", response->body);
	snprintf(result->server, sizeof(result->server), "%s", response->server);
	snprintf(result->api_version, sizeof(result->api_version), "%s", response->api_version);
	result->failed = response->failure;
	if (result->failed)
		result->failure = *response->failure;
}

static int stream(void *context, const char *data, size_t length)
{
	struct result *result = context;

	(void)data;
	result->streamed += length;
	return result->stream_result;
}

static void run(struct http *http)
{
	int64_t end = clock_ms() + PATIENCE_MS;

	while (http_step(http, 50) > 0)
		assert_true(clock_ms() < end);
}

static void get(struct http *http, const struct http_target *target, const char *path, size_t cap, int timeout_ms,
		struct result *result)
{
	struct http_request request = {
		.method = "GET",
		.path = path,
		.timeout_ms = timeout_ms,
		.cap = cap,
		.done = keep,
		.context = result,
	};

	*result = (struct result){0};
	http_start(http, target, &request);
}

static void test_answers(void **state)
{
	static const struct row {
		const char *path;
		int status;
		const char *body;
	} rows[] = {
		{"/ok", 200, "hi"},  {"/chunked", 200, "abcde"}, {"/missing", 404, "{\"message\":\"x\"}"},
		{"/moved", 301, ""}, /* redirects are not followed */
		{"/empty", 204, ""},
	};

	(void)state;
	for (int tcp = 0; tcp < 2; tcp++) {
		struct server *server = server_start(tcp == 1);
		struct http_target target = target_of(server);
		struct http *http = http_new();
		for (size_t i = 0; i < COUNT(rows); i++) {
			struct result result;
			get(http, &target, rows[i].path, 0, PATIENCE_MS, &result);
			run(http);
			assert_int_equal(result.calls, 1);
			assert_false(result.failed);
			assert_int_equal(result.status, rows[i].status);
			assert_string_equal(result.body, rows[i].body);
		}
		/* One connection served them all. */
		assert_int_equal(server->connections, 1);
		http_free(http);
		server_stop(server);
	}
}

static void test_headers(void **state)
{
	struct server *server = server_start(false);
	struct http_target target = target_of(server);
	struct http *http = http_new();
	static const char *const headers[] = {"X-Registry-Auth: abc", NULL};
	struct result result = {0};
	struct http_request request = {
		.method = "POST",
		.path = "/ok",
		.body = "{\"a\":1}",
		.headers = headers,
		.timeout_ms = PATIENCE_MS,
		.done = keep,
		.context = &result,
	};

	(void)state;
	http_start(http, &target, &request);
	run(http);
	assert_string_equal(result.api_version, "1.45");
	assert_string_equal(result.server, "Docker/26.1.5 (linux)");
	assert_true(text_starts(server->last_request, "POST /ok HTTP/1.1\r\nHost: docker\r\n"));
	assert_non_null(strstr(server->last_request, "X-Registry-Auth: abc\r\n"));
	assert_non_null(strstr(server->last_request, "Content-Type: application/json\r\n"));
	assert_true(text_ends(server->last_request, "\r\n\r\n{\"a\":1}"));
	request.method = "DELETE";
	request.body = NULL;
	request.headers = NULL;
	http_start(http, &target, &request);
	run(http);
	assert_true(text_starts(server->last_request, "DELETE /ok HTTP/1.1\r\n"));
	assert_null(strstr(server->last_request, "X-Registry-Auth"));
	http_free(http);
	server_stop(server);
}

/* A body goes with whatever method has one. */
static void test_methods(void **state)
{
	static const char *const methods[] = {"PUT", "PATCH", "DELETE"};
	struct server *server = server_start(false);
	struct http_target target = target_of(server);
	struct http *http = http_new();

	(void)state;
	for (size_t i = 0; i < COUNT(methods); i++) {
		struct result result = {0};
		char begins[64];

		http_start(http, &target,
			   &(struct http_request){.method = methods[i],
						  .path = "/ok",
						  .body = "{\"a\":1}",
						  .content_type = "application/merge-patch+json",
						  .timeout_ms = PATIENCE_MS,
						  .done = keep,
						  .context = &result});
		run(http);
		snprintf(begins, sizeof(begins), "%s /ok HTTP/1.1\r\n", methods[i]);
		assert_true(text_starts(server->last_request, begins));
		assert_non_null(strstr(server->last_request, "Content-Type: application/merge-patch+json\r\n"));
		assert_true(text_ends(server->last_request, "\r\n\r\n{\"a\":1}"));
	}
	http_free(http);
	server_stop(server);
}

struct bell {
	int asked, asked_until;
};

static bool rings(void *context)
{
	struct bell *bell = context;

	return ++bell->asked > bell->asked_until;
}

struct clockwork {
	struct http *http;
	int rung;
};

static void ring_twice(void *context)
{
	struct clockwork *clockwork = context;

	if (++clockwork->rung < 2)
		http_after(clockwork->http, 1, ring_twice, clockwork);
}

/* The loop goes on while there is one to wait for, without any request; what is cancelled never comes, and what an
 * interrupt finds comes at once. */
static void test_timers(void **state)
{
	struct http *http = http_new();
	struct clockwork first = {.http = http}, second = {.http = http};
	struct bell bell = {.asked_until = 2};

	(void)state;
	http_after(http, 5, ring_twice, &first);
	http_after(http, 3600 * 1000, ring_twice, &second);
	while (first.rung < 2)
		assert_int_not_equal(http_step(http, PATIENCE_MS), 0);
	assert_int_equal(http_step(http, 0), 1);
	http_cancel(http, &second);
	assert_int_equal(http_step(http, 0), 0);
	assert_int_equal(second.rung, 0);
	http_heed(http, &(const struct interrupt){.came = rings, .context = &bell});
	http_after(http, 3600 * 1000, ring_twice, &second);
	while (http_step(http, PATIENCE_MS) > 0)
		;
	assert_int_equal(second.rung, 2);
	http_after(http, 1, ring_twice, &second);
	http_free(http);
}

static void test_failures(void **state)
{
	static const struct row {
		const char *path;
		size_t cap;
		int timeout_ms;
		enum error_kind kind;
		const char *message;
	} rows[] = {
		{"/huge", 65536, PATIENCE_MS, ERROR_CORRUPT, "the answer is larger than 64 KiB"},
		{"/garbage", 0, PATIENCE_MS, ERROR_CORRUPT, "what answers there does not speak HTTP"},
		{"/closed", 0, PATIENCE_MS, ERROR_UNREACHABLE, "the connection was closed without an answer"},
		{"/cut", 0, PATIENCE_MS, ERROR_UNREACHABLE, "the connection was closed in the middle of an answer"},
		{"/silent", 0, 1500, ERROR_UNREACHABLE, "timed out after 1.5 s: connected, but no answer came"},
		{"/trickle", 0, 1500, ERROR_UNREACHABLE, "timed out after 1.5 s: connected, but no answer came"},
	};
	struct server *server[] = {server_start(false), server_start(true)};
	struct http *http = http_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * COUNT(server); i++) {
		const struct row *row = &rows[i / COUNT(server)];
		struct http_target target = target_of(server[i % COUNT(server)]);
		struct result result;
		get(http, &target, row->path, row->cap, row->timeout_ms, &result);
		run(http);
		assert_int_equal(result.calls, 1);
		assert_true(result.failed);
		assert_string_equal(result.failure.message, row->message);
		assert_int_equal(result.failure.kind, row->kind);
	}
	http_free(http);
	server_stop(server[0]);
	server_stop(server[1]);
}

/* Over Unix sockets and to addresses in digits we read HTTP ourselves, behind a host's name libcurl does: they must
 * come to the same. */
static void test_as_libcurl(void **state)
{
	struct server *server[] = {server_start(false), server_start(true)};
	struct http *http = http_new();

	(void)state;
	memcpy(server[1]->origin + strlen("http://"), "localhost", strlen("127.0.0.1"));
	for (size_t i = 0; i < COUNT(ODDITIES); i++) {
		struct result results[COUNT(server)];
		for (size_t which = 0; which < COUNT(server); which++) {
			struct http_target target = target_of(server[which]);
			get(http, &target, ODDITIES[i].path, 0, PATIENCE_MS, &results[which]);
			run(http);
		}
		print_message("%s: %d \"%s\"%s%s\n", ODDITIES[i].path, results[1].status, results[1].body,
			      results[1].failed ? ", " : "", results[1].failed ? results[1].failure.message : "");
		assert_int_equal(results[0].failed, results[1].failed);
		assert_int_equal(results[0].status, results[1].status);
		assert_string_equal(results[0].body, results[1].body);
		assert_string_equal(results[0].server, results[1].server);
		if (results[0].failed)
			assert_string_equal(results[0].failure.message, results[1].failure.message);
	}
	http_free(http);
	server_stop(server[0]);
	server_stop(server[1]);
}

/* libcurl takes none of 8 MB, and says so only when it is set. */
static void test_long_path(void **state)
{
	struct server *server = server_start(false);
	struct http_target target = target_of(server);
	struct http *http = http_new();
	struct result result, second;
	char *path = test_malloc(9 * 1000 * 1000);

	(void)state;
	memset(path, 'a', 9 * 1000 * 1000 - 1);
	path[0] = '/';
	path[9 * 1000 * 1000 - 1] = '\0';
	get(http, &target, path, 0, PATIENCE_MS, &result);
	get(http, &target, "/ok", 0, PATIENCE_MS, &second);
	run(http);
	assert_int_equal(result.calls, 1);
	assert_int_equal(result.failure.kind, ERROR_CORRUPT);
	assert_string_equal(result.failure.message, "a name is longer than 262144 bytes");
	assert_int_equal(second.status, 200);
	test_free(path);
	http_free(http);
	server_stop(server);
}

static void test_no_server(void **state)
{
	struct http *http = http_new();
	struct http_target gone = {.origin = "http://docker", .socket = "/nonexistent/docker.sock"};
	struct http_target deaf = {.origin = "http://docker"}, closed = {0};
	struct result result;
	struct server *server = server_start(false), *tcp = server_start(true);
	char path[96], origin[64];

	(void)state;
	get(http, &gone, "/ok", 0, PATIENCE_MS, &result);
	run(http);
	assert_string_equal(result.failure.message, "no such socket");
	assert_non_null(strstr(result.failure.hint, "/nonexistent/docker.sock"));
	/* A socket that nobody listens on any more, and a port that is closed again. */
	snprintf(path, sizeof(path), "%s", server->socket);
	snprintf(origin, sizeof(origin), "%s", tcp->origin);
	server->socket[strlen(server->socket) - 1] = 'x';
	server_stop(tcp);
	server_stop(server);
	deaf.socket = path;
	closed.origin = origin;
	get(http, &deaf, "/ok", 0, PATIENCE_MS, &result);
	run(http);
	assert_string_equal(result.failure.message, "connection refused");
	get(http, &closed, "/ok", 0, PATIENCE_MS, &result);
	run(http);
	assert_string_equal(result.failure.message, "connection refused");
	assert_int_equal(result.failure.kind, ERROR_UNREACHABLE);
	http_free(http);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static void test_streams(void **state)
{
	struct server *server = server_start(false);
	struct http_target target = target_of(server);
	struct http *http = http_new();
	struct result result = {0};
	struct http_request request = {
		.method = "POST",
		.path = "/huge",
		.idle_ms = PATIENCE_MS,
		.cap = 10, /* of what is kept: a 200 is not */
		.on_data = stream,
		.done = keep,
		.context = &result,
	};

	(void)state;
	http_start(http, &target, &request);
	run(http);
	assert_false(result.failed);
	assert_int_equal(result.streamed, 1048576);
	assert_string_equal(result.body, "");
	/* An error's body is kept. */
	request.path = "/missing";
	request.cap = 0;
	http_start(http, &target, &request);
	run(http);
	assert_string_equal(result.body, "{\"message\":\"x\"}");
	request.path = "/ok";
	result.stream_result = -1;
	http_start(http, &target, &request);
	run(http);
	assert_true(result.failed);
	assert_int_equal(result.failure.kind, ERROR_CORRUPT);
	/* Silence alone ends it: libcurl counts whole seconds. */
	request.path = "/trickle";
	request.idle_ms = 1000;
	result.stream_result = 0;
	http_start(http, &target, &request);
	run(http);
	assert_string_equal(result.failure.message, "timed out: nothing came for 1 s");
	http_free(http);
	server_stop(server);
}

/* Silent servers cost their deadline once, side by side, and the others nothing. */
static void test_side_by_side(void **state)
{
	struct server *server = server_start(false);
	struct http_target target = target_of(server);
	struct http *http = http_new();
	struct result results[20];
	int64_t deadline = clock_ms() + 300;

	(void)state;
	for (size_t i = 0; i < COUNT(results); i++) {
		struct http_request request = {
			.method = "GET",
			.path = i % 2 == 0 ? "/silent" : "/ok",
			.timeout_ms = PATIENCE_MS,
			.deadline = i % 2 == 0 ? deadline : 0,
			.done = keep,
			.context = &results[i],
		};
		results[i] = (struct result){0};
		http_start(http, &target, &request);
	}
	run(http);
	for (size_t i = 0; i < COUNT(results); i++) {
		assert_int_equal(results[i].calls, 1);
		assert_int_equal(results[i].failed, i % 2 == 0);
	}
	http_free(http);
	server_stop(server);
}

struct chain {
	struct http *http;
	const struct http_target *target;
	int left;
};

static void next(void *context, const struct http_response *response)
{
	struct chain *chain = context;
	struct http_request request = {
		.method = "GET", .path = "/ok", .timeout_ms = PATIENCE_MS, .done = next, .context = chain};

	assert_int_equal(response->status, 200);
	if (--chain->left > 0)
		http_start(chain->http, chain->target, &request);
}

static void test_chain(void **state)
{
	struct server *server = server_start(false);
	struct http_target target = target_of(server);
	struct http *http = http_new();
	struct chain chain = {.http = http, .target = &target, .left = 50};
	struct http_request request = {
		.method = "GET", .path = "/ok", .timeout_ms = PATIENCE_MS, .done = next, .context = &chain};

	(void)state;
	http_start(http, &target, &request);
	run(http);
	assert_int_equal(chain.left, 0);
	assert_int_equal(server->connections, 1);
	http_free(http);
	server_stop(server);
}

struct restart {
	struct http *http;
	const struct http_target *target;
	int left, interrupted;
};

static void start_again(void *context, const struct http_response *response)
{
	struct restart *restart = context;
	struct http_request request = {.method = "GET", .path = "/silent", .done = start_again, .context = restart};

	if (response->failure) {
		assert_int_equal(response->failure->kind, ERROR_INTERRUPTED);
		restart->interrupted++;
	}
	if (restart->left > 0) {
		restart->left--;
		http_start(restart->http, restart->target, &request);
	}
}

static void test_dropped(void **state)
{
	struct server *server = server_start(false);
	struct http_target target = target_of(server);
	struct http *http = http_new();
	struct result result;

	(void)state;
	get(http, &target, "/silent", 0, PATIENCE_MS, &result);
	assert_int_equal(http_step(http, 10), 1);
	http_free(http);
	assert_int_equal(result.calls, 0);
	server_stop(server);
	http_free(NULL);
}

/* Two that are silent, each of which starts another when it ends, and one that would be answered. */
static void test_interrupt(void **state)
{
	static const char *const paths[] = {"/silent", "/trickle", "/ok"};
	struct server *server = server_start(false);
	struct http_target target = target_of(server);
	struct http *http = http_new();
	struct bell bell = {.asked_until = 3};
	struct restart restarts[COUNT(paths)];

	(void)state;
	http_heed(http, &(const struct interrupt){.came = rings, .context = &bell});
	for (size_t i = 0; i < COUNT(paths); i++) {
		restarts[i] = (struct restart){.http = http, .target = &target, .left = 3};
		struct http_request request = {
			.method = "GET", .path = paths[i], .done = start_again, .context = &restarts[i]};
		http_start(http, &target, &request);
	}
	run(http);
	for (size_t i = 0; i < COUNT(paths); i++)
		assert_int_equal(restarts[i].left, 0);
	assert_int_equal(restarts[0].interrupted, 4);
	assert_int_equal(restarts[1].interrupted, 4);
	http_free(http);
	server_stop(server);
}

static void heard(void *context)
{
	int *fds = context;
	char byte;

	assert_int_equal(read(fds[0], &byte, 1), 1);
	fds[2]++;
}

static void test_watches(void **state)
{
	struct server *server = server_start(false);
	struct http_target target = target_of(server);
	struct http *http = http_new();
	struct result result;
	int fds[3] = {0};

	(void)state;
	assert_int_equal(pipe(fds), 0);
	http_watch(http, fds[0], heard, fds);
	assert_int_equal(write(fds[1], "x", 1), 1);
	get(http, &target, "/silent", 0, 1500, &result);
	run(http);
	assert_int_equal(fds[2], 1);
	http_unwatch(http, fds[0]);
	assert_int_equal(write(fds[1], "x", 1), 1);
	get(http, &target, "/ok", 0, PATIENCE_MS, &result);
	run(http);
	assert_int_equal(fds[2], 1);
	close(fds[0]);
	close(fds[1]);
	http_free(http);
	server_stop(server);
}

/* Texts as libcurl 7.88.1 with OpenSSL 3.0 gave them for relays with such certificates. */
static void test_reasons(void **state)
{
	static const struct row {
		struct http_failure failure;
		const char *message;
	} rows[] = {
		{{.code = CURLE_COULDNT_CONNECT, .os_errno = EACCES, .text = ""}, "permission denied"},
		{{.code = CURLE_COULDNT_CONNECT, .os_errno = EHOSTUNREACH, .text = ""}, "no route to this host"},
		{{.code = CURLE_COULDNT_CONNECT, .text = "Failed to connect"}, "no connection: Failed to connect"},
		{{.code = CURLE_COULDNT_RESOLVE_HOST, .text = ""}, "the host's name could not be resolved"},
		{{.code = CURLE_OPERATION_TIMEDOUT, .timeout_ms = 5000, .text = ""},
		 "timed out after 5 s: no connection"},
		{{.code = CURLE_OPERATION_TIMEDOUT, .timeout_ms = 1500, .tls = true, .text = ""},
		 "timed out after 1.5 s: no TLS connection"},
		{{.code = CURLE_PEER_FAILED_VERIFICATION,
		  .verify = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
		  .text = "SSL certificate problem: unable to get local issuer certificate"},
		 "TLS: the server's certificate is signed by an unknown authority"},
		{{.code = CURLE_PEER_FAILED_VERIFICATION,
		  .verify = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
		  .trusts_none = true,
		  .text = "SSL certificate problem: unable to get local issuer certificate"},
		 "TLS: the server's certificate is signed by an unknown authority; this system trusts none, looked for "
		 "in "
		 "SSL_CERT_FILE, SSL_CERT_DIR, /etc/ssl/certs/ca-certificates.crt, "
		 "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem, /etc/pki/tls/certs/ca-bundle.crt, "
		 "/etc/ssl/ca-bundle.pem, /etc/ssl/cert.pem, /etc/ssl/certs, /etc/pki/tls/certs"},
		{{.code = CURLE_SSL_CACERT_BADFILE, .authorities = "/no/such.pem", .text = ""},
		 "TLS: the authority's file cannot be used: /no/such.pem"},
		{{.code = CURLE_PEER_FAILED_VERIFICATION,
		  .verify = X509_V_ERR_CERT_HAS_EXPIRED,
		  .trusts_none = true,
		  .text = "SSL certificate problem: certificate has expired"},
		 "TLS: the server's certificate has expired"},
		{{.code = CURLE_PEER_FAILED_VERIFICATION,
		  .text = "SSL: no alternative certificate subject name matches target host name '127.0.0.1'"},
		 "TLS: the server's certificate is for another name"},
		{{.code = CURLE_SSL_CONNECT_ERROR, .text = "error:0A00010B:SSL routines::wrong version number"},
		 "the server does not speak TLS"},
		{{.code = CURLE_SSL_CONNECT_ERROR,
		  .tls = true,
		  .text = "OpenSSL/3.0.22: error:0A000410:SSL routines::sslv3 alert handshake failure"},
		 "TLS: the server refused the handshake"},
		{{.code = CURLE_RECV_ERROR,
		  .tls = true,
		  .text = "OpenSSL SSL_read: OpenSSL/3.0.22: error:0A00045C:SSL routines::tlsv13 alert certificate "
			  "required, "
			  "errno 0"},
		 "TLS: the server wants a client certificate"},
		{{.code = CURLE_SEND_ERROR, .tls = true, .text = "Send failure: Connection reset by peer"},
		 "the connection was reset"},
		{{.code = CURLE_SSL_CERTPROBLEM, .cert = "/c.pem", .text = "could not load"},
		 "TLS: the client certificate cannot be used: /c.pem: could not load"},
		{{.code = CURLE_COULDNT_CONNECT, .os_errno = ECONNREFUSED, .proxy = "http://u:p@h:1", .text = ""},
		 "by proxy h:1: connection refused"},
		{{.code = CURLE_RECV_ERROR, .proxy = "http://h:1", .text = "CONNECT tunnel failed, response 407"},
		 "by proxy h:1: the proxy wants a user and a password: CONNECT tunnel failed, response 407"},
		{{.code = CURLE_PROXY, .proxy = "socks5h://h:1", .text = "Can't complete SOCKS5 connection to h. (5)"},
		 "by proxy h:1: the proxy let no connection through: Can't complete SOCKS5 connection to h. (5)"},
		{{.code = CURLE_PEER_FAILED_VERIFICATION,
		  .proxy = "https://h:1",
		  .by_proxy = true,
		  .verify = X509_V_ERR_CERT_HAS_EXPIRED,
		  .text = ""},
		 "by proxy h:1: TLS: the server's certificate has expired"},
		{{.code = CURLE_SSL_CONNECT_ERROR, .proxy = "https://h:1", .text = "wrong version number"},
		 "by proxy h:1: the proxy does not speak TLS: wrong version number"},
		{{.code = CURLE_SSL_CONNECT_ERROR,
		  .proxy = "https://h:1",
		  .through_proxy = true,
		  .text = "wrong version number"},
		 "the server does not speak TLS"},
		{{.code = CURLE_SEND_ERROR, .proxy = "http://h:1", .text = "reset by peer 40712"},
		 "the connection was reset"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = ERROR_INIT;
		assert_int_equal(http_failure_error(&rows[i].failure, &err), -1);
		assert_string_equal(err.message, rows[i].message);
		assert_int_equal(err.kind, ERROR_UNREACHABLE);
	}
}

static void test_escape(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;

	(void)state;
	http_escape(&out, "a/b:c@d?e&f=g h%\xc3", "/:@");
	assert_string_equal(text_string(&out), "a/b:c@d%3Fe%26f%3Dg%20h%25%C3");
	text_clear(&out);
	http_escape(&out, "a/b", "");
	assert_string_equal(text_string(&out), "a%2Fb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),	  cmocka_unit_test(test_headers),
		cmocka_unit_test(test_failures),  cmocka_unit_test(test_as_libcurl),
		cmocka_unit_test(test_long_path), cmocka_unit_test(test_no_server),
		cmocka_unit_test(test_streams),	  cmocka_unit_test(test_side_by_side),
		cmocka_unit_test(test_chain),	  cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_interrupt), cmocka_unit_test(test_watches),
		cmocka_unit_test(test_reasons),	  cmocka_unit_test(test_escape),
		cmocka_unit_test(test_methods),	  cmocka_unit_test(test_timers),
	};

	http_global_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
