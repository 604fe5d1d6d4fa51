/* Pods, and why they are not ready, in the cluster's own words. Pure.
 *
 * Source: kubernetes/api core/v1/types.go (PodStatus, ContainerState); the words of the kubelet and the scheduler. */
#ifndef RECONCILE_LIVE_KUBE_POD_H
#define RECONCILE_LIVE_KUBE_POD_H

#include "live/kube/object.h"

/* The trouble of a pod that no scheduler has looked at, for which Kubernetes has no word; its `started` is when it was
 * made. */
#define KUBE_NOT_SCHEDULED "NotScheduled"

/* Where something is run. */
struct kube_place {
	const char *namespace, *pod, *container;
};

struct kube_pod {
	struct pod pod;
	const char *app;	/* its label, by which BuildX finds it */
	const char *owner_kind; /* "ReplicaSet", "StatefulSet"; NULL: nobody made it */
	bool has_buildkitd;	/* a container of that name */
	bool is_down;		/* which does not run: it ended, or is to begin */
	struct strings claims;	/* that it mounts */
};

struct kube_pods {
	struct kube_pod *items;
	size_t count;
};

/* Adds those that have the label `app`. */
int kube_parse_pods(struct arena *arena, const char *data, size_t length, struct kube_pods *pods, const char **ret_more,
		    struct error *err);
/* One that was asked for by its name, whoever made it. */
struct kube_lone_pod {
	struct pod pod;
	const char *container; /* the one that is asked for, or kubectl's default; NULL: it has none of that name */
	bool runs;	       /* that container does */
};

/* container: NULL: the default. */
int kube_parse_pod(struct arena *arena, const char *data, size_t length, const char *container,
		   struct kube_lone_pod *ret_lone, struct error *err);
/* Whether the pod is of this workload: by its label, and where both kinds have that by who made it. */
bool kube_pod_is_of(const struct kube_pod *pod, const struct workload *workload);

#endif
