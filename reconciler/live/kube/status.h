/* What an API server says of a request that it did not carry out: an object of kind Status
 * (k8s.io/apimachinery pkg/apis/meta/v1/types.go). Pure. */
#ifndef RECONCILE_LIVE_KUBE_STATUS_H
#define RECONCILE_LIVE_KUBE_STATUS_H

#include "base/arena.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct kube_cause {
	const char *reason, *message, *field; /* "FieldValueInvalid", "…: field is immutable", "spec.selector" */
};

/* Texts are "" where nothing is said; all are safe on a terminal. */
struct kube_status {
	const char *reason;		 /* "Forbidden", "AlreadyExists", "Conflict", "Expired", "Invalid"… */
	const char *message;		 /* in the cluster's own words */
	const char *group, *kind, *name; /* what it is about: kind is a resource there, "deployments" */
	int code, retry_after_seconds;
	bool succeeded; /* status: Success, as exec ends with and delete answers */
	struct kube_cause *causes;
	size_t cause_count;
};

/* False when the text is no Status. Everything is in the arena. */
bool kube_status_parse(struct arena *arena, const char *data, size_t length, struct kube_status *ret_status);
/* The same of JSON that was read: the object of a watch's ERROR, the end of an exec. */
bool kube_status_of(struct arena *arena, const cJSON *json, struct kube_status *ret_status);

/* Who may not do what, from the message of a 403 by RBAC (k8s.io/apiserver
 * pkg/endpoints/handlers/responsewriters/errors.go, forbiddenMessage). */
struct kube_denial {
	const char *user, *verb;
	const char *resource;	/* "pods", "pods/exec" */
	const char *group;	/* "apps"; "": the core */
	const char *namespace_; /* NULL: at the cluster scope */
};

/* False when the message is another one, such as that of an admission. Verb, resource and group are words that a shell
 * takes as they are. */
bool kube_denial_parse(struct arena *arena, const char *message, struct kube_denial *ret_denial);

#endif
