/* The clusters that a thread asks while it carries out steps: each opened once. */
#ifndef RECONCILE_APPLY_CLUSTERS_H
#define RECONCILE_APPLY_CLUSTERS_H

#include "apply/step.h"
#include "live/kube/client.h"

/* The pool's, until cluster_pool_done(). The key is that of a step's endpoint. */
int cluster_pool_get(struct execution *run, const char *key, const struct cluster **ret_cluster,
		     struct kube_client **ret_client, struct error *err);
/* For what is in no cluster that was observed: the key tells ways apart. */
int cluster_pool_open(struct execution *run, const char *key, const struct cluster_way *way,
		      struct kube_client **ret_client, struct error *err);
void cluster_pool_done(struct cluster_pool *pool);

#endif
