/* The cluster's notes, for what its objects do not tell of themselves: why a StatefulSet's pods are not made (it has no
 * condition for that), what a pod that is being made waits for. They are kept for an hour. Pure.
 *
 * Source: kubernetes/api core/v1/types.go (Event). */
#ifndef RECONCILE_LIVE_KUBE_EVENTS_H
#define RECONCILE_LIVE_KUBE_EVENTS_H

#include "live/kube/gather.h"

struct kube_event {
	const char *kind, *name; /* of the object that it is about */
	const char *reason, *words;
	const char *at; /* RFC 3339 */
};

struct kube_events {
	struct kube_event *items;
	size_t count;
};

int kube_parse_events(struct arena *arena, const char *data, size_t length, struct kube_events *events,
		      const char **ret_more, struct error *err);
/* Whether something is not well, and nothing says why. */
bool kube_events_wanted(const struct kube_found *found, const struct strings *names);
/* Gives trouble and words to those that lack them: of each the newest note. */
void kube_events_tell(const struct kube_events *events, struct cluster *cluster);

#endif
