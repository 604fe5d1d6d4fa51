/* Joins the lists of a cluster. */
#include "live/kube/gather.h"

bool kube_is_wanted(const struct kube_workload *row, const struct strings *names)
{
	return row->looks || strings_contain(names, row->workload.name);
}

const struct config_map *kube_config_map(const struct kube_config_maps *maps, const char *name)
{
	for (size_t i = 0; i < maps->count; i++)
		if (text_equal(maps->items[i].name, name))
			return &maps->items[i];
	return NULL;
}

/* Its files have the folder that the template mounts it at; without that, one that is BuildX's has its own names. */
static struct config_map placed(struct arena *arena, const struct config_map *map, const char *folder)
{
	struct config_map copy = *map;

	copy.mounted = folder;
	if (text_empty(folder))
		return copy;
	copy.files.items = ARENA_ARRAY(arena, struct config_file, map->files.count);
	for (size_t i = 0; i < map->files.count; i++) {
		copy.files.items[i] = map->files.items[i];
		copy.files.items[i].name = arena_printf(arena, "%s/%s", folder, map->files.items[i].name);
	}
	return copy;
}

static void attach_configs(struct arena *arena, const struct kube_found *found, const struct kube_workload *row,
			   const struct cluster *cluster, struct workload *workload)
{
	workload->files_known = true;
	for (size_t i = 0; i < row->configs.count; i++) {
		const struct kube_mount *config = &row->configs.items[i];
		const struct config_map *map = kube_config_map(&found->configs, config->name);
		if (map)
			*ARENA_PUSH(arena, workload->configs, workload->config_count) =
				placed(arena, map, config->folder);
		else if (cluster->configs_unknown && !strings_contain(&found->absent_configs, config->name))
			workload->files_known = false;
	}
	if (!workload->files_known)
		workload->files_unknown = cluster->configs_unknown;
}

static void attach_pods(struct arena *arena, const struct kube_found *found, struct workload *workload)
{
	for (size_t i = 0; i < found->pods.count; i++)
		if (kube_pod_is_of(&found->pods.items[i], workload))
			*ARENA_PUSH(arena, workload->pods, workload->pod_count) = found->pods.items[i].pod;
}

static void gather_workloads(struct arena *arena, const struct kube_found *found, const struct strings *names,
			     struct cluster *cluster)
{
	for (size_t kind = 0; kind < WORKLOAD_KIND_COUNT; kind++)
		for (size_t i = 0; i < found->workloads[kind].count; i++) {
			const struct kube_workload *row = &found->workloads[kind].items[i];
			if (!kube_is_wanted(row, names))
				continue;
			struct workload *workload = ARENA_PUSH(arena, cluster->workloads, cluster->workload_count);
			*workload = row->workload;
			attach_configs(arena, found, row, cluster, workload);
			attach_pods(arena, found, workload);
		}
}

static bool is_used(const struct kube_pods *pods, const char *claim)
{
	for (size_t i = 0; i < pods->count; i++)
		if (strings_contain(&pods->items[i].claims, claim))
			return true;
	return false;
}

static void gather_claims(const struct kube_found *found, struct cluster *cluster)
{
	cluster->claims = found->claims.items;
	cluster->claim_count = found->claims.count;
	for (size_t i = 0; i < cluster->claim_count; i++)
		cluster->claims[i].used = is_used(&found->pods, cluster->claims[i].name);
}

static bool has_owner(const struct cluster *cluster, const struct strings *names, const char *owner)
{
	for (size_t i = 0; i < cluster->workload_count; i++)
		if (text_equal(cluster->workloads[i].name, owner))
			return true;
	return strings_contain(names, owner);
}

/* Of no workload that is there or shall be: with our mark, or with a buildkitd.toml and the name that BuildX gives it.
 * Where some workloads are unknown, nobody can say whose one is. */
static void gather_strays(struct arena *arena, const struct kube_found *found, const struct strings *names,
			  struct cluster *cluster)
{
	if (cluster->workloads_unknown[WORKLOAD_DEPLOYMENT] || cluster->workloads_unknown[WORKLOAD_STATEFUL_SET])
		return;
	for (size_t i = 0; i < found->configs.count; i++) {
		const struct config_map *map = &found->configs.items[i];
		const char *owner = kube_config_owner(arena, map->name);
		const struct config_map *first =
			kube_config_map(&found->configs, arena_printf(arena, "%s-config", owner));
		bool looks = first && config_files_get(&first->files, "buildkitd.toml");
		if ((looks || cluster_marked(&map->mark)) && !has_owner(cluster, names, owner))
			*ARENA_PUSH(arena, cluster->stray_configs, cluster->stray_config_count) = *map;
	}
}

void kube_gather(struct arena *arena, const struct kube_found *found, const struct strings *names,
		 struct cluster *cluster)
{
	gather_workloads(arena, found, names, cluster);
	gather_claims(found, cluster);
	gather_strays(arena, found, names, cluster);
	cluster_sort(cluster);
}
