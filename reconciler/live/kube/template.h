/* A Deployment or StatefulSet as the driver options that make it: BuildX's manifest, backwards. Pure.
 *
 * Source: docker/buildx driver/kubernetes/factory.go and manifest/manifest.go, 0.13 to 0.36. What no option can say is
 * left out: probes, which differ between versions of BuildX; what the API server fills in; what others added. */
#ifndef RECONCILE_LIVE_KUBE_TEMPLATE_H
#define RECONCILE_LIVE_KUBE_TEMPLATE_H

#include "base/json.h"
#include "model/cluster.h"

/* A ConfigMap among the volumes of the template. */
struct kube_mount {
	const char *name;
	const char *folder; /* below /etc/buildkit: "", "certs/r1.example.com"; NULL: it is mounted nowhere there */
};

struct kube_mounts {
	struct kube_mount *items;
	size_t count;
};

/* Fills options, flags, platforms, sidecars and strange of the workload, whose kind and name are known. *ret_looks:
 * whether it bears all marks of what BuildX makes: with no name to go by, that is all that tells. */
void template_read(struct arena *arena, const cJSON *object, struct workload *workload, struct kube_mounts *ret_configs,
		   bool *ret_looks);

#endif
