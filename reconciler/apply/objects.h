/* Sends the requests of a step to a cluster (codec/manifest.h). Safe to send again: what is there already by this
 * plan's mark is there, what is gone is gone. */
#ifndef RECONCILE_APPLY_OBJECTS_H
#define RECONCILE_APPLY_OBJECTS_H

#include "apply/clusters.h"
#include "live/kube/pod.h"

#include <cjson/cJSON.h>

/* One target: a cluster, and its client. */
struct objects {
	struct execution *run;
	const struct cluster *cluster;
	struct kube_client *client;
	struct arena *arena; /* the change's */
};

/* The step's requests; -1: CORRUPT. */
int objects_open(struct execution *run, const struct step *step, struct objects *ret_objects, cJSON **ret_requests,
		 struct error *err);
/* The path of an object, or of all of that resource where name is NULL. */
const char *objects_path(const struct objects *objects, const char *resource, const char *name);
/* STALE: it is another object than was planned for, or somebody made one meanwhile. */
int objects_send(const struct objects *objects, cJSON *request, struct error *err);
/* The pods that have the workload's label. */
int objects_pods(const struct objects *objects, struct arena *arena, const char *workload, struct kube_pods *ret_pods,
		 struct error *err);
/* Waits until every pod of the workload is as its template says, and ready. */
int objects_await(const struct objects *objects, enum workload_kind kind, const char *name, struct error *err);
/* Sets err to why the workload is not up yet, in the cluster's words; false: it does not say. */
bool objects_explain(const struct objects *objects, enum workload_kind kind, const char *name, struct error *err);
/* Waits until the object is gone. */
int objects_await_gone(const struct objects *objects, const char *resource, const char *name, struct error *err);

#endif
