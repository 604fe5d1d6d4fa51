/* Reads what all objects have. */
#include "live/kube/object.h"

#include "base/count.h"
#include "base/limits.h"

#include <string.h>

enum { NAME_MAX_LENGTH = 253, META_MAX_LENGTH = 256 };

bool kube_name_valid(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
	size_t length = name ? strlen(name) : 0;

	return length > 0 && length <= NAME_MAX_LENGTH && strspn(name, letters) == length;
}

static const cJSON *metadata(const cJSON *object)
{
	return json_get(object, "metadata");
}

const char *kube_name(const cJSON *object)
{
	const char *name = json_string(metadata(object), "name");

	return kube_name_valid(name) ? name : NULL;
}

static int each_of(const cJSON *items, void (*each)(void *context, const cJSON *object), void *context,
		   struct error *err)
{
	const cJSON *item;
	size_t rows = 0;

	cJSON_ArrayForEach(item, items) {
		if (++rows > LIMIT_KUBE_ROWS)
			return error_set(err, ERROR_CORRUPT, "the cluster's answer has more than %d rows",
					 LIMIT_KUBE_ROWS);
		if (kube_name(item))
			each(context, item);
	}
	return 0;
}

int kube_each(struct arena *arena, const char *data, size_t length, void (*each)(void *context, const cJSON *object),
	      void *context, const char **ret_more, struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;

	if (json_parse(data, length, &json, err) < 0)
		return error_wrap(err, "the cluster's answer");
	const cJSON *items = json_get(json, "items"), *one = json_get(json, "type") ? json_get(json, "object") : json;
	const char *more = json_string(metadata(json), "continue"), *kind = json_string(one, "kind");
	if (items) {
		/* An empty list is null in Go. */
		if (!cJSON_IsArray(items) && !cJSON_IsNull(items))
			return error_set(err, ERROR_CORRUPT, "the cluster's answer is not a list");
		if (each_of(items, each, context, err) < 0)
			return -1;
	} else if (kube_name(one) && !text_equal(kind, "Status")) {
		each(context, one);
	} else {
		return error_set(err, ERROR_CORRUPT, "the cluster's answer is neither a list nor an object");
	}
	if (more && strlen(more) > LIMIT_KUBE_TEXT)
		return error_set(err, ERROR_CORRUPT, "the cluster's answer holds a text of more than %d KiB",
				 LIMIT_KUBE_TEXT / LIMIT_KIB);
	*ret_more = text_empty(more) ? NULL : arena_strdup(arena, more);
	return 0;
}

enum kube_change kube_change_of(const char *line, size_t length)
{
	CLEANUP_JSON cJSON *json = NULL;

	if (json_parse(line, length, &json, NULL) < 0)
		return KUBE_NO_CHANGE;
	const char *type = json_string(json, "type");
	if (text_equal(type, "DELETED"))
		return KUBE_REMOVED;
	return text_equal(type, "ADDED") || text_equal(type, "MODIFIED") ? KUBE_CHANGED : KUBE_NO_CHANGE;
}

const cJSON *kube_label(const cJSON *object, const char *key)
{
	const cJSON *label = json_get(json_get(metadata(object), "labels"), key);

	return cJSON_IsString(label) ? label : NULL;
}

const char *kube_annotation(const cJSON *object, const char *key)
{
	return json_string(json_get(metadata(object), "annotations"), key);
}

const char *kube_meta(struct arena *arena, const cJSON *object, const char *key)
{
	const char *text = json_string(metadata(object), key);

	return text_empty(text) || strlen(text) > META_MAX_LENGTH ? NULL : text_printable(arena, text, false);
}

const cJSON *kube_named(const cJSON *list, const char *name)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
		if (text_equal(json_string(item, "name"), name))
			return item;
	return NULL;
}

const char *kube_words(struct arena *arena, const char *text)
{
	if (text_empty(text))
		return NULL;
	/* Before it is escaped, which makes four bytes of one. */
	const char *bounded = arena_strndup(arena, text, strnlen(text, LIMIT_KUBE_TEXT));

	return text_shortened(arena, text_printable(arena, bounded, false), LIMIT_KUBE_WORDS);
}

static const char *mark_text(struct arena *arena, const cJSON *object, const char *key)
{
	const char *text = kube_annotation(object, key);

	return text_empty(text) || strlen(text) > META_MAX_LENGTH ? NULL : text_printable(arena, text, false);
}

void kube_read_mark(struct arena *arena, const cJSON *object, struct cluster_mark *ret_mark)
{
	*ret_mark = (struct cluster_mark){
		.store = mark_text(arena, object, CLUSTER_MARK_STORE),
		.host = mark_text(arena, object, CLUSTER_MARK_HOST),
		.plan = mark_text(arena, object, CLUSTER_MARK_PLAN),
		.expires = mark_text(arena, object, CLUSTER_MARK_EXPIRES),
	};
}

/* What the tools that keep objects write on them. Sources: helm/helm pkg/action/validate.go; argo-cd docs, "Resource
 * Tracking"; fluxcd/pkg ssa, fluxcd/helm-controller; kubernetes/kubectl pkg/util/apply.go. */
static const struct keeper {
	bool is_label;
	const char *key, *what;
	const char *end; /* of the value that names it: its first such byte; NULL: the value tells nothing */
} keepers[] = {
	{false, "meta.helm.sh/release-name", "Helm release", ""},
	{false, "argocd.argoproj.io/tracking-id", "Argo CD application", ":"},
	{true, "argocd.argoproj.io/instance", "Argo CD application", ""},
	{true, "helm.toolkit.fluxcd.io/name", "Flux HelmRelease", ""},
	{true, "kustomize.toolkit.fluxcd.io/name", "Flux Kustomization", ""},
	{true, "app.kubernetes.io/managed-by", NULL, ""},
	{false, "kubectl.kubernetes.io/last-applied-configuration", "a manifest that kubectl applied", NULL},
};

static const char *kept_by(struct arena *arena, const cJSON *object, const struct keeper *keeper)
{
	const char *value = keeper->is_label ? cJSON_GetStringValue(kube_label(object, keeper->key))
					     : kube_annotation(object, keeper->key);

	if (text_empty(value))
		return NULL;
	if (!keeper->end)
		return keeper->what;
	const char *name = kube_words(arena, arena_strndup(arena, value, strcspn(value, keeper->end)));
	return keeper->what && name ? arena_printf(arena, "%s %s", keeper->what, name) : name;
}

const char *kube_managed_by(struct arena *arena, const cJSON *object)
{
	const cJSON *owner = cJSON_GetArrayItem(json_get(metadata(object), "ownerReferences"), 0);
	const char *kind = json_string(owner, "kind"), *name = json_string(owner, "name"), *keeper = NULL;

	if (kind && name)
		return kube_words(arena, arena_printf(arena, "%.64s %.253s", kind, name));
	for (size_t i = 0; i < COUNT(keepers) && !keeper; i++)
		keeper = kept_by(arena, object, &keepers[i]);
	return keeper;
}

/* An autoscaler writes through the object's `scale`, and the API server notes who was the last to set the number
 * (kubernetes/kubernetes pkg/controller/podautoscaler/horizontal.go runs in the controller manager). People's tools do
 * the same: those are not told from a person. */
const char *kube_scaled_by(struct arena *arena, const cJSON *object)
{
	const cJSON *entry;

	cJSON_ArrayForEach(entry, json_get(metadata(object), "managedFields")) {
		const char *manager = json_string(entry, "manager");
		if (!manager || !text_equal(json_string(entry, "subresource"), "scale") ||
		    !json_get(json_get(json_get(entry, "fieldsV1"), "f:spec"), "f:replicas"))
			continue;
		if (strcmp(manager, "kube-controller-manager") == 0)
			return "HorizontalPodAutoscaler";
		if (strstr(manager, "scaler") || strstr(manager, "keda"))
			return kube_words(arena, manager);
	}
	return NULL;
}
