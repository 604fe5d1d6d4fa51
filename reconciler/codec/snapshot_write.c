/* Live state -> JSON, secrets and raw bytes left out. The same live state gives the same bytes. */
#include "base/json.h"
#include "base/xalloc.h"
#include "codec/snapshot.h"
#include "codec/snapshot_members.h"
#include "model/secret.h"

#include <string.h>

/* JSON is UTF-8; what comes from disks need not be. */
static const char *clean(struct arena *arena, const char *text)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	size_t left = strlen(text), length;
	const char *at = text;
	uint32_t code;

	while (left > 0 && (length = utf8_decode(at, left, &code)) > 0) {
		at += length;
		left -= length;
	}
	if (left == 0)
		return text;
	for (at = text, left = strlen(text); left > 0; at += length, left -= length) {
		length = utf8_decode(at, left, &code);
		text_append(&out, length == 0 ? "\xEF\xBF\xBD" : at, length == 0 ? 3 : length);
		length = length == 0 ? 1 : length;
	}
	return arena_strdup(arena, text_string(&out));
}

static const char *shown(struct arena *arena, const char *text)
{
	return text ? text_without_password(arena, clean(arena, text)) : NULL;
}

static void write_members(struct arena *arena, cJSON *json, const struct members *members, const void *object)
{
	members_write(&(struct member_writer){.shown = shown, .arena = arena}, json, members, object);
}

static void write_worker(struct arena *arena, cJSON *json, const struct worker *worker)
{
	write_members(arena, json, &snapshot_worker, worker);
	cJSON *rules = json_add_array(json, "rules");
	for (size_t i = 0; i < worker->rule_count; i++)
		write_members(arena, json_append_object(rules), &snapshot_rule, &worker->rules[i]);
}

static void write_daemon(struct arena *arena, cJSON *json, const struct daemon *daemon)
{
	write_members(arena, json, &snapshot_daemon, daemon);
	cJSON *workers = json_add_array(json, "workers");
	for (size_t i = 0; i < daemon->worker_count; i++)
		write_worker(arena, json_append_object(workers), &daemon->workers[i]);
	cJSON *disk = json_add_array(json, "disk");
	for (size_t i = 0; i < daemon->disk_count; i++)
		write_members(arena, json_append_object(disk), &snapshot_disk, &daemon->disk[i]);
	cJSON *builds = json_add_array(json, "builds");
	for (size_t i = 0; i < daemon->build_count; i++)
		write_members(arena, json_append_object(builds), &snapshot_build, &daemon->builds[i]);
}

static void write_node(struct arena *arena, cJSON *json, const struct live_node *node)
{
	write_members(arena, json, &snapshot_node, node);
	json_add_string(json, "state", node_state_name(node->state));
	json_add_string(json, "seen", seen_kind(node->seen)->name);
	json_add_string(json, "engine", !node->engine ? NULL : shown(arena, node->engine->endpoint));
	json_add_string(json, "container", !node->container ? NULL : shown(arena, node->container->name));
	json_add_string(json, "volume", !node->volume ? NULL : shown(arena, node->volume->name));
	if (node->cluster) {
		json_add_string(json, "cluster", shown(arena, node->cluster->key));
		json_add_bool(json, "workload", node->workload);
	}
	if (node->daemon)
		write_daemon(arena, json_add_object(json, "daemon"), node->daemon);
	else
		json_add_string(json, "daemon", NULL);
}

static void write_builder(struct arena *arena, cJSON *json, const struct live_builder *builder)
{
	write_members(arena, json, &snapshot_builder, builder);
	cJSON *nodes = json_add_array(json, "nodes");
	for (size_t i = 0; i < builder->node_count; i++)
		write_node(arena, json_append_object(nodes), &builder->nodes[i]);
}

/* Environment whose name says nothing, but that a state file calls secret. */
static void hide_env(struct arena *arena, cJSON *container, const struct live *live)
{
	cJSON *entry;

	cJSON_ArrayForEach(entry, cJSON_GetObjectItemCaseSensitive(container, "env")) {
		int name = (int)strcspn(entry->valuestring, "=");

		if (entry->valuestring[name] == '=' &&
		    live_is_secret(live, arena_printf(arena, "env.%.*s", name, entry->valuestring)) &&
		    !cJSON_SetValuestring(entry,
					  arena_printf(arena, "%.*s=%s", name, entry->valuestring, SECRET_SHOWN)))
			out_of_memory();
	}
}

static void write_engine(struct arena *arena, cJSON *json, const struct live *live, const struct engine *engine)
{
	write_members(arena, json, &snapshot_engine, engine);
	cJSON *containers = json_add_array(json, "containers");
	for (size_t i = 0; i < engine->container_count; i++) {
		cJSON *container = json_append_object(containers);

		write_members(arena, container, &snapshot_container, &engine->containers[i]);
		hide_env(arena, container, live);
	}
	cJSON *volumes = json_add_array(json, "volumes");
	for (size_t i = 0; i < engine->volume_count; i++)
		write_members(arena, json_append_object(volumes), &snapshot_volume, &engine->volumes[i]);
}

static void write_workload(struct arena *arena, cJSON *json, const struct workload *workload)
{
	write_members(arena, json, &snapshot_workload, workload);
	cJSON *pods = json_add_array(json, "pods");
	for (size_t i = 0; i < workload->pod_count; i++)
		write_members(arena, json_append_object(pods), &snapshot_pod, &workload->pods[i]);
	cJSON *configs = json_add_array(json, "config_maps");
	for (size_t i = 0; i < workload->config_count; i++)
		write_members(arena, json_append_object(configs), &snapshot_config_map, &workload->configs[i]);
}

static void write_cluster(struct arena *arena, cJSON *json, const struct cluster *cluster)
{
	write_members(arena, json, &snapshot_cluster, cluster);
	cJSON *ways = json_add_array(json, "ways");
	for (size_t i = 0; i < cluster->way_count; i++)
		write_members(arena, json_append_object(ways), &snapshot_way, &cluster->ways[i]);
	cJSON *workloads = json_add_array(json, "workloads");
	for (size_t i = 0; i < cluster->workload_count; i++)
		write_workload(arena, json_append_object(workloads), &cluster->workloads[i]);
	cJSON *claims = json_add_array(json, "claims");
	for (size_t i = 0; i < cluster->claim_count; i++)
		write_members(arena, json_append_object(claims), &snapshot_claim, &cluster->claims[i]);
	cJSON *strays = json_add_array(json, "stray_config_maps");
	for (size_t i = 0; i < cluster->stray_config_count; i++)
		write_members(arena, json_append_object(strays), &snapshot_config_map, &cluster->stray_configs[i]);
}

static void write_clusters(struct arena *arena, cJSON *json, const struct live *live)
{
	/* Most machines have none, and documents of before did not say so. */
	cJSON *clusters = live->cluster_count > 0 ? json_add_array(json, "clusters") : NULL;

	for (size_t i = 0; i < live->cluster_count; i++)
		write_cluster(arena, json_append_object(clusters), &live->clusters[i]);
}

static void write_context(struct arena *arena, cJSON *json, const struct live_context *context)
{
	write_members(arena, json, &snapshot_context, context);
	if (!context->tls_known)
		return;
	cJSON *files = json_add_array(json, "tls");
	for (size_t i = 0; i < context->tls_count; i++)
		write_members(arena, json_append_object(files), &snapshot_tls_file, &context->tls[i]);
}

static void write_orphan(struct arena *arena, cJSON *json, const struct orphan *orphan)
{
	write_members(arena, json, &snapshot_orphan, orphan);
	json_add_string(json, "engine", !orphan->engine ? NULL : shown(arena, orphan->engine->endpoint));
}

static void write_fault(struct arena *arena, cJSON *json, const struct fault *fault)
{
	json_add_string(json, "code", fault->kind->code);
	json_add_string(json, "subject", shown(arena, fault->subject));
	json_add_string(json, "path", shown(arena, fault->path));
	json_add_string(json, "message", shown(arena, fault->message));
	json_add_string(json, "mend", shown(arena, fault->mend));
	if (fault->size >= 0)
		json_add_integer(json, "size", fault->size);
	if (fault->created)
		json_add_string(json, "created", shown(arena, fault->created));
}

cJSON *live_to_json(const struct live *live)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	cJSON *json = cJSON_CreateObject();

	if (!json)
		out_of_memory();
	json_add_string(json, "format_version", SNAPSHOT_VERSION);
	if (live->taken.at)
		write_members(arena, json_add_object(json, "taken"), &snapshot_taken, &live->taken);
	write_members(arena, json, &snapshot_live, live);
	cJSON *builders = json_add_array(json, "builders");
	for (size_t i = 0; i < live->builder_count; i++)
		write_builder(arena, json_append_object(builders), &live->builders[i]);
	json_add_string(json, "configured_context", shown(arena, live->configured_context));
	cJSON *contexts = json_add_array(json, "contexts");
	for (size_t i = 0; i < live->context_count; i++)
		write_context(arena, json_append_object(contexts), &live->contexts[i]);
	cJSON *engines = json_add_array(json, "engines");
	for (size_t i = 0; i < live->engine_count; i++)
		write_engine(arena, json_append_object(engines), live, &live->engines[i]);
	write_clusters(arena, json, live);
	cJSON *orphans = json_add_array(json, "orphans");
	for (size_t i = 0; i < live->orphan_count; i++)
		write_orphan(arena, json_append_object(orphans), &live->orphans[i]);
	cJSON *faults = json_add_array(json, "faults");
	for (size_t i = 0; i < live->faults.count; i++)
		write_fault(arena, json_append_object(faults), &live->faults.items[i]);
	return json;
}
