/* A builder of driver kubernetes that is just as the state says, to change one thing of. */
#ifndef RECONCILE_TESTS_UNIT_PODS_WORLD_H
#define RECONCILE_TESTS_UNIT_PODS_WORLD_H

#include "plan_world.h"

/* Builder ci, node ci0, in Deployment ci0 of namespace n, with two options: all as the state says. */
struct pods_world {
	struct world w;
	struct pair want[8], have[8], there[8];
	size_t want_count, have_count, there_count;
	struct cluster clusters[2];
	struct cluster_way ways[2];
	struct workload workloads[2];
	struct volume_claim claim;
	struct config_map config;
	struct config_file want_file, there_file;
	struct live_node other_node;
};

static inline void set(struct pair *pairs, size_t *count, const char *key, const char *value)
{
	size_t i = 0;

	while (i < *count && !text_equal(pairs[i].key, key))
		i++;
	*count += i == *count;
	pairs[i] = (struct pair){.key = key, .value = value};
}

static inline void unset(struct pair *pairs, size_t *count, const char *key)
{
	for (size_t i = 0; i < *count; i++)
		if (text_equal(pairs[i].key, key))
			pairs[i--] = pairs[--*count];
}

static inline void want(struct pods_world *p, const char *key, const char *value)
{
	set(p->want, &p->want_count, key, value);
}

static inline void there(struct pods_world *p, const char *key, const char *value)
{
	set(p->there, &p->there_count, key, value);
}

/* As it was made: store and cluster say the same. */
static inline void made(struct pods_world *p, const char *key, const char *value)
{
	set(p->have, &p->have_count, key, value);
	there(p, key, value);
}

static inline void everywhere(struct pods_world *p, const char *key, const char *value)
{
	want(p, key, value);
	made(p, key, value);
}

static inline void make_pods(struct pods_world *p)
{
	struct world *w = &p->w;

	*p = (struct pods_world){0};
	make_world(w);
	p->ways[0] = (struct cluster_way){.kubeconfig = "/k", .namespace = "n"};
	p->clusters[0] = (struct cluster){.key = "prod/n in /k",
					  .ways = &p->ways[0],
					  .way_count = 1,
					  .kubeconfig = "/k",
					  .context = "prod",
					  .server = "https://prod",
					  .namespace = "n",
					  .reachable = true,
					  .workloads = p->workloads,
					  .workload_count = 1,
					  .claims = &p->claim};
	p->workloads[0] =
		(struct workload){.name = "ci0", .uid = "u0", .version = "1", .replicas = 1, .files_known = true};
	strings_add(w->arena, &p->workloads[0].flags, entitlement);
	set(p->want, &p->want_count, "namespace", "n");
	set(p->have, &p->have_count, "namespace", "n");
	everywhere(p, "limits.memory", "1Gi");
	w->want.driver = w->have[0].driver = "kubernetes";
	w->have_node.container = NULL;
	w->have_node.volume = NULL;
	w->have_node.engine = NULL;
	w->have_node.spec.endpoint = "kubernetes:///ci?deployment=ci0&kubeconfig=%2Fk";
	w->have_node.cluster = &p->clusters[0];
	w->have_node.workload = &p->workloads[0];
	w->live.clusters = p->clusters;
	w->live.cluster_count = 1;
}

static inline struct plan *plan_pods(struct pods_world *p)
{
	struct world *w = &p->w;

	w->want_node.driver_opts = (struct pairs){p->want, p->want_count};
	w->have_node.spec.driver_opts = (struct pairs){p->have, p->have_count};
	p->workloads[0].options = (struct pairs){p->there, p->there_count};
	pairs_sort(&w->want_node.driver_opts);
	pairs_sort(&w->have_node.spec.driver_opts);
	pairs_sort(&p->workloads[0].options);
	return plan(w);
}

#endif
