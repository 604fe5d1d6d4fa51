/* An API server of HTTP/1.1 for tests, and calls to it as the user of a kubeconfig. */
#ifndef RECONCILE_TESTS_KUBE_SERVER_H
#define RECONCILE_TESTS_KUBE_SERVER_H

#include "scratch.h"

#include "base/count.h"
#include "base/text.h"
#include "live/kube/client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>

#define CONTEXT "current-context: x\ncontexts: [{name: x, context: {cluster: x, user: u}}]\n"
/* An API server: one thread; what it answers to whom is in `answers`, first fit; the requests are kept. */
struct server {
	int fd;
	atomic_bool stop;
	pthread_t thread;
	struct {
		const char *has, *lacks; /* parts of the request; NULL: any */
		const char *status, *headers, *body;
	} answers[8];
	/* Instead of them: what to answer, byte by byte; NULL: nothing. */
	const char *(*answer)(struct server *server, const char *request);
	struct arena *arena;  /* of the thread's own */
	const char *later;    /* a header of the answer */
	char seen[32 * 1024]; /* read when it has stopped */
	size_t length;
	atomic_int requests;
};

static inline bool serve_one(struct server *server, int fd)
{
	char text[8192];
	size_t length = 0;

	for (;;) {
		struct pollfd polled = {.fd = fd, .events = POLLIN};
		while (poll(&polled, 1, 10) == 0)
			if (server->stop)
				return false;
		ssize_t got = recv(fd, text + length, sizeof(text) - 1 - length, 0);
		if (got <= 0)
			return false;
		length += (size_t)got;
		text[length] = '\0';
		const char *end = strstr(text, "\r\n\r\n"), *body = strstr(text, "Content-Length: ");
		if (end && (!body || length >= (size_t)(end + 4 - text) + (size_t)atoi(body + 16)))
			break;
	}
	server->requests++;
	if (server->length + length + 2 < sizeof(server->seen))
		server->length += (size_t)snprintf(server->seen + server->length, sizeof(server->seen) - server->length,
						   "%s\n", text);
	if (server->answer) {
		const char *answer = server->answer(server, text);
		if (answer)
			send(fd, answer, strlen(answer), MSG_NOSIGNAL);
		return answer;
	}
	for (size_t i = 0; i < COUNT(server->answers) && server->answers[i].status; i++) {
		if ((server->answers[i].has && !strstr(text, server->answers[i].has)) ||
		    (server->answers[i].lacks && strstr(text, server->answers[i].lacks)))
			continue;
		dprintf(fd, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s", server->answers[i].status,
			server->answers[i].headers ? server->answers[i].headers : "", strlen(server->answers[i].body),
			server->answers[i].body);
		return true;
	}
	return false;
}

static inline void *serve(void *argument)
{
	struct server *server = argument;
	struct pollfd polled[16] = {{.fd = server->fd, .events = POLLIN}};
	size_t count = 1;

	while (!server->stop) {
		if (poll(polled, (nfds_t)count, 10) <= 0)
			continue;
		for (size_t i = count - 1; i > 0; i--) {
			if (polled[i].revents == 0 || serve_one(server, polled[i].fd))
				continue;
			close(polled[i].fd);
			polled[i] = polled[--count];
		}
		if (polled[0].revents != 0 && count < COUNT(polled))
			polled[count++] = (struct pollfd){.fd = accept(server->fd, NULL, NULL), .events = POLLIN};
	}
	while (count > 1)
		close(polled[--count].fd);
	return NULL;
}

static inline const char *server_start(const struct scratch *scratch, struct server *server)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);

	server->arena = arena_new();
	server->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(server->fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(server->fd, 8), 0);
	assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &size), 0);
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
	return arena_printf(scratch->arena, "http://127.0.0.1:%d", ntohs(address.sin_port));
}

static inline void server_stop(struct server *server)
{
	server->stop = true;
	pthread_join(server->thread, NULL);
	close(server->fd);
	arena_free(server->arena);
}

/* One call as the user that the YAML says; what was said for people, and the error, are kept. */
struct outcome {
	int result, code;
	struct error err;
	enum kube_trouble trouble;
	char said[512], body[512];
};

static inline void keep_said(void *context, const char *line)
{
	struct outcome *outcome = context;
	size_t length = strlen(outcome->said);

	snprintf(outcome->said + length, sizeof(outcome->said) - length, "%s\n", line);
}

static struct kube_keyring *keyring; /* of all calls; NULL: none */

static inline void call_with(const struct scratch *scratch, const struct kube_config_request *request, int timeout_ms,
			     struct outcome *outcome, int times)
{
	extern char **environ;
	struct http *http = http_new();
	struct kube_client *client = NULL;
	struct kube_config config;
	const struct kube_options options = {.http = http,
					     .environ = (const char *const *)environ,
					     .timeout_ms = timeout_ms,
					     .keyring = keyring,
					     .say = keep_said,
					     .context = outcome};

	*outcome = (struct outcome){0};
	if (kube_config_resolve(scratch->arena, request, &config, &outcome->err) < 0 ||
	    kube_open(&options, &config, &client, &outcome->err) < 0)
		outcome->result = -1;
	for (int i = 0; client && i < times; i++) {
		CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
		outcome->result =
			kube_call(client, &(struct kube_request){.path = "/api/v1/pods"}, &reply, &outcome->err);
		outcome->code = reply.code;
		outcome->trouble = reply.trouble;
		snprintf(outcome->body, sizeof(outcome->body), "%s", buffer_text(&reply.body));
	}
	kube_close(client);
	http_free(http);
}

static inline const char *write_user(const struct scratch *scratch, const char *url, const char *user)
{
	return scratch_write(scratch, "config",
			     arena_printf(scratch->arena,
					  CONTEXT
					  "clusters: [{name: x, cluster: {server: '%s'}}]\nusers:\n- name: u\n  "
					  "user: %s\n",
					  url, user));
}

static inline void call_as(const struct scratch *scratch, const char *url, const char *user, struct outcome *outcome)
{
	call_with(scratch, &(struct kube_config_request){.kubeconfig = write_user(scratch, url, user)}, 10000, outcome,
		  1);
}

#endif
