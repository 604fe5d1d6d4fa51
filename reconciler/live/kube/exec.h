/* The way to a daemon in a pod: each connection to a private socket becomes an exec of `buildctl dial-stdio` there,
 * carried by a websocket (live/kube/upgrade.h, websocket.h).
 *
 *     const struct kube_place place = {"ci", "ci0-54bb6f8f95-klfqp", "buildkitd"};
 *     struct pod_relay *relay;
 *     if (pod_relay_open(client, &place, 5000, &relay, err) < 0)
 *             …
 *     … gRPC to the socket pod_relay_socket(relay) …
 *     pod_relay_explain(relay, err);        // of a call that failed: what the cluster or buildctl said
 *     pod_relay_close(relay);               // before kube_close()
 *
 * A message begins with a byte, its channel: 0 to the program; 1 from it; 2 what it complains of; 3, at the end, a
 * Status; 255 that one of them is closed (v5). Source: kubernetes/apimachinery pkg/util/remotecommand/constants.go;
 * kubernetes/kubelet pkg/cri/streaming/remotecommand/websocket.go. BuildX does the same over SPDY (driver/kubernetes/
 * execconn). A websocket is a GET: it needs `get` on pods/exec, and since Kubernetes 1.35 `create` as well. */
#ifndef RECONCILE_LIVE_KUBE_EXEC_H
#define RECONCILE_LIVE_KUBE_EXEC_H

#include "live/kube/client.h"
#include "live/kube/pod.h"

struct pod_relay;

/* Nothing is asked of the cluster before something connects to the socket. The client must outlive the relay. */
int pod_relay_open(struct kube_client *client, const struct kube_place *place, int timeout_ms,
		   struct pod_relay **ret_relay, struct error *err);
const char *pod_relay_socket(const struct pod_relay *relay);
/* Replaces err, the reason of a request that failed, when there is something that tells more. */
void pod_relay_explain(const struct pod_relay *relay, struct error *err);
/* Whether the cluster does not let this user exec in the pod: that says nothing about the daemon. */
bool pod_relay_forbidden(const struct pod_relay *relay);
/* Whether there is no daemon: the program found nobody listening in the pod. */
bool pod_relay_deserted(const struct pod_relay *relay);
void pod_relay_close(struct pod_relay *relay); /* NULL is allowed */

#endif
