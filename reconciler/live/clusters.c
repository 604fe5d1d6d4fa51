/* Finds out which clusters there are to ask, asks them, and keeps what they say. */
#include "live/clusters.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/keyed.h"
#include "base/limits.h"
#include "live/kube/object.h"
#include "live/kube/pin.h"
#include "live/pods.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/secret.h"

#include <string.h>

/* One cluster as one user, whatever the namespace. */
struct door {
	struct kube_config config;
	struct kube_client *client; /* NULL: it cannot be asked */
	const char *reason, *hint;
};

/* One namespace of it. */
struct spot {
	const struct door *door;
	struct kube_probe probe;
	struct strings names;
};

struct way {
	struct cluster_way said;
	const char *holder;	   /* the state file that says it; NULL: the store does */
	bool by_state;		   /* and names the file, too */
	struct spot *spot;	   /* NULL: it leads nowhere */
	struct kube_config config; /* of what the spot was found by */
	const char *reason, *hint;
};

struct clusters {
	struct http *http;
	struct live *live;
	struct arena *arena;
	const struct observe_options *options;
	void (*answered)(void *context, const struct kube_probe *probe);
	void *context;
	struct reach reach;
	const char *repository; /* repository_of() */
	bool repository_known;
	struct way **ways;
	size_t way_count;
	struct spot **spots;
	size_t spot_count;
	struct door **doors;
	size_t door_count;
};

static const char *said(const char *text)
{
	return text_empty(text) ? NULL : text;
}

static struct way *way_find(const struct clusters *clusters, const struct cluster_way *wanted)
{
	for (size_t i = 0; i < clusters->way_count; i++) {
		const struct cluster_way *way = &clusters->ways[i]->said;

		if (text_equal(way->kubeconfig, wanted->kubeconfig) && text_equal(way->context, wanted->context) &&
		    text_equal(way->namespace, wanted->namespace))
			return clusters->ways[i];
	}
	return NULL;
}

static struct cluster_way way_of(struct arena *arena, const struct node *node, const char *kubeconfig)
{
	return (struct cluster_way){
		.kubeconfig = said(kubeconfig),
		.context = said(node->kube_context),
		.namespace = arena_strdup(arena, said(pairs_get(&node->driver_opts, "namespace"))),
	};
}

/* A program of the kubeconfig is run to plan: it is said which. */
static void say(void *context, const char *line)
{
	const struct observe_options *options = context;

	if (options->say)
		options->say(options->context, line);
}

static struct door *door_open(struct clusters *clusters, const struct kube_config *config)
{
	for (size_t i = 0; i < clusters->door_count; i++)
		if (text_equal(clusters->doors[i]->config.key, config->key))
			return clusters->doors[i];
	struct door *door = ARENA_NEW(clusters->arena, struct door);
	struct error err = ERROR_INIT;
	const struct kube_options options = {
		.http = clusters->http,
		.environ = clusters->options->environ,
		.timeout_ms = clusters->options->timeout_ms,
		.keyring = clusters->options->keyring,
		.say = say,
		.context = (void *)(uintptr_t)clusters->options,
	};
	*door = (struct door){.config = *config};
	if (kube_open(&options, &door->config, &door->client, &err) < 0) {
		door->reason = text_printable(clusters->arena, err.message, false);
		door->hint = err.hint[0] != '\0' ? arena_strdup(clusters->arena, err.hint) : NULL;
	}
	*ARENA_PUSH(clusters->arena, clusters->doors, clusters->door_count) = door;
	return door;
}

static void spot_answered(void *context, struct kube_probe *probe)
{
	struct clusters *clusters = context;

	kube_probe_finish(probe);
	clusters->answered(clusters->context, probe);
}

static struct spot *spot_find(struct clusters *clusters, const struct door *door, const char *namespace)
{
	for (size_t i = 0; i < clusters->spot_count; i++)
		if (clusters->spots[i]->door == door && text_equal(clusters->spots[i]->probe.namespace, namespace))
			return clusters->spots[i];
	struct spot *spot = ARENA_NEW(clusters->arena, struct spot);
	*spot = (struct spot){.door = door};
	spot->probe = (struct kube_probe){
		.client = door->client,
		.namespace = namespace,
		.names = &spot->names,
		.done = spot_answered,
		.context = clusters,
	};
	*ARENA_PUSH(clusters->arena, clusters->spots, clusters->spot_count) = spot;
	return spot;
}

/* Of the state files, which most have without any cluster. */
static const char *repository_of(struct clusters *clusters)
{
	const struct state *desired = clusters->options->desired;

	if (!clusters->repository_known && desired && desired->files.count > 0) {
		CLEANUP_FREE char *path = path_absolute(desired->files.items[0]);
		clusters->repository = path ? reach_repository(clusters->arena, path) : NULL;
	}
	clusters->repository_known = true;
	return clusters->repository;
}

static void way_resolve(struct clusters *clusters, struct way *way)
{
	struct error err = ERROR_INIT;
	const struct kube_config_request request = {
		.kubeconfig = way->said.kubeconfig,
		.context = way->said.context,
		.environ = clusters->options->environ,
		.reach = way->by_state ? &clusters->reach : NULL,
		.holder = way->holder,
		.repository = repository_of(clusters),
		.stateless = !clusters->options->desired || clusters->options->desired->files.count == 0,
	};

	if (way->holder && clusters->options->living_only) {
		way->reason = "it was not asked: it does not live here, and the state file is not trusted";
		return;
	}
	if (kube_config_resolve(clusters->arena, &request, &way->config, &err) < 0) {
		way->reason = text_printable(clusters->arena, err.message, false);
		way->hint = err.hint[0] != '\0' ? arena_strdup(clusters->arena, err.hint) : NULL;
		return;
	}
	const char *namespace = way->said.namespace ? way->said.namespace : way->config.namespace_;
	way->spot = spot_find(clusters, door_open(clusters, &way->config), namespace);
}

static void want(struct clusters *clusters, const struct node *node, const char *kubeconfig, const char *holder)
{
	bool by_state = holder && text_equal(kubeconfig, node->kubeconfig) && kubeconfig;
	const struct cluster_way wanted = way_of(clusters->arena, node, kubeconfig);
	struct way *way = way_find(clusters, &wanted);
	const char *name = node->name ? workload_name(clusters->arena, node->name) : NULL;

	if (!way) {
		way = ARENA_NEW(clusters->arena, struct way);
		*way = (struct way){.said = wanted, .holder = holder, .by_state = by_state};
		*ARENA_PUSH(clusters->arena, clusters->ways, clusters->way_count) = way;
		way_resolve(clusters, way);
	}
	if (way->spot && kube_name_valid(name) && !strings_contain(&way->spot->names, name))
		strings_add(clusters->arena, &way->spot->names, name);
}

static const char *endpoint_config(const struct clusters *clusters, const struct live_node *node)
{
	return cluster_endpoint_config(clusters->arena, node->spec.endpoint);
}

/* A node that is there stays in its cluster, unless the state file says another file, or a context: that is one of the
 * environment's then, for what BuildX has of it is a copy (model/cluster.h, cluster_pin_path()). */
static void want_desired(struct clusters *clusters, const struct builder *builder, const struct node *node)
{
	const struct live_builder *have = live_builder(clusters->live, builder->name);
	bool alike = have && driver_home(have->driver) == HOME_POD && node->name && !node->kube_context;
	int generation;

	for (size_t i = 0; alike && !node->kubeconfig && i < have->node_count; i++)
		if (text_equal(node_base_name(clusters->arena, have->nodes[i].spec.name, &generation), node->name)) {
			want(clusters, node, endpoint_config(clusters, &have->nodes[i]), builder->source.file);
			return;
		}
	want(clusters, node, node->kubeconfig, builder->source.file);
}

/* Those of the store first: what they lead to is known, whoever wrote the state files. */
static void want_all(struct clusters *clusters)
{
	const struct live *live = clusters->live;
	const struct state *desired = clusters->options->desired;

	for (size_t i = 0; i < live->builder_count; i++)
		for (size_t j = 0;
		     driver_home(live->builders[i].driver) == HOME_POD && j < live->builders[i].node_count; j++) {
			const struct live_node *node = &live->builders[i].nodes[j];
			want(clusters, &node->spec, endpoint_config(clusters, node), NULL);
		}
	for (size_t i = 0; desired && i < desired->builder_count; i++) {
		const struct builder *builder = &desired->builders[i];
		bool pods = driver_home(builder->driver) == HOME_POD && !builder_absent(builder);
		for (size_t j = 0; pods && j < builder->node_count; j++)
			want_desired(clusters, builder, &builder->nodes[j]);
	}
}

struct clusters *clusters_new(struct http *http, struct live *live, const struct observe_options *options,
			      void (*answered)(void *context, const struct kube_probe *probe), void *context)
{
	struct clusters *clusters = ARENA_NEW(live->arena, struct clusters);

	*clusters = (struct clusters){
		.http = http,
		.live = live,
		.arena = live->arena,
		.options = options,
		.answered = answered,
		.context = context,
		.reach = {.arena = live->arena},
	};
	if (options->allowed) {
		clusters->reach.allowed = options->allowed->items;
		clusters->reach.allowed_count = options->allowed->count;
	}
	want_all(clusters);
	return clusters;
}

void clusters_ask(struct clusters *clusters)
{
	for (size_t i = 0; i < clusters->spot_count; i++)
		if (clusters->spots[i]->probe.client)
			kube_probe_start(clusters->arena, &clusters->spots[i]->probe);
}

size_t clusters_count(const struct clusters *clusters)
{
	return clusters->spot_count;
}

const char *clusters_silent(const struct clusters *clusters)
{
	for (size_t i = 0; i < clusters->spot_count; i++)
		if (kube_probe_waits(&clusters->spots[i]->probe))
			return kube_config_name(clusters->arena, &clusters->spots[i]->door->config);
	return NULL;
}

/* "CONTEXT/NAMESPACE in FILE": two of those are the same only where both are. */
static const char *key_of(struct arena *arena, const char *context, const char *namespace, const char *file)
{
	return text_printable(arena,
			      arena_printf(arena, "%s/%s in %s", context ? context : "current context",
					   namespace ? namespace : "its namespace", file ? file : "the environment"),
			      false);
}

static const char *spot_key(struct arena *arena, const struct spot *spot)
{
	const struct kube_config *config = &spot->door->config;

	return key_of(arena, config->in_pod ? "this pod's cluster" : config->context, spot->probe.namespace,
		      config->from);
}

static void fill_cluster(struct clusters *clusters, struct spot *spot, struct cluster *cluster)
{
	const struct kube_config *config = &spot->door->config;
	struct arena *arena = clusters->arena;

	kube_probe_finish(&spot->probe);
	*cluster = spot->probe.cluster;
	cluster->namespace = spot->probe.namespace;
	cluster->kubeconfig = config->in_pod ? NULL : config->from;
	cluster->context = config->context;
	cluster->key = spot_key(arena, spot);
	cluster->server = text_without_password(arena, config->cluster->server);
	cluster->user = config->user->name;
	if (!spot->door->client) {
		cluster->reason = spot->door->reason;
		cluster->hint = spot->door->hint;
	}
}

/* What leads nowhere is a cluster as well, an unreachable one: a node in it is unknown, and not absent. */
static void fill_nowhere(struct clusters *clusters, const struct way *way, struct cluster *cluster)
{
	const struct cluster_way *named = &way->said;

	*cluster = (struct cluster){
		.key = key_of(clusters->arena, named->context, named->namespace, named->kubeconfig),
		.kubeconfig = named->kubeconfig,
		.context = named->context,
		.namespace = named->namespace,
		.reason = way->reason,
		.hint = way->hint,
	};
}

/* One that was asked twice, as a stranger's and as the store's, is one. */
static void keep_cluster(struct live *live, const struct cluster *cluster)
{
	for (size_t i = 0; i < live->cluster_count; i++)
		if (text_equal(live->clusters[i].key, cluster->key))
			return;
	*ARENA_PUSH(live->arena, live->clusters, live->cluster_count) = *cluster;
}

static void make_clusters(struct clusters *clusters)
{
	struct live *live = clusters->live;
	struct cluster cluster;

	for (size_t i = 0; i < clusters->spot_count; i++) {
		fill_cluster(clusters, clusters->spots[i], &cluster);
		keep_cluster(live, &cluster);
	}
	for (size_t i = 0; i < clusters->way_count; i++)
		if (!clusters->ways[i]->spot) {
			fill_nowhere(clusters, clusters->ways[i], &cluster);
			keep_cluster(live, &cluster);
		}
	KEYED_ASSERT(struct cluster, key);
	KEYED_SORT(live->clusters, live->cluster_count);
}

/* The cluster that the way leads to, by its key: they are sorted by now. */
static struct cluster *cluster_of_way(struct clusters *clusters, const struct way *way)
{
	const struct live *live = clusters->live;

	if (!way->spot)
		return KEYED_FIND(
			live->clusters, live->cluster_count,
			key_of(clusters->arena, way->said.context, way->said.namespace, way->said.kubeconfig));
	return KEYED_FIND(live->clusters, live->cluster_count, spot_key(clusters->arena, way->spot));
}

static bool holds(const char *path, const struct text *wanted)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(LIMIT_KUBECONFIG);

	return file_read_careful(path, LIMIT_KUBECONFIG, &data, NULL) == 0 && data.length == wanted->length &&
	       memcmp(buffer_text(&data), text_string(wanted), wanted->length) == 0;
}

/* What BuildX has to be given so that it takes the context which a state file asks for. A stranger's kubeconfig that
 * runs a program is not made one of ours: those are run. */
static void pin(struct clusters *clusters, const struct way *way, struct cluster *cluster)
{
	CLEANUP_TEXT struct text data = TEXT_INIT;
	const struct kube_config *config = &way->config;

	if (!way->said.context || !way->spot || !clusters->live->store ||
	    (config->is_strangers && config->user->exec.is_said))
		return;
	kube_pin_print(config, &data);
	const char *path = arena_printf(clusters->arena, "%s/%s", clusters->live->store,
					cluster_pin_path(clusters->arena, &way->said));
	bool held = holds(path, &data);
	cluster->pin_held = held && (cluster->pin_held || !cluster->pin);
	cluster->pin = arena_copy(clusters->arena, text_string(&data), data.length + 1);
	cluster->pin_length = data.length;
}

void clusters_assess(struct clusters *clusters)
{
	make_clusters(clusters);
	for (size_t i = 0; i < clusters->way_count; i++) {
		struct cluster *cluster = cluster_of_way(clusters, clusters->ways[i]);

		clusters->ways[i]->said.is_strangers = clusters->ways[i]->config.is_strangers;
		*ARENA_PUSH(clusters->arena, cluster->ways, cluster->way_count) = clusters->ways[i]->said;
		pin(clusters, clusters->ways[i], cluster);
	}
	live_hide_secrets(clusters->live);
	pods_assess(clusters->live);
}

const struct kube_probe *clusters_probe_of(const struct clusters *clusters, const struct live_node *node)
{
	const struct cluster_way wanted = way_of(clusters->arena, &node->spec, endpoint_config(clusters, node));
	const struct way *way = way_find(clusters, &wanted);

	return way && way->spot ? &way->spot->probe : NULL;
}

struct kube_client *clusters_client(struct clusters *clusters, const char *context, struct kube_config *ret_config,
				    struct error *err)
{
	const struct kube_config_request request = {
		.context = context,
		.environ = clusters->options->environ,
		.repository = repository_of(clusters),
	};

	if (kube_config_resolve(clusters->arena, &request, ret_config, err) < 0)
		return NULL;
	const struct door *door = door_open(clusters, ret_config);
	if (!door->client) {
		error_set(err, ERROR_UNREACHABLE, "%s", door->reason);
		error_hint(err, "%s", door->hint ? door->hint : "");
	}
	return door->client;
}

void clusters_free(struct clusters *clusters)
{
	for (size_t i = 0; clusters && i < clusters->door_count; i++)
		kube_close(clusters->doors[i]->client);
}
