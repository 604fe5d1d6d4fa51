/* Nodes of driver remote that are a pod (model/pod_endpoint.h): its cluster is asked for the pod, as kubectl asks
 * before it runs anything there, and then the daemon in it by exec (live/kube/exec.h).
 *
 * What is asked is what BuildX would run `kubectl exec` for: the builders of the store alone, by the environment's
 * kubeconfig, which is the operator's wherever it lies. */
#ifndef RECONCILE_LIVE_REMOTE_PODS_H
#define RECONCILE_LIVE_REMOTE_PODS_H

#include "live/buildkit/observe.h"
#include "live/clusters.h"
#include "model/pod_endpoint.h"

/* Their answers come with the others of the loop. */
void remote_pods_ask(struct clusters *clusters, struct daemons *daemons, struct live *live);

/* For one at a time: where it is by the endpoint and the context's namespace, what to GET, and what the answer comes
 * to. The container is known after that. -1: nothing can be run there, and why; err holds the failure of the request
 * where it is one. */
void remote_pod_place(const struct pod_endpoint *pod, const struct kube_config *config, struct kube_place *ret_place);
struct text remote_pod_path(const struct kube_place *place);
int remote_pod_judge(struct arena *arena, const struct kube_config *config, enum kube_trouble trouble, const char *body,
		     size_t length, struct kube_place *place, struct error *err);

#endif
