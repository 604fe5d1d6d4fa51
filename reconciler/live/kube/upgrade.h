/* A connection to the API server that becomes a websocket: for exec in a pod.
 *
 *     kube_upgrade(client, &(struct kube_upgrade){.path = "/api/v1/namespaces/ci/pods/p/exec?…",
 *                  .protocols = "v5.channel.k8s.io, v4.channel.k8s.io", .done = opened, .context = me});
 *
 * The request is a GET over HTTP/1.1 with the client's credentials, on a connection of its own; frames are
 * live/kube/websocket.h's. A server that refuses says why in a Status, as for any request: 403 for want of `get` (and,
 * since 1.35, `create`) on pods/exec. */
#ifndef RECONCILE_LIVE_KUBE_UPGRADE_H
#define RECONCILE_LIVE_KUBE_UPGRADE_H

#include "live/kube/client.h"

struct kube_upgraded {
	struct kube_answer answer;  /* as of a request; KUBE_FINE and code 101 when it is open */
	struct http_stream *stream; /* the caller's; NULL unless fine */
	const char *protocol;	    /* the one that the server took; "": it said none */
	const char *data;	    /* what came behind the answer already: the first frames, or a part of one */
	size_t length;
};

struct kube_upgrade {
	const char *path, *protocols;
	int timeout_ms; /* until the server has agreed; 0: the client's */
	/* Once, from http_step(); all but the stream is gone when it returns. */
	void (*done)(void *context, const struct kube_upgraded *upgraded);
	void *context;
};

struct kube_upgrading;

/* Copies the texts. The handle is good until done() is called, for kube_upgrade_cancel(), which calls nothing; it must
 * be over before the client is closed. */
struct kube_upgrading *kube_upgrade(struct kube_client *client, const struct kube_upgrade *upgrade);
void kube_upgrade_cancel(struct kube_upgrading *upgrading); /* NULL is allowed */

#endif
