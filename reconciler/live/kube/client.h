/* One Kubernetes API server, asked and told over the event loop that asks everything else (live/http/http.h).
 *
 *     struct kube_client *client;
 *     if (kube_open(&(struct kube_options){.http = http, .environ = environ, .timeout_ms = 5000}, &config, &client,
 *                   err) < 0)
 *             …                                                     // a file cannot be read, two ways in one user
 *     kube_ask(client, &(struct kube_request){.path = "/apis/apps/v1/namespaces/ci/deployments", .done = heard,
 *                                             .context = me});      // heard() is called once, later, by http_step()
 *     while (http_step(http, 1000) > 0)
 *             ;
 *     kube_close(client);                                           // before http_free()
 *
 * All requests of a client share one connection where the server takes HTTP/2. Credentials are had when the first
 * request wants them (live/kube/credentials.h): a plugin runs meanwhile and nobody waits for it but those that need it.
 * After a 401 they are had once more, and the request goes out once more. An answer that says "later" (429, 503 with
 * Retry-After) is asked for again within the deadline. Redirects are not followed.
 *
 * Names that go into a path are escaped with kube_path(). A client belongs to one thread, and config must outlive it.
 * Lists of any length are kube_list()'s (live/kube/list.h), exec is kube_upgrade()'s (live/kube/upgrade.h). */
#ifndef RECONCILE_LIVE_KUBE_CLIENT_H
#define RECONCILE_LIVE_KUBE_CLIENT_H

#include "base/error.h"
#include "base/text_buffer.h"
#include "live/http/http.h"
#include "live/kube/config.h"
#include "live/kube/failure.h"

#include <stdbool.h>
#include <stddef.h>

struct kube_client;
struct kube_keyring;

struct kube_options {
	struct http *http;
	const char *const *environ;   /* HTTPS_PROXY, NO_PROXY; PATH of plugins */
	int timeout_ms;		      /* of each request, and three times of a plugin */
	struct kube_keyring *keyring; /* where what plugins give is kept for other clients; may be NULL */
	/* A line for people: which program is run for credentials. Once a client; may be NULL. */
	void (*say)(void *context, const char *line);
	void *context;
};

struct kube_answer {
	enum kube_trouble trouble;	  /* KUBE_FINE: a 2xx */
	const struct error *failure;	  /* what, why, what to do, with the cluster's name in front; NULL when fine */
	int code;			  /* of HTTP; 0: none came */
	const struct kube_status *status; /* the server's own words on a failure; NULL: it said none */
	const char *body;		  /* NUL-terminated; empty when on_line took it */
	size_t length;
};

struct kube_request {
	const char *method;	  /* NULL: GET */
	const char *path;	  /* with the query */
	const char *body;	  /* JSON; NULL: none */
	const char *content_type; /* NULL: application/json; "application/merge-patch+json", … */
	int timeout_ms;		  /* 0: the client's; below 0: none, for a watch, which then has idle_ms */
	int idle_ms;		  /* without a byte; 0: no such bound */
	size_t cap;		  /* 0: LIMIT_KUBE_ANSWER */
	/* For a watch: each line of a 200, without its end; -1 ends the request. May be NULL. */
	int (*on_line)(void *context, const char *line, size_t length);
	void (*done)(void *context, const struct kube_answer *answer); /* the answer is gone when it returns */
	void *context;
	/* Of a context that belongs to another one: kube_cancel() drops the request by that, and what is dropped is
	 * told. NULL: neither. */
	const void *owner;
	void (*dropped)(void *context);
};

/* -1 when nothing could be asked: INVALID, NOT_FOUND, REFUSED, with the file. Starts nothing. */
int kube_open(const struct kube_options *options, const struct kube_config *config, struct kube_client **ret_client,
	      struct error *err);
/* Drops what is under way without calling done, and ends a plugin. NULL is allowed. */
void kube_close(struct kube_client *client);
const struct kube_config *kube_client_config(const struct kube_client *client);
struct http *kube_client_http(const struct kube_client *client);

/* Copies the request's texts. */
void kube_ask(struct kube_client *client, const struct kube_request *request);
/* Drops the requests of this context, without calling done. */
void kube_cancel(struct kube_client *client, const void *context);

/* The path with each %s an escaped segment or value of a query, and %% a percent sign:
 * kube_path("/api/v1/namespaces/%s/pods?labelSelector=app%%3D%s", …). */
struct text kube_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For steps, which do one thing after the other: asks, and steps the loop until the answer is there. -1 with err for
 * every trouble; ret_body is filled for a 2xx, with LIMIT_KUBE_ANSWER as its cap. */
struct kube_reply {
	enum kube_trouble trouble;
	int code;
	struct buffer body;
};
int kube_call(struct kube_client *client, const struct kube_request *request, struct kube_reply *ret_reply,
	      struct error *err);
void kube_reply_done(struct kube_reply *reply);
#define CLEANUP_KUBE_REPLY __attribute__((cleanup(kube_reply_done)))

#endif
