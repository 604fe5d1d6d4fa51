/* Whether a client can be made of a cluster and a user of a kubeconfig: what kubectl and BuildX refuse is refused here
 * (client-go tools/clientcmd/validation.go, rest/transport.go, transport/transport.go). Pure. */
#ifndef RECONCILE_LIVE_KUBE_USABLE_H
#define RECONCILE_LIVE_KUBE_USABLE_H

#include "live/kube/kubeconfig.h"

/* Makes a whole URL of cluster->server, without a slash at its end. err: INVALID, with the place. */
int kube_cluster_check(struct arena *arena, struct kube_cluster *cluster, const struct kube_user *user,
		       struct error *err);
int kube_user_check(struct arena *arena, const struct kube_user *user, struct error *err);

#endif
