/* What the clusters' answers mean for nodes in pods: states, and faults in the cluster's own words. Pure. */
#ifndef RECONCILE_LIVE_PODS_H
#define RECONCILE_LIVE_PODS_H

#include "model/live.h"

/* Of live->clusters which are there already. Daemons are judged after that (live/buildkit/pods.h). */
void pods_assess(struct live *live);
/* Clusters themselves, and what in them belongs to no builder of this store (live/cluster_faults.c). */
void cluster_faults_find(struct live *live);
/* "kubectl --kubeconfig F --context C -n NS", for mends. */
const char *cluster_kubectl(struct arena *arena, const struct cluster *cluster);

#endif
