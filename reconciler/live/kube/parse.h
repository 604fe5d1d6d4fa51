/* What an API server says -> workloads, ConfigMaps, claims; pods are in pod.h. Pure.
 *
 *     struct kube_workloads workloads = {.kind = WORKLOAD_DEPLOYMENT};
 *     kube_parse_workloads(arena, data, length, &workloads, &more, &err);    // again for each page: rows are added
 *
 * An answer is a list or one object; lists may have pages (object.h). What cannot be BuildX's is left out: an object
 * without the label `app`, and a ConfigMap whose name does not end in "-config" and perhaps a number. */
#ifndef RECONCILE_LIVE_KUBE_PARSE_H
#define RECONCILE_LIVE_KUBE_PARSE_H

#include "live/kube/object.h"
#include "live/kube/template.h"

struct kube_workload {
	struct workload workload;   /* without pods and ConfigMaps */
	struct kube_mounts configs; /* by their names; what else it mounts is no node's */
	bool looks;		    /* it bears all marks of what BuildX makes */
};

struct kube_workloads {
	enum workload_kind kind; /* lists do not say it of their items */
	struct kube_workload *items;
	size_t count;
};
int kube_parse_workloads(struct arena *arena, const char *data, size_t length, struct kube_workloads *workloads,
			 const char **ret_more, struct error *err);

struct kube_config_maps {
	struct config_map *items;
	size_t count;
	size_t seen; /* of all sorts: a namespace has one that Kubernetes makes, kube-root-ca.crt */
};
/* Files have their own names yet, without a folder; `mounted` is not set. */
int kube_parse_config_maps(struct arena *arena, const char *data, size_t length, struct kube_config_maps *maps,
			   const char **ret_more, struct error *err);
/* NAME of "NAME-config" and "NAME-config-3"; NULL when it is no such name. */
const char *kube_config_owner(struct arena *arena, const char *config_map);

struct kube_claims {
	struct volume_claim *items;
	size_t count;
};
int kube_parse_claims(struct arena *arena, const char *data, size_t length, struct kube_claims *claims,
		      const char **ret_more, struct error *err);

/* "v1.34.4" of GET /version; NULL when it is none. */
const char *kube_parse_version(struct arena *arena, const char *data, size_t length);

#endif
