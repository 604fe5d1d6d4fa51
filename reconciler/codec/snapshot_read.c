/* JSON -> live state. Snapshots may be hostile: every member is checked, and errors name its path in the JSON. */
#include "codec/snapshot.h"

#include "base/json.h"
#include "base/keyed.h"
#include "codec/snapshot_members.h"
#include "model/normal.h"

#include <string.h>

/* Lookups search sorted arrays without twins. */
static int sort_unique(const struct member_reader *reader, const struct spot *above, const char *key, void *items,
		       size_t count, size_t size)
{
	keyed_sort(items, count, size);
	return keyed_unique(items, count, size) ? 0 : reader_bad(reader, above, key, "names one of them twice");
}

static int read_engine_more(const struct member_reader *reader, const struct spot *at, const cJSON *json, void *element)
{
	static const struct list containers = {"containers", &snapshot_container, sizeof(struct container), NULL};
	static const struct list volumes = {"volumes", &snapshot_volume, sizeof(struct volume), NULL};
	struct engine *engine = element;

	if (reader_list(reader, at, json, &containers, &engine->containers, &engine->container_count) < 0 ||
	    reader_list(reader, at, json, &volumes, &engine->volumes, &engine->volume_count) < 0 ||
	    sort_unique(reader, at, "containers", engine->containers, engine->container_count,
			sizeof(*engine->containers)) < 0)
		return -1;
	return sort_unique(reader, at, "volumes", engine->volumes, engine->volume_count, sizeof(*engine->volumes));
}

/* The engine that an object names; NULL when it names none. */
static int read_engine_name(const struct member_reader *reader, const struct spot *at, const cJSON *json,
			    const struct engine **ret_engine)
{
	const char *name;

	if (reader_text(reader, at, json, "engine", &name) < 0)
		return -1;
	*ret_engine = live_engine(reader->context, name);
	return name && !*ret_engine ? reader_bad(reader, at, "engine", "is not one of the engines") : 0;
}

static int read_workload_more(const struct member_reader *reader, const struct spot *at, const cJSON *json,
			      void *element)
{
	static const struct list pods = {"pods", &snapshot_pod, sizeof(struct pod), NULL};
	static const struct list configs = {"config_maps", &snapshot_config_map, sizeof(struct config_map), NULL};
	struct workload *workload = element;

	if (reader_list(reader, at, json, &pods, &workload->pods, &workload->pod_count) < 0)
		return -1;
	return reader_list(reader, at, json, &configs, &workload->configs, &workload->config_count);
}

static int read_cluster_more(const struct member_reader *reader, const struct spot *at, const cJSON *json,
			     void *element)
{
	static const struct list ways = {"ways", &snapshot_way, sizeof(struct cluster_way), NULL};
	static const struct list workloads = {"workloads", &snapshot_workload, sizeof(struct workload),
					      read_workload_more};
	static const struct list claims = {"claims", &snapshot_claim, sizeof(struct volume_claim), NULL};
	static const struct list strays = {"stray_config_maps", &snapshot_config_map, sizeof(struct config_map), NULL};
	struct cluster *cluster = element;

	if (reader_list(reader, at, json, &ways, &cluster->ways, &cluster->way_count) < 0 ||
	    reader_list(reader, at, json, &workloads, &cluster->workloads, &cluster->workload_count) < 0 ||
	    reader_list(reader, at, json, &claims, &cluster->claims, &cluster->claim_count) < 0 ||
	    reader_list(reader, at, json, &strays, &cluster->stray_configs, &cluster->stray_config_count) < 0)
		return -1;
	cluster_sort(cluster);
	return 0;
}

/* Its cluster, and what it has there: by kind and name, as when it was observed. */
static int read_node_cluster(const struct member_reader *reader, const struct spot *at, const cJSON *json,
			     struct live_node *node)
{
	const char *key;

	if (!json_get(json, "cluster"))
		return 0;
	if (reader_name(reader, at, json, "cluster", &key) < 0)
		return -1;
	node->cluster = live_cluster(reader->context, key);
	if (!node->cluster)
		return reader_bad(reader, at, "cluster", "is not one of the clusters");
	if (json_bool(json, "workload", false))
		node->workload = cluster_workload(node->cluster, workload_kind_of(&node->spec.driver_opts),
						  workload_name(reader->arena, node->spec.name));
	return 0;
}

static int read_state(const struct member_reader *reader, const struct spot *at, const cJSON *json,
		      enum node_state *ret)
{
	const char *name;

	if (reader_name(reader, at, json, "state", &name) < 0)
		return -1;
	for (enum node_state state = NODE_UNKNOWN; state <= NODE_UNHEALTHY; state++) {
		if (strcmp(node_state_name(state), name) == 0) {
			*ret = state;
			return 0;
		}
	}
	return reader_bad(reader, at, "state", "is not a node's state");
}

/* Snapshots of before do not have it: the state and the container tell then. */
static int read_seen(const struct member_reader *reader, const struct spot *at, const cJSON *json, enum seen *ret)
{
	const char *name;

	if (!json_get(json, "seen"))
		return 0;
	if (reader_name(reader, at, json, "seen", &name) < 0)
		return -1;
	*ret = seen_named(name);
	return *ret == SEEN_COUNT ? reader_bad(reader, at, "seen", "is nothing that can be seen of a node") : 0;
}

static int read_worker_more(const struct member_reader *reader, const struct spot *at, const cJSON *json, void *element)
{
	static const struct list rules = {"rules", &snapshot_rule, sizeof(struct gc_rule), NULL};
	struct worker *worker = element;

	return reader_list(reader, at, json, &rules, &worker->rules, &worker->rule_count);
}

/* Null, or not there: the daemon was not asked, or did not answer. */
static int read_daemon(const struct member_reader *reader, const struct spot *at, const cJSON *json,
		       const struct daemon **ret_daemon)
{
	static const struct list workers = {"workers", &snapshot_worker, sizeof(struct worker), read_worker_more};
	static const struct list disk = {"disk", &snapshot_disk, sizeof(struct disk_use), NULL};
	static const struct list builds = {"builds", &snapshot_build, sizeof(struct active_build), NULL};
	const cJSON *object = json_get(json, "daemon");
	struct spot spot = {at, "daemon", SIZE_MAX};

	if (!object || cJSON_IsNull(object))
		return 0;
	struct daemon *daemon = ARENA_NEW(reader->arena, struct daemon);
	if (members_read(reader, &spot, object, &snapshot_daemon, daemon) < 0 ||
	    reader_list(reader, &spot, object, &workers, &daemon->workers, &daemon->worker_count) < 0 ||
	    reader_list(reader, &spot, object, &disk, &daemon->disk, &daemon->disk_count) < 0 ||
	    reader_list(reader, &spot, object, &builds, &daemon->builds, &daemon->build_count) < 0)
		return -1;
	*ret_daemon = daemon;
	return 0;
}

static int read_node_more(const struct member_reader *reader, const struct spot *at, const cJSON *json, void *element)
{
	struct live_node *node = element;
	const char *container, *volume;

	if (read_state(reader, at, json, &node->state) < 0 || read_seen(reader, at, json, &node->seen) < 0 ||
	    read_engine_name(reader, at, json, &node->engine) < 0 || read_node_cluster(reader, at, json, node) < 0 ||
	    read_daemon(reader, at, json, &node->daemon) < 0 ||
	    reader_text(reader, at, json, "container", &container) < 0 ||
	    reader_text(reader, at, json, "volume", &volume) < 0)
		return -1;
	node->container = node->engine ? engine_container(node->engine, container) : NULL;
	node->volume = node->engine ? engine_volume(node->engine, volume) : NULL;
	if (container && !node->container)
		return reader_bad(reader, at, "container", "is not one of the engine's");
	return volume && !node->volume ? reader_bad(reader, at, "volume", "is not one of the engine's") : 0;
}

static int read_builder_more(const struct member_reader *reader, const struct spot *at, const cJSON *json,
			     void *element)
{
	static const struct list nodes = {"nodes", &snapshot_node, sizeof(struct live_node), read_node_more};
	struct live_builder *builder = element;

	/* A builder of the store is a file: its name must not lead elsewhere. */
	if (!builder->context_builder && name_problem(builder->name))
		return reader_bad(reader, at, "name", "is not a builder's name");
	return reader_list(reader, at, json, &nodes, &builder->nodes, &builder->node_count);
}

static int read_orphan_more(const struct member_reader *reader, const struct spot *at, const cJSON *json, void *element)
{
	return read_engine_name(reader, at, json, &((struct orphan *)element)->engine);
}

/* Snapshots of before TLS files were looked at do not have the list: what is there is then not known. */
static int read_context_more(const struct member_reader *reader, const struct spot *at, const cJSON *json,
			     void *element)
{
	static const struct list files = {"tls", &snapshot_tls_file, sizeof(struct store_file), NULL};
	struct live_context *context = element;

	context->tls_known = json_get(json, "tls");
	if (!context->tls_known)
		return 0;
	if (reader_list(reader, at, json, &files, &context->tls, &context->tls_count) < 0)
		return -1;
	for (size_t i = 0; i < context->tls_count; i++)
		if (text_empty(context->tls[i].path))
			return reader_bad(reader, at, "tls", "has a file without a path");
	return 0;
}

/* Earlier snapshots say only which context is current, and from where. */
static int read_configured(const struct member_reader *reader, const cJSON *json)
{
	struct live *live = reader->context;

	if (json_get(json, "configured_context"))
		return reader_text(reader, NULL, json, "configured_context", &live->configured_context);
	if (text_equal(live->current_context_from, "config.json"))
		live->configured_context = live->current_context;
	else if (text_equal(live->current_context_from, "default"))
		live->configured_context = "";
	return 0;
}

static int read_fault(const struct member_reader *reader, const struct spot *at, const cJSON *json)
{
	struct live *live = reader->context;
	/* Only what is left over has a size and an age. */
	struct fault fault = {.size = json_integer(json, "size", -1),
			      .created = arena_strdup(reader->arena, json_string(json, "created"))};
	const char *code;

	if (reader_name(reader, at, json, "code", &code) < 0 ||
	    reader_name(reader, at, json, "subject", &fault.subject) < 0 ||
	    reader_text(reader, at, json, "path", &fault.path) < 0 ||
	    reader_name(reader, at, json, "message", &fault.message) < 0 ||
	    reader_name(reader, at, json, "mend", &fault.mend) < 0)
		return -1;
	fault.kind = fault_kind_find(code);
	if (fault.kind) /* else it is of a later version: nothing here acts on it */
		*ARENA_PUSH(reader->arena, live->faults.items, live->faults.count) = fault;
	return 0;
}

static int read_faults(const struct member_reader *reader, const cJSON *json)
{
	struct spot spot = {NULL, "faults", 0};
	const cJSON *item, *array;

	if (reader_array(reader, NULL, json, "faults", &array) < 0)
		return -1;
	cJSON_ArrayForEach(item, array) {
		if (read_fault(reader, &spot, item) < 0)
			return -1;
		spot.index++;
	}
	faults_sort(&((struct live *)reader->context)->faults);
	return 0;
}

/* Snapshots without clusters do not have the list. */
static int read_clusters(const struct member_reader *reader, const cJSON *json)
{
	static const struct list clusters = {"clusters", &snapshot_cluster, sizeof(struct cluster), read_cluster_more};
	struct live *live = reader->context;

	if (!json_get(json, "clusters"))
		return 0;
	if (reader_list(reader, NULL, json, &clusters, &live->clusters, &live->cluster_count) < 0)
		return -1;
	return sort_unique(reader, NULL, "clusters", live->clusters, live->cluster_count, sizeof(*live->clusters));
}

/* Engines and clusters first: nodes and orphans name them. */
static int read_lists(const struct member_reader *reader, const cJSON *json)
{
	static const struct list engines = {"engines", &snapshot_engine, sizeof(struct engine), read_engine_more};
	static const struct list contexts = {"contexts", &snapshot_context, sizeof(struct live_context),
					     read_context_more};
	static const struct list builders = {"builders", &snapshot_builder, sizeof(struct live_builder),
					     read_builder_more};
	static const struct list orphans = {"orphans", &snapshot_orphan, sizeof(struct orphan), read_orphan_more};
	struct live *live = reader->context;

	if (reader_list(reader, NULL, json, &engines, &live->engines, &live->engine_count) < 0 ||
	    sort_unique(reader, NULL, "engines", live->engines, live->engine_count, sizeof(*live->engines)) < 0 ||
	    read_clusters(reader, json) < 0 ||
	    reader_list(reader, NULL, json, &contexts, &live->contexts, &live->context_count) < 0 ||
	    sort_unique(reader, NULL, "contexts", live->contexts, live->context_count, sizeof(*live->contexts)) < 0 ||
	    reader_list(reader, NULL, json, &builders, &live->builders, &live->builder_count) < 0 ||
	    sort_unique(reader, NULL, "builders", live->builders, live->builder_count, sizeof(*live->builders)) < 0 ||
	    reader_list(reader, NULL, json, &orphans, &live->orphans, &live->orphan_count) < 0)
		return -1;
	return read_faults(reader, json);
}

static int read_version(const struct member_reader *reader, const cJSON *json)
{
	const char *version = json_string(json, "format_version");

	if (!version)
		return error_set(reader->err, ERROR_CORRUPT,
				 "not a snapshot: it is not an object with a text \"format_version\"");
	if (!text_starts(version, "1."))
		return error_set(reader->err, ERROR_CORRUPT,
				 "the snapshot has format_version \"%.20s\"; this version reads 1.x",
				 text_printable(reader->arena, version, false));
	return 0;
}

/* Snapshots of before do not say it. */
static int read_taken(const struct member_reader *reader, const cJSON *json)
{
	struct spot spot = {NULL, "taken", SIZE_MAX};
	struct live *live = reader->context;
	const cJSON *taken = json_get(json, "taken");

	return taken ? members_read(reader, &spot, taken, &snapshot_taken, &live->taken) : 0;
}

int live_from_json(const cJSON *json, struct live **ret_live, struct error *err)
{
	struct live *live = live_new();
	struct member_reader reader = {"a snapshot", live->arena, err, live};

	live->from_snapshot = true;
	if (read_version(&reader, json) < 0 || read_taken(&reader, json) < 0 ||
	    members_read(&reader, NULL, json, &snapshot_live, live) < 0 || read_configured(&reader, json) < 0 ||
	    read_lists(&reader, json) < 0) {
		live_free(live);
		return -1;
	}
	*ret_live = live;
	return 0;
}
