/* What a failed change did to workloads and claims, backwards: a workload is made again of the options that it had. */
#include "plan/undo_objects.h"

#include "base/json.h"
#include "codec/buildkitd.h"
#include "codec/manifest.h"
#include "plan/pods.h"

#include <string.h>

/* One object, then and now. */
struct sight {
	bool known;
	const struct cluster *cluster; /* now */
	const struct workload *before, *now;
	const struct volume_claim *claim_before, *claim_now;
};

static const struct workload *find(const struct cluster *cluster, const struct touched_object *object)
{
	for (enum workload_kind kind = 0; kind < WORKLOAD_KIND_COUNT; kind++)
		if (text_equal(object->resource, workload_resource(kind)))
			return cluster_workload(cluster, kind, object->name);
	return NULL;
}

/* What may not be looked at is neither there nor gone. */
static bool is_unknown(const struct cluster *cluster, const struct touched_object *object)
{
	for (enum workload_kind kind = 0; kind < WORKLOAD_KIND_COUNT; kind++)
		if (text_equal(object->resource, workload_resource(kind)))
			return cluster->workloads_unknown[kind];
	return text_equal(object->resource, "persistentvolumeclaims") && cluster->claims_unknown;
}

static struct sight look_at(const struct undo_request *request, const struct touched_object *object)
{
	const struct cluster *before = live_cluster(request->before, object->cluster);
	const struct cluster *now = live_cluster(request->now, object->cluster);

	if (!before || !now || !before->reachable || !now->reachable || is_unknown(before, object) ||
	    is_unknown(now, object))
		return (struct sight){0};
	return (struct sight){
		.known = true,
		.cluster = now,
		.before = find(before, object),
		.now = find(now, object),
		.claim_before = cluster_claim(before, object->name),
		.claim_now = cluster_claim(now, object->name),
	};
}

static struct object_undo undo_of(struct arena *arena, enum step_kind kind, const struct workload *workload,
				  cJSON *requests)
{
	return (struct object_undo){
		.kind = kind,
		.name = arena_printf(arena, "%s %s", workload_kind_name(workload->kind), workload->name),
		.requests = requests,
	};
}

/* As a node would have to be to become this workload. */
static struct node node_of_workload(struct arena *arena, const struct workload *workload)
{
	struct node node = {.name = workload->name,
			    .driver_opts = workload->options,
			    .flags = workload->flags,
			    .platforms = workload->platforms};

	for (size_t i = 0; i < workload->config_count; i++)
		for (size_t k = 0; k < workload->configs[i].files.count; k++)
			*ARENA_PUSH(arena, node.files.items, node.files.count) = workload->configs[i].files.items[k];
	config_files_sort(&node.files);
	return node;
}

/* The claims that came with a StatefulSet which was not there; where those of before were not told, none did. */
static void claims_made(const struct undo_request *request, struct arena *arena, const struct touched_object *object,
			cJSON *requests)
{
	const struct cluster *before = live_cluster(request->before, object->cluster);
	const struct cluster *now = live_cluster(request->now, object->cluster);

	for (size_t i = 0; !before->claims_unknown && i < now->claim_count; i++) {
		CLEANUP_JSON cJSON *removal = NULL;

		if (!claim_is_of(arena, &now->claims[i], object->name) || cluster_claim(before, now->claims[i].name))
			continue;
		removal = manifest_remove_claim(&now->claims[i]);
		cJSON_AddItemToArray(requests, cJSON_DetachItemFromArray(removal, 0));
	}
}

/* It was made before the workload that was to mount it, and which then was refused. */
static struct object_undo undo_config(const struct undo_request *request, struct arena *arena,
				      const struct touched_object *object)
{
	const struct touched_object workload = {.cluster = object->cluster, .name = object->of};
	const struct sight sight = look_at(request, &workload);

	for (enum workload_kind kind = 0; sight.known && kind < WORKLOAD_KIND_COUNT; kind++)
		if (cluster_workload(live_cluster(request->before, object->cluster), kind, object->of) ||
		    cluster_workload(sight.cluster, kind, object->of))
			return (struct object_undo){0};
	if (!sight.known)
		return (struct object_undo){0};
	cJSON *requests = cJSON_CreateArray();
	manifest_add_config_removal(requests, object->name, NULL);
	return (struct object_undo){
		.kind = STEP_REMOVE_OBJECTS,
		.name = arena_printf(arena, "ConfigMap %s", object->name),
		.requests = requests,
	};
}

struct object_undo undo_object_way(const struct undo_request *request, struct arena *arena,
				   const struct touched_object *object)
{
	struct sight sight = look_at(request, object);

	if (object->of)
		return undo_config(request, arena, object);
	if (!sight.known || sight.before || !sight.now)
		return (struct object_undo){0};
	cJSON *requests = manifest_remove(sight.now);
	claims_made(request, arena, object, requests);
	return undo_of(arena, STEP_REMOVE_OBJECTS, sight.now, requests);
}

static bool files_equal(const struct config_files *a, const struct config_files *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct config_file *other = config_files_get(b, a->items[i].name);

		if (!other || !config_file_same(&a->items[i], other))
			return false;
	}
	return true;
}

static bool options_equal(const struct pairs *a, const struct pairs *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!text_equal(pairs_get(b, a->items[i].key), a->items[i].value))
			return false;
	return true;
}

/* The first thing that differs, by name: values may be secret. NULL: nothing does. */
static const char *difference(struct arena *arena, const struct workload *before, const struct workload *now)
{
	struct node a = node_of_workload(arena, before), b = node_of_workload(arena, now);

	if (!options_equal(&a.driver_opts, &b.driver_opts))
		for (size_t i = 0; i < a.driver_opts.count + b.driver_opts.count; i++) {
			const char *key = i < a.driver_opts.count ? a.driver_opts.items[i].key
								  : b.driver_opts.items[i - a.driver_opts.count].key;

			if (!text_equal(pairs_get(&a.driver_opts, key), pairs_get(&b.driver_opts, key)))
				return key;
		}
	if (!strings_equal(&a.flags, &b.flags))
		return "buildkitd-flags";
	if (!strings_equal(&a.platforms, &b.platforms))
		return "platforms";
	return files_equal(&a.files, &b.files) ? NULL : "its configuration files";
}

static struct object_undo claim_back(const struct sight *sight)
{
	if (!sight->claim_before || !sight->claim_now ||
	    text_equal(sight->claim_before->mark.expires, sight->claim_now->mark.expires))
		return (struct object_undo){0};
	return (struct object_undo){
		.kind = STEP_CHANGE_OBJECTS,
		.name = sight->claim_now->name,
		.requests = manifest_mark_claim(sight->claim_now, &sight->claim_before->mark),
	};
}

struct object_undo undo_object_back(const struct undo_request *request, struct arena *arena,
				    const struct touched_object *object)
{
	struct sight sight = look_at(request, object);

	if (!sight.known || !sight.before)
		return sight.known ? claim_back(&sight) : (struct object_undo){0};
	struct node node = node_of_workload(arena, sight.before);
	struct manifest manifest = {.node = &node, .mark = sight.before->mark};
	if (!sight.now)
		return undo_of(arena, STEP_CHANGE_OBJECTS, sight.before, manifest_create(arena, &manifest));
	if (!difference(arena, sight.before, sight.now))
		return (struct object_undo){0};
	return undo_of(arena, STEP_CHANGE_OBJECTS, sight.before, manifest_change(arena, &manifest, sight.now));
}

static const char *compare_claim(struct arena *arena, const struct sight *sight, const struct touched_object *object)
{
	if (sight->claim_before && !sight->claim_now)
		return arena_printf(arena, "claim %s is gone, and its cache with it", object->name);
	if (sight->claim_before && sight->claim_now && !text_equal(sight->claim_before->uid, sight->claim_now->uid))
		return arena_printf(arena, "claim %s is another one: the cache that was in it is gone", object->name);
	if (!sight->claim_now || !sight->claim_before ||
	    text_equal(sight->claim_before->mark.expires, sight->claim_now->mark.expires))
		return NULL;
	return sight->claim_now->mark.expires
		       ? arena_printf(arena, "claim %s is kept until %s, and no longer", object->name,
				      sight->claim_now->mark.expires)
		       : arena_printf(arena, "claim %s is not marked to go any more", object->name);
}

static bool has_stray(const struct cluster *cluster, const char *name)
{
	for (size_t i = 0; i < cluster->stray_config_count; i++)
		if (text_equal(cluster->stray_configs[i].name, name))
			return true;
	return false;
}

const char *undo_object_compare(const struct undo_request *request, struct arena *arena,
				const struct touched_object *object)
{
	struct sight sight = look_at(request, object);
	const char *what = arena_printf(arena, "%s %s", object->resource, object->name);

	if (!sight.known)
		return arena_printf(arena, "%s: its cluster %s could not be asked", what, object->cluster);
	if (object->of) /* what a workload mounts is compared with that */
		return has_stray(sight.cluster, object->name) &&
				       !has_stray(live_cluster(request->before, object->cluster), object->name)
			       ? arena_printf(arena, "%s is there, and was not", what)
			       : NULL;
	if (text_equal(object->resource, "persistentvolumeclaims"))
		return compare_claim(arena, &sight, object);
	if (!sight.before || !sight.now)
		return !sight.before == !sight.now ? NULL
		       : sight.now		   ? arena_printf(arena, "%s is there, and was not", what)
				   : arena_printf(arena, "%s is gone, and could not be made again", what);
	const char *differs = difference(arena, sight.before, sight.now);
	return differs ? arena_printf(arena, "%s: %s is not as before", what, differs) : NULL;
}
