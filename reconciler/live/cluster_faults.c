/* Finds what is wrong with clusters themselves, and what in them belongs to no builder of this store. */
#include "live/pods.h"

#include "base/identity.h"
#include "base/shell.h"
#include "live/store/locate.h"
#include "model/driver.h"

#include <stdlib.h>
#include <string.h>

/* A node's claim on what has its name in a cluster. */
struct stake {
	const struct cluster *cluster;
	const char *name;
	const struct live_builder *builder;
	const struct live_node *node;
};

struct search {
	struct live *live;
	struct arena *arena;
	struct stake *stakes; /* sorted */
	size_t count;
	char store_id[13];
	const char *host; /* of this machine */
};

/* By the server itself: several files and contexts may lead to it. */
static int by_place(const struct cluster *x, const struct cluster *y)
{
	int order = strcmp(x->server ? x->server : x->key, y->server ? y->server : y->key);

	return order != 0 ? order : strcmp(x->namespace ? x->namespace : "", y->namespace ? y->namespace : "");
}

static int by_stake(const void *a, const void *b)
{
	const struct stake *x = a, *y = b;
	int order = by_place(x->cluster, y->cluster);

	return order != 0 ? order : strcmp(x->name, y->name);
}

static void collect(struct search *search)
{
	struct live *live = search->live;

	for (size_t i = 0; i < live->builder_count; i++) {
		const struct live_builder *builder = &live->builders[i];
		for (size_t j = 0; driver_home(builder->driver) == HOME_POD && j < builder->node_count; j++) {
			const struct live_node *node = &builder->nodes[j];
			if (node->cluster)
				*ARENA_PUSH(search->arena, search->stakes, search->count) = (struct stake){
					node->cluster, workload_name(search->arena, node->spec.name), builder, node};
		}
	}
	if (search->count > 1)
		qsort(search->stakes, search->count, sizeof(*search->stakes), by_stake);
}

static bool is_claimed(const struct search *search, const struct cluster *cluster, const char *name)
{
	struct stake wanted = {.cluster = cluster, .name = name};

	return search->count > 0 && bsearch(&wanted, search->stakes, search->count, sizeof(wanted), by_stake);
}

/* Whether a builder whose file could not be read may be the one that it belongs to. */
static bool may_be_damaged_ones(const struct live *live, const char *name)
{
	for (size_t i = 0; i < live->builder_count; i++)
		if (live->builders[i].damaged && text_starts(name, live->builders[i].name))
			return true;
	return false;
}

static bool is_orphan(const struct search *search, const struct cluster *cluster, const char *name)
{
	return !is_claimed(search, cluster, name) && !may_be_damaged_ones(search->live, name);
}

static void find_shared(struct search *search)
{
	for (size_t i = 1; i < search->count; i++) {
		const struct stake *first = &search->stakes[i - 1], *other = &search->stakes[i];
		if (by_stake(first, other) != 0)
			continue;
		faults_add(search->arena, &search->live->faults, FAULT_WORKLOAD_CLAIMED,
			   arena_printf(search->arena, "builder.%s", other->builder->name), NULL, NULL,
			   "node %s of builder %s is %s in namespace %s, and so is node %s of builder %s",
			   other->node->spec.name, other->builder->name, other->name, other->cluster->namespace,
			   first->node->spec.name, first->builder->name);
	}
}

/* Whose it is says its mark; who would be hurt, says whoever keeps it. */
static const char *advice(const struct search *search, const struct cluster *cluster, const struct cluster_mark *mark,
			  const char *managed_by, const char *what, const char *name)
{
	if (managed_by)
		return arena_printf(search->arena, "leave it to %s, which keeps it", managed_by);
	if (cluster_marked(mark) && !cluster_mark_is(mark, search->store_id, search->host))
		return arena_printf(search->arena, "leave it to its owner, the store %s of host %s", mark->store,
				    mark->host ? mark->host : "unknown");
	return arena_printf(search->arena, "run `%s delete %s %s`, unless it is another user's builder's",
			    cluster_kubectl(search->arena, cluster), what, shell_word(search->arena, name));
}

static void orphan_add(struct search *search, const struct cluster *cluster, enum fault_code code, const char *what,
		       const char *name, const char *mend, const char *created)
{
	faults_add(search->arena, &search->live->faults, code, arena_printf(search->arena, "%s.%s", what, name), NULL,
		   mend, "%s %s in %s belongs to no builder of this store", what, name, cluster->key);
	search->live->faults.items[search->live->faults.count - 1].created = created;
}

static void find_orphans(struct search *search, const struct cluster *cluster)
{
	static const char *const kinds[WORKLOAD_KIND_COUNT] = {"deployment", "statefulset"};

	for (size_t i = 0; i < cluster->workload_count; i++) {
		const struct workload *workload = &cluster->workloads[i];
		/* One that somebody keeps is no builder's that was forgotten. */
		if (workload->strange || !is_orphan(search, cluster, workload->name) ||
		    (workload->managed_by && !cluster_marked(&workload->mark)))
			continue;
		orphan_add(search, cluster, FAULT_ORPHAN_WORKLOAD, kinds[workload->kind], workload->name,
			   advice(search, cluster, &workload->mark, workload->managed_by, kinds[workload->kind],
				  workload->name),
			   workload->created);
	}
	/* Who uses one, tell the pods and the workload that it is named after. */
	bool uses_known = !cluster->pods_unknown && !cluster->workloads_unknown[WORKLOAD_STATEFUL_SET];
	for (size_t i = 0; uses_known && i < cluster->claim_count; i++) {
		const struct volume_claim *claim = &cluster->claims[i];
		if (claim->used || cluster_workload(cluster, WORKLOAD_STATEFUL_SET, claim->workload) ||
		    !is_orphan(search, cluster, claim->workload))
			continue;
		orphan_add(search, cluster, FAULT_ORPHAN_CLAIM, "pvc", claim->name,
			   advice(search, cluster, &claim->mark, NULL, "pvc", claim->name), claim->created);
	}
	for (size_t i = 0; i < cluster->stray_config_count; i++) {
		const struct config_map *map = &cluster->stray_configs[i];
		orphan_add(search, cluster, FAULT_ORPHAN_CONFIG_MAP, "configmap", map->name,
			   advice(search, cluster, &map->mark, NULL, "configmap", map->name), NULL);
	}
}

static bool is_unknown_in_part(const struct cluster *cluster)
{
	return cluster->workloads_unknown[WORKLOAD_DEPLOYMENT] || cluster->workloads_unknown[WORKLOAD_STATEFUL_SET] ||
	       cluster->pods_unknown || cluster->claims_unknown || cluster->configs_unknown;
}

static void find_cluster_faults(struct search *search, const struct cluster *cluster)
{
	struct arena *arena = search->arena;
	struct faults *faults = &search->live->faults;
	const char *subject = arena_printf(arena, "cluster.%s", cluster->key);

	/* What strangers name is not asked, and no fault of what lives here. */
	if (!cluster->reachable && !text_starts(cluster->reason, "it was not asked: "))
		faults_add(arena, faults, FAULT_CLUSTER_UNREACHABLE, subject, NULL, cluster->hint, "%s",
			   cluster->reason);
	if (cluster->reachable && cluster->missing.count > 0 && is_unknown_in_part(cluster))
		faults_add(arena, faults, FAULT_CLUSTER_FORBIDS, subject, NULL,
			   arena_printf(arena,
					"give user %s the verbs that are missing: `%s auth can-i --list` has those "
					"that there are",
					cluster->user ? cluster->user : "of the kubeconfig",
					cluster_kubectl(arena, cluster)),
			   "user %s may not %s in namespace %s", cluster->user ? cluster->user : "of the kubeconfig",
			   strings_join(arena, &cluster->missing, ", "), cluster->namespace);
	if (cluster->namespace_missing)
		faults_add(arena, faults, FAULT_NAMESPACE_MISSING, subject, NULL,
			   arena_printf(arena, "run `%s create namespace %s`", cluster_kubectl(arena, cluster),
					shell_word(arena, cluster->namespace)),
			   "namespace %s is not in the cluster", cluster->namespace);
}

void cluster_faults_find(struct live *live)
{
	struct search search = {.live = live, .arena = live->arena};

	if (live->cluster_count == 0)
		return;
	if (live->store)
		store_id(live->store, search.store_id);
	search.host = identity_host(live->arena);
	collect(&search);
	find_shared(&search);
	for (size_t i = 0; i < live->cluster_count; i++) {
		find_cluster_faults(&search, &live->clusters[i]);
		if (live->clusters[i].reachable && !live_cluster_is_told(live, &live->clusters[i]))
			find_orphans(&search, &live->clusters[i]);
	}
}
