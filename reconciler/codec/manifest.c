/* Requests that make, change, mark and remove what a node of driver kubernetes is in a cluster. */
#include "codec/manifest.h"

#include "base/json.h"
#include "base/text.h"
#include "codec/manifest_parts.h"

const char *workload_resource(enum workload_kind kind)
{
	static const char *const names[WORKLOAD_KIND_COUNT] = {"deployments", "statefulsets"};

	return names[kind];
}

/* A request of its body, which it gives back to be filled. */
static cJSON *request_add(cJSON *requests, const char *method, const char *resource, const char *name, const char *uid)
{
	cJSON *request = json_append_object(requests);

	json_add_string(request, "method", method);
	json_add_string(request, "resource", resource);
	json_add_string(request, "name", name);
	if (uid)
		json_add_string(request, "uid", uid);
	return json_add_object(request, "body");
}

static void begin(cJSON *body, const char *version, const char *kind, const char *name)
{
	json_add_string(body, "apiVersion", version);
	json_add_string(body, "kind", kind);
	json_add_string(json_add_object(body, "metadata"), "name", name);
}

static void put_mark(cJSON *body, const struct cluster_mark *mark)
{
	cJSON *annotations = json_reach(body, "metadata.annotations");

	json_put_string(annotations, CLUSTER_MARK_STORE, mark->store);
	json_put_string(annotations, CLUSTER_MARK_HOST, mark->host);
	json_put_string(annotations, CLUSTER_MARK_PLAN, mark->plan);
	json_put_string(annotations, CLUSTER_MARK_EXPIRES, mark->expires); /* none takes one away that was there */
}

static void put_made_mark(cJSON *body, const struct cluster_mark *mark)
{
	if (cluster_marked(mark))
		put_mark(body, mark);
}

static void config_maps_create(struct parts *parts, cJSON *requests, const struct cluster_mark *mark)
{
	for (size_t i = 0; i < parts->folder_count; i++) {
		const struct folder *folder = &parts->folders[i];
		cJSON *body = request_add(requests, "POST", "configmaps", folder->config_map, NULL);

		begin(body, "v1", "ConfigMap", folder->config_map);
		parts_put_files(parts, folder, body);
		parts_put_annotations(parts, json_reach(body, "metadata"));
		put_made_mark(body, mark);
	}
}

cJSON *manifest_create(struct arena *arena, const struct manifest *manifest)
{
	const struct node *node = manifest->node;
	enum workload_kind kind = workload_kind_of(&node->driver_opts);
	const char *name = workload_name(arena, node->name);
	cJSON *requests = cJSON_CreateArray();
	struct parts parts;

	parts_begin(&parts, arena, node, NULL);
	config_maps_create(&parts, requests, &manifest->mark);
	cJSON *body = request_add(requests, "POST", workload_resource(kind), name, NULL);
	begin(body, "apps/v1", workload_kind_name(kind), name);
	parts_put_new(&parts, body, manifest->keep_state);
	put_made_mark(body, &manifest->mark);
	return requests;
}

/* The ConfigMaps come first: a pod that begins anew reads them. One that is not needed any more goes when nothing
 * mounts it. */
static void config_maps_change(struct parts *parts, cJSON *requests, const struct manifest *manifest)
{
	for (size_t i = 0; i < parts->folder_count; i++) {
		const struct folder *folder = &parts->folders[i];
		bool there = folder->have;

		if (!folder->wanted)
			continue;
		cJSON *body =
			request_add(requests, there ? "PATCH" : "POST", "configmaps", folder->config_map, folder->uid);
		if (!there)
			begin(body, "v1", "ConfigMap", folder->config_map);
		parts_put_files(parts, folder, body);
		parts_put_annotations(parts, json_reach(body, "metadata"));
		put_made_mark(body, &manifest->mark);
	}
}

void manifest_add_config_removal(cJSON *requests, const char *config_map, const char *uid)
{
	request_add(requests, "DELETE", "configmaps", config_map, uid);
}

static void config_maps_drop(const struct parts *parts, cJSON *requests)
{
	for (size_t i = 0; i < parts->folder_count; i++)
		if (!parts->folders[i].wanted)
			manifest_add_config_removal(requests, parts->folders[i].config_map, parts->folders[i].uid);
}

cJSON *manifest_change(struct arena *arena, const struct manifest *manifest, const struct workload *have)
{
	cJSON *requests = cJSON_CreateArray();
	struct parts parts;

	parts_begin(&parts, arena, manifest->node, have);
	config_maps_change(&parts, requests, manifest);
	cJSON *body = request_add(requests, "PATCH", workload_resource(have->kind), have->name, have->uid);
	parts_put_change(&parts, body, manifest->keep_state);
	put_made_mark(body, &manifest->mark);
	config_maps_drop(&parts, requests);
	return requests;
}

cJSON *manifest_mark(const struct workload *have, const struct cluster_mark *mark)
{
	cJSON *requests = cJSON_CreateArray();

	put_mark(request_add(requests, "PATCH", workload_resource(have->kind), have->name, have->uid), mark);
	for (size_t i = 0; i < have->config_count; i++)
		put_mark(request_add(requests, "PATCH", "configmaps", have->configs[i].name, have->configs[i].uid),
			 mark);
	return requests;
}

/* A StatefulSet ends its last pods, a Deployment those that it likes. */
static bool has_fewer_pods(const cJSON *spec, const struct workload *have)
{
	const cJSON *replicas = json_get(spec, "replicas");

	return cJSON_IsNumber(replicas) && replicas->valuedouble < (double)have->replicas;
}

bool manifest_ends_pods(const cJSON *requests, const struct workload *have)
{
	const cJSON *request;

	cJSON_ArrayForEach(request, requests) {
		const cJSON *spec = json_get(json_get(request, "body"), "spec");

		if (json_get(spec, "template") || has_fewer_pods(spec, have))
			return true;
	}
	return false;
}

cJSON *manifest_mark_made(struct arena *arena, const struct manifest *manifest)
{
	cJSON *requests = cJSON_CreateArray();
	CLEANUP_JSON cJSON *made = manifest_create(arena, manifest);
	const cJSON *request;

	cJSON_ArrayForEach(request, made)
		put_mark(request_add(requests, "PATCH", json_string(request, "resource"), json_string(request, "name"),
				     NULL),
			 &manifest->mark);
	return requests;
}

cJSON *manifest_grow_claim(const struct volume_claim *claim, const char *size)
{
	cJSON *requests = cJSON_CreateArray();
	cJSON *body = request_add(requests, "PATCH", "persistentvolumeclaims", claim->name, claim->uid);

	json_add_string(json_reach(body, "spec.resources.requests"), "storage", size);
	return requests;
}

cJSON *manifest_mark_claim(const struct volume_claim *claim, const struct cluster_mark *mark)
{
	cJSON *requests = cJSON_CreateArray();

	put_mark(request_add(requests, "PATCH", "persistentvolumeclaims", claim->name, claim->uid), mark);
	return requests;
}

cJSON *manifest_remove(const struct workload *have)
{
	cJSON *requests = cJSON_CreateArray();

	request_add(requests, "DELETE", workload_resource(have->kind), have->name, have->uid);
	for (size_t i = 0; i < have->config_count; i++)
		manifest_add_config_removal(requests, have->configs[i].name, have->configs[i].uid);
	return requests;
}

cJSON *manifest_remove_claim(const struct volume_claim *claim)
{
	cJSON *requests = cJSON_CreateArray();

	request_add(requests, "DELETE", "persistentvolumeclaims", claim->name, claim->uid);
	return requests;
}
