/* What every object of a cluster has: a name, who keeps it, whose mark it bears; and the lists that they come in. Pure.
 *
 * Answers may be hostile: they are bounded (base/limits.h), what is no name of Kubernetes' is no object, and sentences
 * are made safe to print as they are read.
 *
 * Source: kubernetes/apimachinery pkg/apis/meta/v1/types.go. */
#ifndef RECONCILE_LIVE_KUBE_OBJECT_H
#define RECONCILE_LIVE_KUBE_OBJECT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"
#include "model/cluster.h"

#define KUBE_CONTAINER "buildkitd" /* as BuildX names it */

/* Calls each() with every object of an answer, be that a list, one object or a line of a watch; those without a name
 * that may be one are passed over. *ret_more: what the next page is asked for with, NULL where this is the last. -1:
 * ERROR_CORRUPT. */
int kube_each(struct arena *arena, const char *data, size_t length, void (*each)(void *context, const cJSON *object),
	      void *context, const char **ret_more, struct error *err);

/* What a line of a watch is about (WatchEvent). KUBE_NO_CHANGE: none that can be told; the watch is to begin anew. */
enum kube_change { KUBE_NO_CHANGE, KUBE_CHANGED, KUBE_REMOVED };
enum kube_change kube_change_of(const char *line, size_t length);

/* RFC 1123's, as Kubernetes names objects: lower case letters, digits, "-" and ".", at most 253. */
bool kube_name_valid(const char *name);
const char *kube_name(const cJSON *object); /* metadata.name; NULL when it is none */

const cJSON *kube_label(const cJSON *object, const char *key); /* a text, or NULL */
const char *kube_annotation(const cJSON *object, const char *key);
/* A text of metadata ("uid", "resourceVersion", "creationTimestamp"); NULL when missing or longer than any is. */
const char *kube_meta(struct arena *arena, const cJSON *object, const char *key);
/* The element of a list that has this `name`. */
const cJSON *kube_named(const cJSON *list, const char *name);
/* A sentence of the cluster, on one line, bounded and safe to print; NULL when there is none. */
const char *kube_words(struct arena *arena, const char *text);

void kube_read_mark(struct arena *arena, const cJSON *object, struct cluster_mark *ret_mark);
/* Who keeps it besides BuildX: "Helm release ci", "Argo CD application ci", "Builder ci"; NULL: nobody that it tells.
 */
const char *kube_managed_by(struct arena *arena, const cJSON *object);
/* Who sets its number of pods, as far as it tells without a further request; NULL: nobody but people. */
const char *kube_scaled_by(struct arena *arena, const cJSON *object);

#endif
