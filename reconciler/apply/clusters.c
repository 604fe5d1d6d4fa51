/* Opens clusters by what the observation says of them. */
#include "apply/clusters.h"

#include "base/xalloc.h"

#include <stdlib.h>

struct open_cluster {
	struct arena *arena;
	struct http *http;
	struct kube_config config;
	struct reach reach;
	struct kube_client *client;
};

static void close_cluster(struct open_cluster *open)
{
	kube_close(open->client);
	http_free(open->http);
	arena_free(open->arena);
	free(open);
}

static void say(void *context, const char *line)
{
	const struct execution *run = context;

	run->say(run->context, line);
}

/* By the file that has the context which was asked for, rather than by the copy of it that is made for BuildX. */
static const struct cluster_way *way_of(const struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->way_count; i++)
		if (!text_empty(cluster->ways[i].context))
			return &cluster->ways[i];
	return &cluster->ways[0];
}

static int open_cluster(struct execution *run, const struct cluster_way *way, struct open_cluster *open,
			struct error *err)
{
	struct kube_config_request request = {
		.kubeconfig = way->kubeconfig,
		.context = way->context,
		.environ = run->options->environ,
	};
	struct kube_options options = {
		.environ = run->options->environ,
		.timeout_ms = run->options->timeout_ms,
		.keyring = run->options->keyring,
		.say = say,
		.context = run,
	};

	open->arena = arena_new();
	if (kube_config_resolve(open->arena, &request, &open->config, err) < 0)
		return -1;
	/* The file may be another one by now, and its writer is the same. */
	open->reach = (struct reach){.arena = open->arena};
	if (run->options->allowed) {
		open->reach.allowed = run->options->allowed->items;
		open->reach.allowed_count = run->options->allowed->count;
	}
	open->config.is_strangers = way->is_strangers;
	open->config.reach = &open->reach;
	open->http = options.http = http_new();
	http_heed(open->http, run->interrupt);
	return kube_open(&options, &open->config, &open->client, err);
}

int cluster_pool_open(struct execution *run, const char *key, const struct cluster_way *way,
		      struct kube_client **ret_client, struct error *err)
{
	struct cluster_pool *pool = &run->clusters;

	for (size_t i = 0; i < pool->count; i++)
		if (text_equal(pool->items[i].key, key)) {
			*ret_client = pool->items[i].open->client;
			return 0;
		}
	struct open_cluster *open = xcalloc(1, sizeof(*open));
	if (open_cluster(run, way, open, err) < 0) {
		close_cluster(open);
		return -1;
	}
	pool->items = xrealloc(pool->items, (pool->count + 1) * sizeof(*pool->items));
	pool->items[pool->count].key = key;
	pool->items[pool->count++].open = open;
	*ret_client = open->client;
	return 0;
}

int cluster_pool_get(struct execution *run, const char *key, const struct cluster **ret_cluster,
		     struct kube_client **ret_client, struct error *err)
{
	const struct cluster *cluster = key ? live_cluster(run->live, key) : NULL;

	if (!cluster || cluster->way_count == 0)
		return error_set(err, ERROR_CORRUPT, "the plan's step names no cluster that was observed");
	*ret_cluster = cluster;
	return cluster_pool_open(run, cluster->key, way_of(cluster), ret_client, err);
}

void cluster_pool_done(struct cluster_pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		close_cluster(pool->items[i].open);
	free(pool->items);
	*pool = (struct cluster_pool){0};
}
