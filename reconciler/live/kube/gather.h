/* Puts together what a cluster's lists tell: pods and files to their workloads, what is left over beside them. Pure. */
#ifndef RECONCILE_LIVE_KUBE_GATHER_H
#define RECONCILE_LIVE_KUBE_GATHER_H

#include "live/kube/parse.h"
#include "live/kube/pod.h"

struct kube_found {
	struct kube_workloads workloads[WORKLOAD_KIND_COUNT];
	struct kube_pods pods;
	struct kube_config_maps configs;
	struct kube_claims claims;
	/* Names of ConfigMaps that are known not to be there, where they were asked for one by one. */
	struct strings absent_configs;
};

/* Whether it is BuildX's, or stands where a node's is to be. */
bool kube_is_wanted(const struct kube_workload *row, const struct strings *names);
const struct config_map *kube_config_map(const struct kube_config_maps *maps, const char *name);
/* Fills workloads, claims and stray_configs of the cluster, which has its `…_unknown` already. */
void kube_gather(struct arena *arena, const struct kube_found *found, const struct strings *names,
		 struct cluster *cluster);

#endif
