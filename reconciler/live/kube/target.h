/* Where a cluster's API server is, for libcurl. For live/kube/client.c alone. */
#ifndef RECONCILE_LIVE_KUBE_TARGET_H
#define RECONCILE_LIVE_KUBE_TARGET_H

#include "live/http/http.h"
#include "live/kube/config.h"

struct kube_target {
	struct http_target target; /* without a client certificate */
	/* "Host: …", where the URL bears the name of tls-server-name: others route by the real one. NULL: as the URL.
	 */
	const char *host_header;
	const char *host, *base; /* for a request that is written by hand: "h:6443"; "" or "/k8s/clusters/c1" */
};

/* Everything is in the arena. err: of the authority's file. */
int kube_target_make(struct arena *arena, const struct kube_config *config, const char *const *environ_,
		     struct kube_target *ret_target, struct error *err);

#endif
