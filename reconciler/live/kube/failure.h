/* One table of what goes wrong between us and an API server: what it is, in whose words, and what to do about it.
 *
 * What libcurl and OpenSSL say is told apart in live/http/failure.h, whose words for clusters are there; here are the
 * answers of HTTP, and those that are no answer of a cluster at all. */
#ifndef RECONCILE_LIVE_KUBE_FAILURE_H
#define RECONCILE_LIVE_KUBE_FAILURE_H

#include "base/error.h"
#include "live/kube/config.h"
#include "live/kube/status.h"

enum kube_trouble {
	KUBE_FINE,
	KUBE_NO_CREDENTIALS, /* the plugin failed, a file cannot be read: nothing was asked */
	KUBE_NO_ANSWER,	     /* no connection, TLS, a deadline, an interrupt: the error says which */
	KUBE_UNAUTHORIZED,   /* 401: who we are is not believed */
	KUBE_FORBIDDEN,	     /* 403: it is, and may not; by RBAC kube_denial_parse() tells verb and resource */
	KUBE_NOT_FOUND,	     /* 404, of an object or a kind of object */
	KUBE_EXISTS,	     /* 409 AlreadyExists */
	KUBE_CONFLICT,	     /* 409: it changed meanwhile, or another owns the field */
	KUBE_GONE,	     /* 410: what a watch or a list goes on from is too old: begin again */
	KUBE_INVALID,	     /* 400, 422: the object is not one that it takes; see the causes */
	KUBE_BUSY,	     /* 429, 503, 504: later */
	KUBE_NO_CLUSTER,     /* it speaks HTTP, and is no API server */
	KUBE_BROKEN,	     /* any other answer */
};

struct kube_failed {
	const struct kube_config *config;
	int code;			  /* of HTTP */
	const struct kube_status *status; /* NULL: the body is none */
	const char *body;
};

/* KUBE_FINE for codes below 300, and err is left alone. */
enum kube_trouble kube_trouble_of(const struct kube_failed *failed, struct error *err);

#endif
