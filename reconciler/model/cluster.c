/* Looks things up in what was observed of clusters. */
#include "model/cluster.h"

#include "base/text.h"

#include <string.h>

const char *workload_kind_name(enum workload_kind kind)
{
	static const char *const names[WORKLOAD_KIND_COUNT] = {"Deployment", "StatefulSet"};

	return names[kind];
}

const char *workload_name(struct arena *arena, const char *node)
{
	char *name = arena_strdup(arena, node);

	for (char *at = name; *at != '\0'; at++)
		if (*at == '_')
			*at = '-';
	return name;
}

const struct workload *cluster_workload(const struct cluster *cluster, enum workload_kind kind, const char *name)
{
	for (size_t i = 0; i < cluster->workload_count; i++)
		if (cluster->workloads[i].kind == kind && text_equal(cluster->workloads[i].name, name))
			return &cluster->workloads[i];
	return NULL;
}

const struct volume_claim *cluster_claim(const struct cluster *cluster, const char *name)
{
	for (size_t i = 0; i < cluster->claim_count; i++)
		if (text_equal(cluster->claims[i].name, name))
			return &cluster->claims[i];
	return NULL;
}

enum workload_kind workload_kind_of(const struct pairs *driver_opts)
{
	return text_empty(pairs_get(driver_opts, "persistent-volume-claim.requests.storage")) ? WORKLOAD_DEPLOYMENT
											      : WORKLOAD_STATEFUL_SET;
}

bool cluster_marked(const struct cluster_mark *mark)
{
	return mark->store;
}
