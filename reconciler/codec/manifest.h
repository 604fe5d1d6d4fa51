/* A node of driver kubernetes as requests to an API server: what makes it, what makes the one that is there so, what
 * marks it as ours, what removes it. Pure.
 *
 * The objects are those of docker/buildx driver/kubernetes/manifest/manifest.go (0.36), but for what that gets wrong: a
 * configuration is mounted beside a claim, and requests.ephemeral-storage is a request. What is there is changed by
 * strategic merge patches that name nothing but options of the driver, so that probes, sidecars and whatever else
 * BuildX's versions or others put there stay as they are.
 *
 * Requests are JSON, so that a step of a plan can carry them (model/plan.h, STEP_CHANGE_OBJECTS):
 *     [{"method": "POST"|"PATCH"|"DELETE", "resource": "deployments", "name": "ci0", "uid": "…", "body": {…}}, …]
 * in the order in which they are to be sent; uid, of what is there already, is what it must still be: without one, what
 * is found there must not be somebody else's. The caller frees with cJSON_Delete(). */
#ifndef RECONCILE_CODEC_MANIFEST_H
#define RECONCILE_CODEC_MANIFEST_H

#include "model/cluster.h"

#include <cjson/cJSON.h>

/* In a mark that is part of a plan, which knows no time and not its own id: what is "" is filled in when it is carried
 * out, and an expiry of "+3600" is so many seconds from then. */
struct manifest {
	const struct node *node; /* complete: name, options, flags, platforms, files as BuildX would store them */
	enum tri keep_state;	 /* TRI_NO: the claims go with the workload */
	struct cluster_mark mark;
};

/* Annotation of a pod template: the digest of the files that it was begun with, for BuildKit reads them only then. */
#define MANIFEST_FILES "reconcile.files"

cJSON *manifest_create(struct arena *arena, const struct manifest *manifest);
cJSON *manifest_change(struct arena *arena, const struct manifest *manifest, const struct workload *have);
/* Whether pods of it end for these requests: the template changes, or there are to be fewer. */
bool manifest_ends_pods(const cJSON *requests, const struct workload *have);
/* Annotations alone: nothing is begun anew for them. */
cJSON *manifest_mark(const struct workload *have, const struct cluster_mark *mark);
/* The same of what BuildX is about to make of the node. */
cJSON *manifest_mark_made(struct arena *arena, const struct manifest *manifest);
/* Asks for more storage; a claim never gets smaller. */
cJSON *manifest_grow_claim(const struct volume_claim *claim, const char *size);
cJSON *manifest_mark_claim(const struct volume_claim *claim, const struct cluster_mark *mark);
/* The workload and its ConfigMaps; never claims. */
cJSON *manifest_remove(const struct workload *have);
cJSON *manifest_remove_claim(const struct volume_claim *claim);
/* One request more: the ConfigMap goes. uid NULL: it was not seen. */
void manifest_add_config_removal(cJSON *requests, const char *config_map, const char *uid);

/* "deployments", as in URLs of the API. */
const char *workload_resource(enum workload_kind kind);

#endif
