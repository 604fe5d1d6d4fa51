/* An endpoint of driver remote that is a pod: "kube-pod://POD?context=…&namespace=…&container=…".
 *
 * BuildX runs `kubectl exec` for it (moby/buildkit client/connhelper/kubepod/kubepod.go), so kubectl's kubeconfig leads
 * there: $KUBECONFIG, else ~/.kube/config, else the service account of a pod. What the endpoint leaves out is the
 * current context, that context's namespace, and the container that the pod calls its default, else its first one. */
#ifndef RECONCILE_MODEL_POD_ENDPOINT_H
#define RECONCILE_MODEL_POD_ENDPOINT_H

#include "base/arena.h"

#include <stdbool.h>

struct pod_endpoint {
	const char *pod, *context, *namespace, *container; /* NULL: not said */
};

bool pod_endpoint_is(const char *endpoint);
/* NULL when it is read; else what is wrong with it, as "does not name a pod". Texts are in the arena. */
const char *pod_endpoint_read(struct arena *arena, const char *endpoint, struct pod_endpoint *ret_endpoint);
/* Parameters that BuildKit passes over: the way leads elsewhere then than somebody meant. */
bool pod_endpoint_has_more(const char *endpoint);

/* What a URL's query has for this key, as Go's url.Values.Get has it; NULL: nothing, or "". */
const char *url_query(struct arena *arena, const char *url, const char *key);

#endif
