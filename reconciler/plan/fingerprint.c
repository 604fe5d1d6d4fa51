/* Digests of what was observed, so that a saved plan can tell whether the world is still as it was.
 *
 * What changes by itself (uptime, pids, sizes) is left out, and so are secret values: a digest of them could be
 * guessed. */
#include "plan/fingerprint.h"

#include "base/digest.h"
#include "base/json.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/secret.h"
#include "plan/draft.h"
#include "plan/foreign.h"

#include <string.h>

const char *fingerprint_text(struct draft *draft, const char *text)
{
	char hex[DIGEST_HEX];

	digest_hex(text, strlen(text), hex);
	return arena_strdup(draft->arena, hex);
}

const char *fingerprint_file(struct draft *draft, const struct store_file *file)
{
	char hex[DIGEST_HEX];

	if (!file->exists)
		return fingerprint_text(draft, "absent");
	if (!file->data)
		return fingerprint_text(draft, file->readable ? "empty" : "unreadable");
	digest_hex(file->data, file->length, hex);
	return arena_strdup(draft->arena, hex);
}

static void add_files(cJSON *object, const char *key, const struct config_files *files)
{
	cJSON *list = json_add_object(object, key);
	char hex[DIGEST_HEX];

	for (size_t i = 0; i < files->count; i++) {
		const struct config_file *file = &files->items[i];
		digest_hex(file->data, file->length, hex);
		json_add_string(list, file->name, file->secret ? SECRET_SHOWN : hex);
	}
}

static void add_env(const struct live *live, struct arena *arena, cJSON *object, const struct container *container)
{
	cJSON *list = json_add_array(object, "env");

	for (size_t i = 0; i < container->env.count; i++) {
		const char *entry = container->env.items[i];
		size_t name = strcspn(entry, "=");
		const char *key = arena_printf(arena, "env.%.*s", (int)name, entry);
		json_append_string(list, live_is_secret(live, key) ? key : text_without_password(arena, entry));
	}
}

static void add_container(const struct live *live, struct arena *arena, cJSON *object,
			  const struct container *container)
{
	cJSON *json = json_add_object(object, "container");

	json_add_string(json, "id", container->id);
	json_add_string(json, "image", container->image);
	json_add_string(json, "image_id", container->image_id);
	json_add_string(json, "status", container->status);
	json_add_strings(json, "command", &container->command);
	add_env(live, arena, json, container);
	json_add_integer(json, "memory", container->memory);
	json_add_integer(json, "memory_swap", container->memory_swap);
	json_add_integer(json, "cpu_quota", container->cpu_quota);
	json_add_integer(json, "cpu_period", container->cpu_period);
	json_add_integer(json, "cpu_shares", container->cpu_shares);
	json_add_string(json, "cpuset_cpus", container->cpuset_cpus);
	json_add_string(json, "cpuset_mems", container->cpuset_mems);
	json_add_string(json, "network", container->network);
	json_add_string(json, "restart_policy", container->restart_policy);
	json_add_string(json, "state_volume", container->state_volume);
	add_files(json, "files", &container->files);
	/* What would be lost, and was not there when the plan was read. */
	struct strings networks = foreign_networks(arena, container);
	if (networks.count > 0)
		json_add_strings(json, "networks", &networks);
	if (container->edits.count > 0)
		json_add_strings(json, "edits", &container->edits);
}

/* What a plan about it goes by. How its pods fare changes by itself, and its resourceVersion with that. */
static void add_workload(const struct live *live, struct arena *arena, cJSON *object, const struct workload *workload)
{
	cJSON *json = json_add_object(object, "workload"), *options = json_add_object(json, "options");

	json_add_string(json, "kind", workload_kind_name(workload->kind));
	json_add_string(json, "name", workload->name);
	json_add_string(json, "uid", workload->uid);
	for (size_t i = 0; i < workload->options.count; i++) {
		struct pair pair = workload->options.items[i];

		pair.secret |= live_is_secret(live, pair.key);
		if (!workload->scaled_by || !text_equal(pair.key, "replicas")) /* an autoscaler's go up and down */
			json_add_string(options, pair.key, pair_shown(arena, &pair));
	}
	json_add_strings(json, "flags", &workload->flags);
	json_add_strings(json, "platforms", &workload->platforms);
	json_add_strings(json, "sidecars", &workload->sidecars);
	json_add_string(json, "managed_by", workload->managed_by);
	json_add_string(json, "scaled_by", workload->scaled_by);
	json_add_string(json, "store", workload->mark.store);
	for (size_t i = 0; i < workload->config_count; i++)
		add_files(json, workload->configs[i].name, &workload->configs[i].files);
	if (workload->twin)
		json_add_string(json, "twin", workload->twin->uid);
}

static void add_claims(cJSON *object, const struct cluster *cluster, const char *workload)
{
	cJSON *list = json_add_object(object, "claims");

	for (size_t i = 0; i < cluster->claim_count; i++)
		if (text_equal(cluster->claims[i].workload, workload))
			json_add_string(list, cluster->claims[i].name,
					cluster->claims[i].uid ? cluster->claims[i].uid : "");
}

/* Nothing for nodes that are in no cluster. */
static void add_cluster(const struct live *live, struct arena *arena, cJSON *object, const struct cluster *cluster,
			const char *node, const struct workload *workload)
{
	if (!cluster)
		return;
	json_add_string(object, "cluster", cluster->server);
	json_add_string(object, "namespace", cluster->namespace);
	if (workload)
		add_workload(live, arena, object, workload);
	add_claims(object, cluster, workload_name(arena, node));
}

static void add_spec(struct arena *arena, cJSON *object, const struct node *node)
{
	json_add_string(object, "name", node->name);
	json_add_string(object, "endpoint", node->endpoint);
	json_add_strings(object, "platforms", &node->platforms);
	json_add_strings(object, "flags", &node->flags);
	cJSON *options = json_add_object(object, "driver_opts");
	for (size_t i = 0; i < node->driver_opts.count; i++)
		json_add_string(options, node->driver_opts.items[i].key,
				pair_shown(arena, &node->driver_opts.items[i]));
	add_files(object, "files", &node->files);
}

static void add_place(const struct live *live, struct arena *arena, cJSON *object, const struct container *container,
		      const struct volume *volume)
{
	if (container)
		add_container(live, arena, object, container);
	json_add_string(object, "volume", volume ? volume->name : NULL);
}

const char *fingerprint_builder(struct draft *draft, const char *name, const struct builder_draft *builder)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	const struct live_builder *have = builder ? builder->have : NULL;
	char hex[DIGEST_HEX];

	json_add_string(json, "name", name);
	json_add_string(json, "driver", have ? have->driver : NULL);
	if (have && have->damaged)
		json_add_string(json, "damaged", fingerprint_file(draft, &have->file));
	cJSON *nodes = json_add_array(json, "nodes");
	for (size_t i = 0; have && i < have->node_count; i++) {
		cJSON *node = json_append_object(nodes);
		add_spec(scratch, node, &have->nodes[i].spec);
		/* Somebody else's daemon comes and goes, and pods do. */
		if (driver_has_containers(have->driver))
			json_add_string(node, "state", node_state_name(have->nodes[i].state));
		add_place(draft->live, scratch, node, have->nodes[i].container, have->nodes[i].volume);
		add_cluster(draft->live, scratch, node, have->nodes[i].cluster, have->nodes[i].spec.name,
			    have->nodes[i].workload);
	}
	cJSON *places = json_add_array(json, "places");
	for (size_t i = 0; builder && i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		cJSON *place = json_append_object(places);

		add_place(draft->live, scratch, place, node->container, node->volume);
		add_cluster(draft->live, scratch, place, node->cluster,
			    node->want.name ? node->want.name : node->have->spec.name, node->workload);
	}
	json_print_canonical(json, &text);
	digest_hex(text_string(&text), text.length, hex);
	return arena_strdup(draft->arena, hex);
}
