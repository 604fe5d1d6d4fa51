/* Inside of a client, for what else of this room speaks to its API server: live/kube/upgrade.c. */
#ifndef RECONCILE_LIVE_KUBE_DOOR_H
#define RECONCILE_LIVE_KUBE_DOOR_H

#include "live/kube/client.h"
#include "live/kube/credentials.h"

/* What one pass is shown with; lives as long as the client. */
struct kube_door {
	const struct kube_pass *pass;
	struct http_target target;
	const char *const *headers; /* NULL-ended */
	const char *host, *base;    /* for a request that is written by hand */
};

const struct kube_door *kube_client_door(struct kube_client *client, const struct kube_pass *pass);
struct kube_credentials *kube_client_credentials(const struct kube_client *client);
int kube_client_timeout(const struct kube_client *client);

#endif
