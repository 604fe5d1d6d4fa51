/* Observes: reads the store, asks every Engine and daemon that matters at once, judges what they say. */
#include "live/observe.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/environ.h"
#include "base/keyed.h"
#include "live/assess.h"
#include "live/buildkit/log.h"
#include "live/buildkit/observe.h"
#include "live/cache_disks.h"
#include "live/claims.h"
#include "live/clusters.h"
#include "live/declared.h"
#include "live/engine/observe.h"
#include "live/holders.h"
#include "live/http/endpoint.h"
#include "live/http/http.h"
#include "live/networks.h"
#include "live/providers.h"
#include "live/remote.h"
#include "live/remote_pods.h"
#include "live/store/environment.h"
#include "live/store/file.h"
#include "live/store/store.h"
#include "model/driver.h"
#include "model/normal.h"

#include <fcntl.h>
#include <string.h>

enum { STEP_MS = 1000 };

struct observation {
	const struct observe_options *options;
	struct live *live;
	struct arena *arena;
	struct strings names; /* endpoints, as nodes name them */
	struct strings with_files;
	struct assessed_endpoint *endpoints; /* one per name */
	struct engine_probe **probes;	     /* one per host */
	size_t endpoint_count, probe_count;
	struct daemons *daemons; /* NULL: not to be asked */
	struct clusters *clusters;
};

static void want_endpoint(struct observation *observation, const char *name)
{
	const struct strings *names = &observation->names;

	/* Thousands of builders share one. */
	if (!name || (names->count > 0 && strcmp(names->items[names->count - 1], name) == 0))
		return;
	const struct live_context *own = live_context(observation->live, name);
	strings_add(observation->arena, &observation->names, name);
	/* Nodes are stored with the default context's address, never with its name (docker/buildx builder/builder.go,
	 * validateEndpoint). */
	const char *stored = own && own->implicit ? live_stored_endpoint(observation->live, name) : NULL;
	if (stored && (stored == own->endpoint || live_declared(observation->live, stored)))
		strings_add(observation->arena, &observation->names, stored);
}

/* BuildX gives its default configuration to nodes that are made without one. */
static void want_files(struct observation *observation, const struct node *node, const struct config_files *otherwise)
{
	int generation;

	if (node->files.count + otherwise->count > 0 && node->name)
		strings_add(observation->arena, &observation->with_files,
			    node_base_name(observation->arena, node->name, &generation));
}

static void sort_unique(struct strings *list)
{
	size_t kept = 0;

	strings_sort(list);
	for (size_t i = 0; i < list->count; i++)
		if (kept == 0 || strcmp(list->items[kept - 1], list->items[i]) != 0)
			list->items[kept++] = list->items[i];
	list->count = kept;
}

static void want_desired(struct observation *observation, const struct builder *builder)
{
	const struct live *live = observation->live;
	bool container = !builder->driver || driver_has_containers(builder->driver);

	if (driver_home(builder->driver) == HOME_ENGINE && live_context(live, builder->name))
		want_endpoint(observation, builder->name);
	if (!container || builder_absent(builder))
		return;
	for (size_t i = 0; i < builder->node_count; i++) {
		const char *endpoint = builder->nodes[i].endpoint;
		want_endpoint(observation, endpoint ? endpoint : live_node_endpoint(live));
		want_files(observation, &builder->nodes[i], &live->default_files);
	}
}

/* The endpoints to ask: of container nodes that are and that shall be, and the current context for its own BuildKit.
 * The current endpoint as a URL is asked when a node uses it: it lacks the TLS files that the context may have. */
static void want(struct observation *observation)
{
	const struct live *live = observation->live;
	const struct state *desired = observation->options->desired;

	for (size_t i = 0; i < live->builder_count; i++) {
		for (size_t j = 0; driver_has_containers(live->builders[i].driver) && j < live->builders[i].node_count;
		     j++) {
			want_endpoint(observation, live->builders[i].nodes[j].spec.endpoint);
			want_files(observation, &live->builders[i].nodes[j].spec, &(struct config_files){0});
		}
	}
	for (size_t i = 0; desired && i < desired->builder_count; i++)
		want_desired(observation, &desired->builders[i]);
	want_endpoint(observation, live_planned_context(live));
	for (size_t i = 0; observation->options->endpoints && i < observation->options->endpoints->count; i++)
		want_endpoint(observation, observation->options->endpoints->items[i]);
	for (size_t i = 0; i < live->leftovers.count; i++)
		want_endpoint(observation, live->leftovers.items[i].endpoint);
	sort_unique(&observation->names);
	sort_unique(&observation->with_files);
}

/* What its contexts' builders are, it tells itself. The daemons behind an Engine are asked as soon as it has answered,
 * not when all of them have. */
static void engine_answered(void *context, const struct engine_probe *probe)
{
	struct observation *observation = context;
	struct strings names = {0};

	for (size_t i = 0; i < observation->endpoint_count; i++)
		if (observation->endpoints[i].probe == probe)
			strings_add(observation->arena, &names, observation->endpoints[i].endpoint);
	assess_context_builders(observation->live, probe, &names);
	if (observation->daemons)
		daemons_ask_engine(observation->daemons, probe, &names);
}

/* Two names of one host are asked once. */
static struct engine_probe *look_for(struct observation *observation, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < observation->probe_count; i++)
		if (strcmp(observation->probes[i]->endpoint.key, endpoint->key) == 0)
			return observation->probes[i];
	struct engine_probe *probe = ARENA_NEW(observation->arena, struct engine_probe);
	*probe = (struct engine_probe){
		.endpoint = *endpoint,
		.timeout_ms = observation->options->timeout_ms,
		.sizes = observation->options->sizes,
		.api_version = environ_value(observation->options->environ, "DOCKER_API_VERSION"),
		.with_files = &observation->with_files,
		.done = engine_answered,
		.context = observation,
	};
	*ARENA_PUSH(observation->arena, observation->probes, observation->probe_count) = probe;
	return probe;
}

/* A stranger's state file may name an endpoint that the store or a context already has, as it is there. */
static bool lives_here(const struct live *live, const struct state *desired, const char *name)
{
	const struct live_context *context = live_context(live, name);
	const struct context *wanted = desired ? state_context(desired, name) : NULL;

	if (context)
		return !wanted || !wanted->endpoint || text_equal(wanted->endpoint, context->endpoint);
	if (text_equal(name, live->current_endpoint) || text_equal(name, live->tls_context))
		return true;
	for (size_t i = 0; i < live->context_count; i++)
		if (text_equal(name, live->contexts[i].endpoint))
			return true;
	for (size_t i = 0; i < live->leftovers.count; i++)
		if (text_equal(name, live->leftovers.items[i].endpoint))
			return true;
	for (size_t i = 0; i < live->builder_count; i++)
		for (size_t j = 0; j < live->builders[i].node_count; j++)
			if (text_equal(name, live->builders[i].nodes[j].spec.endpoint))
				return true;
	return false;
}

static void resolve(struct observation *observation)
{
	struct arena *arena = observation->arena;

	for (size_t i = 0; i < observation->names.count; i++) {
		const char *name = observation->names.items[i];
		struct error err = ERROR_INIT;
		struct endpoint endpoint;
		struct assessed_endpoint row = {.endpoint = name};
		if (observation->options->living_only &&
		    !lives_here(observation->live, observation->options->desired, name))
			row.reason = "it was not asked: it does not live here, and the state file is not trusted";
		else if (endpoint_resolve(arena, observation->live, name, &endpoint, &err) == 0) {
			row.probe = look_for(observation, &endpoint);
			row.host = endpoint.host;
		} else
			row.reason = arena_strdup(arena, err.message);
		*ARENA_PUSH(arena, observation->endpoints, observation->endpoint_count) = row;
	}
}

static struct engine_probe *probe_at(const struct observation *observation, const char *endpoint)
{
	const struct assessed_endpoint *row = KEYED_FIND(observation->endpoints, observation->endpoint_count, endpoint);

	for (size_t i = 0; row && i < observation->probe_count; i++)
		if (observation->probes[i] == row->probe)
			return observation->probes[i];
	return NULL;
}

/* Nodes in the store have containers, most likely. */
static void expect(const struct observation *observation)
{
	const struct live *live = observation->live;
	bool is_far = false;

	for (size_t i = 0; i < observation->probe_count; i++)
		is_far = is_far || engine_probe_goes_ahead(observation->probes[i]);
	for (size_t i = 0; is_far && i < live->builder_count; i++)
		for (size_t j = 0; driver_has_containers(live->builders[i].driver) && j < live->builders[i].node_count;
		     j++) {
			const struct node *node = &live->builders[i].nodes[j].spec;
			struct engine_probe *probe = probe_at(observation, node->endpoint);
			const char *image = pairs_get(&node->driver_opts, "image");

			if (probe && engine_probe_goes_ahead(probe))
				engine_probe_expect(probe, observation->arena,
						    node_container_name(observation->arena, node->name),
						    image ? image : image_default());
		}
}

static void tell_waiting(const struct observation *observation)
{
	const struct observe_options *options = observation->options;
	const char *silent = NULL;

	for (size_t i = 0; i < observation->endpoint_count && !silent; i++) {
		const struct engine_probe *probe = observation->endpoints[i].probe;

		if (probe && engine_probe_waits(probe))
			silent = observation->endpoints[i].endpoint;
	}
	if (!silent)
		silent = clusters_silent(observation->clusters);
	if (options->waiting)
		options->waiting(options->context, observation->probe_count + clusters_count(observation->clusters),
				 silent);
}

static const struct workload *workload_of(const struct observation *observation, const struct kube_probe *probe,
					  const struct live_node *node)
{
	if (clusters_probe_of(observation->clusters, node) != probe)
		return NULL;
	return cluster_workload(&probe->cluster, workload_kind_of(&node->spec.driver_opts),
				workload_name(observation->arena, node->spec.name));
}

/* The daemons in its pods are asked at once as well. */
static void cluster_answered(void *context, const struct kube_probe *probe)
{
	struct observation *observation = context;
	struct live *live = observation->live;

	for (size_t i = 0; observation->daemons && i < live->builder_count; i++) {
		struct live_builder *builder = &live->builders[i];
		for (size_t j = 0; driver_home(builder->driver) == HOME_POD && j < builder->node_count; j++) {
			struct live_node *node = &builder->nodes[j];
			const struct workload *workload = workload_of(observation, probe, node);
			if (workload && !workload->strange)
				daemons_ask_pods(observation->daemons, probe->client, probe->namespace, builder, node,
						 workload);
		}
	}
}

static void observe_all(struct observation *observation)
{
	const struct observe_options *options = observation->options;
	struct live *live = observation->live;
	struct http *http = http_new();

	http_heed(http, options->interrupt);

	if (options->probe) {
		observation->daemons = daemons_new(http, live, options->desired, options->timeout_ms);
		daemons_ask_remote(observation->daemons);
	}
	observation->clusters = clusters_new(http, live, options, cluster_answered, observation);
	clusters_ask(observation->clusters);
	if (observation->daemons)
		remote_pods_ask(observation->clusters, observation->daemons, live);
	for (size_t i = 0; i < observation->probe_count; i++)
		engine_probe_start(http, observation->arena, observation->probes[i]);
	while (http_step(http, STEP_MS) > 0)
		tell_waiting(observation);
	for (size_t i = 0; i < observation->probe_count; i++)
		engine_probe_finish(observation->probes[i]);
	assess(live, observation->endpoints, observation->endpoint_count);
	clusters_assess(observation->clusters);
	networks_ask(http, live, observation->probes, observation->probe_count);
	providers_check(live, options->environ);
	claims_check(live);
	if (observation->daemons)
		daemons_assess(observation->daemons);
	logs_ask(http, live, observation->probes, observation->probe_count);
	holders_ask(http, live, options->desired, observation->probes, observation->probe_count);
	if (options->sizes)
		cache_disks_check(live, observation->probes, observation->probe_count);
	faults_sort(&live->faults);
	daemons_free(observation->daemons);
	clusters_free(observation->clusters);
	http_free(http);
}

static void learn_secrets(struct live *live, const struct observe_options *options)
{
	const struct state *desired = options->desired;

	for (size_t i = 0; options->secret_keys && i < options->secret_keys->count; i++)
		live_add_secret(live, options->secret_keys->items[i]);
	for (size_t i = 0; desired && i < desired->builder_count; i++)
		for (size_t k = 0; k < desired->builders[i].node_count; k++) {
			const struct pairs *pairs = &desired->builders[i].nodes[k].driver_opts;
			for (size_t j = 0; j < pairs->count; j++)
				if (pairs->items[j].secret)
					live_add_secret(live, pairs->items[j].key);
		}
	live_hide_secrets(live);
}

/* A rollback puts files back, so it must know how they are now. */
static void learn_files(struct live *live, const struct state *desired)
{
	CLEANUP_CLOSE int fd =
		!desired || desired->exact_file_count == 0 ? -1 : careful_open(live->store, O_RDONLY | O_DIRECTORY);

	for (size_t i = 0; desired && i < desired->exact_file_count; i++) {
		struct store_file *file = ARENA_PUSH(live->arena, live->files, live->file_count);

		file->path = arena_strdup(live->arena, desired->exact_files[i].raw->path);
		if (fd >= 0)
			store_file_read(live->arena, fd, file->path, file);
	}
}

int live_observe(const struct observe_options *options, struct live **ret_live, struct error *err)
{
	struct live *live = live_new();
	struct observation observation = {.options = options, .live = live, .arena = live->arena};

	if (store_read(live, options->environ, options->lock_timeout_ms, options->interrupt, err) < 0) {
		live_free(live);
		return -1;
	}
	live->leftovers = leftovers_copy(live->arena, options->leftovers);
	learn_secrets(live, options);
	if (options->desired && !options->without_contexts) {
		if (!options->living_only)
			contexts_declare(live, options->desired);
		planned_context_learn(live, options->desired, options->environ);
	}
	if (options->desired || live->tls_held)
		environment_declare(live);
	learn_files(live, options->desired);
	remote_check_files(live, options->living_only ? NULL : options->desired);
	docker_check(live, options->environ);
	want(&observation);
	resolve(&observation);
	expect(&observation);
	observe_all(&observation);
	/* What did not answer any more must not be taken for silent. */
	if (interrupt_came(options->interrupt)) {
		live_free(live);
		return error_set(err, ERROR_INTERRUPTED, "interrupted while observing what lives here");
	}
	*ret_live = live;
	return 0;
}
