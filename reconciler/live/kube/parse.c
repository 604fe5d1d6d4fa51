/* Reads workloads, ConfigMaps and claims. */
#include "live/kube/parse.h"

#include "base/digest.h"
#include "base/limits.h"
#include "model/secret.h"

#include <string.h>

struct build {
	struct arena *arena;
	void *rows; /* struct kube_workloads and so on */
};

/* ReplicaFailure: no pod could be made at all; Progressing is False once a rollout took longer than it may
 * (kubernetes/api apps/v1/types.go). That pods are not available is said better by the pods. */
static void read_conditions(struct arena *arena, const cJSON *conditions, struct workload *workload)
{
	const cJSON *condition;

	cJSON_ArrayForEach(condition, conditions) {
		const char *type = json_string(condition, "type"), *status = json_string(condition, "status");
		bool failure = text_equal(type, "ReplicaFailure") && text_equal(status, "True");
		bool stuck = text_equal(type, "Progressing") && text_equal(status, "False");
		if (!failure && (!stuck || workload->trouble))
			continue;
		workload->trouble = kube_words(arena, json_string(condition, "reason"));
		workload->words = kube_words(arena, json_string(condition, "message"));
	}
}

/* Others mount theirs as well: a team's certificates, what admission adds. */
static void keep_own(struct arena *arena, const char *workload, struct kube_mounts *mounts)
{
	size_t kept = 0;

	for (size_t i = 0; i < mounts->count; i++)
		if (text_equal(kube_config_owner(arena, mounts->items[i].name), workload))
			mounts->items[kept++] = mounts->items[i];
	mounts->count = kept;
}

static void take_workload(void *context, const cJSON *object)
{
	struct build *build = context;
	struct kube_workloads *workloads = build->rows;
	const cJSON *status = json_get(object, "status");
	struct kube_workload row = {
		.workload =
			{
				.kind = workloads->kind,
				.name = arena_strdup(build->arena, kube_name(object)),
				.uid = kube_meta(build->arena, object, "uid"),
				.version = kube_meta(build->arena, object, "resourceVersion"),
				.created = kube_meta(build->arena, object, "creationTimestamp"),
				.managed_by = kube_managed_by(build->arena, object),
				.scaled_by = kube_scaled_by(build->arena, object),
				.generation = json_integer(json_get(object, "metadata"), "generation", 0),
				.observed_generation = json_integer(status, "observedGeneration", 0),
				.ready = json_integer(status, "readyReplicas", 0),
				.updated = json_integer(status, "updatedReplicas", 0),
				.available = json_integer(status, "availableReplicas", 0),
				.made = json_integer(status, "replicas", 0),
			},
	};

	kube_read_mark(build->arena, object, &row.workload.mark);
	template_read(build->arena, object, &row.workload, &row.configs, &row.looks);
	keep_own(build->arena, row.workload.name, &row.configs);
	read_conditions(build->arena, json_get(status, "conditions"), &row.workload);
	*ARENA_PUSH(build->arena, workloads->items, workloads->count) = row;
}

static int too_many(size_t count, struct error *err)
{
	if (count > LIMIT_KUBE_ROWS)
		return error_set(err, ERROR_CORRUPT, "the cluster's answers have more than %d rows", LIMIT_KUBE_ROWS);
	return 0;
}

int kube_parse_workloads(struct arena *arena, const char *data, size_t length, struct kube_workloads *workloads,
			 const char **ret_more, struct error *err)
{
	struct build build = {arena, workloads};

	if (kube_each(arena, data, length, take_workload, &build, ret_more, err) < 0)
		return -1;
	return too_many(workloads->count, err);
}

const char *kube_config_owner(struct arena *arena, const char *config_map)
{
	static const char suffix[] = "-config";
	size_t length = strlen(config_map), digits = 0;

	while (digits < length && strchr("0123456789", config_map[length - digits - 1]))
		digits++;
	if (digits > 0 && digits < length && config_map[length - digits - 1] == '-')
		length -= digits + 1;
	const char *name = arena_strndup(arena, config_map, length);
	size_t rest = text_ends(name, suffix) ? length - strlen(suffix) : 0;
	return rest > 0 ? arena_strndup(arena, name, rest) : NULL;
}

static void keep_file(struct arena *arena, struct config_map *map, const char *name, const void *data, size_t length)
{
	if (text_empty(name) || strchr(name, '/') || map->files.count >= LIMIT_KUBE_TEXTS)
		return;
	*ARENA_PUSH(arena, map->files.items, map->files.count) = (struct config_file){
		.name = arena_strdup(arena, name),
		.data = arena_copy(arena, data, length),
		.length = length,
		.secret = holds_private_key(data, length),
	};
}

static void read_files(struct arena *arena, const cJSON *object, struct config_map *map)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(object, "data")) {
		const char *text = cJSON_GetStringValue(item);
		if (text)
			keep_file(arena, map, item->string, text, strlen(text));
	}
	cJSON_ArrayForEach(item, json_get(object, "binaryData")) {
		CLEANUP_BUFFER struct buffer bytes = BUFFER_INIT(LIMIT_STORE_FILE * 2);
		const char *text = cJSON_GetStringValue(item);
		if (text && base64_decode(&bytes, text) == 0)
			keep_file(arena, map, item->string, buffer_text(&bytes), bytes.length);
	}
	config_files_sort(&map->files);
}

static void take_config_map(void *context, const cJSON *object)
{
	struct build *build = context;
	struct kube_config_maps *maps = build->rows;
	struct config_map map = {
		.name = arena_strdup(build->arena, kube_name(object)),
		.uid = kube_meta(build->arena, object, "uid"),
		.version = kube_meta(build->arena, object, "resourceVersion"),
	};

	maps->seen++;
	if (!kube_config_owner(build->arena, map.name))
		return;
	kube_read_mark(build->arena, object, &map.mark);
	read_files(build->arena, object, &map);
	*ARENA_PUSH(build->arena, maps->items, maps->count) = map;
}

int kube_parse_config_maps(struct arena *arena, const char *data, size_t length, struct kube_config_maps *maps,
			   const char **ret_more, struct error *err)
{
	struct build build = {arena, maps};

	if (kube_each(arena, data, length, take_config_map, &build, ret_more, err) < 0)
		return -1;
	return too_many(maps->count, err);
}

/* "buildkitd-NAME-0", with the label app: NAME: what the StatefulSet of BuildX 0.34 and later makes. */
static bool is_claim_of(const char *claim, const char *workload)
{
	static const char prefix[] = "buildkitd-";
	size_t length = strlen(workload);

	if (!text_starts(claim, prefix) || strncmp(claim + strlen(prefix), workload, length) != 0)
		return false;
	const char *ordinal = claim + strlen(prefix) + length;
	return ordinal[0] == '-' && ordinal[1] != '\0' && ordinal[1 + strspn(ordinal + 1, "0123456789")] == '\0';
}

static void take_claim(void *context, const cJSON *object)
{
	struct build *build = context;
	struct kube_claims *claims = build->rows;
	struct arena *arena = build->arena;
	const cJSON *spec = json_get(object, "spec");
	const cJSON *requests = json_get(json_get(spec, "resources"), "requests");
	const char *workload = cJSON_GetStringValue(kube_label(object, "app"));

	if (!kube_name_valid(workload) || !is_claim_of(kube_name(object), workload))
		return;
	struct volume_claim claim = {
		.name = arena_strdup(arena, kube_name(object)),
		.uid = kube_meta(arena, object, "uid"),
		.version = kube_meta(arena, object, "resourceVersion"),
		.workload = arena_strdup(arena, workload),
		.size = kube_words(arena, json_string(requests, "storage")),
		.phase = kube_words(arena, json_string(json_get(object, "status"), "phase")),
		.volume = kube_words(arena, json_string(spec, "volumeName")),
		.storage_class = kube_words(arena, json_string(spec, "storageClassName")),
		.created = kube_meta(arena, object, "creationTimestamp"),
	};
	kube_read_mark(arena, object, &claim.mark);
	*ARENA_PUSH(arena, claims->items, claims->count) = claim;
}

int kube_parse_claims(struct arena *arena, const char *data, size_t length, struct kube_claims *claims,
		      const char **ret_more, struct error *err)
{
	struct build build = {arena, claims};

	if (kube_each(arena, data, length, take_claim, &build, ret_more, err) < 0)
		return -1;
	return too_many(claims->count, err);
}

const char *kube_parse_version(struct arena *arena, const char *data, size_t length)
{
	CLEANUP_JSON cJSON *json = NULL;

	return json_parse(data, length, &json, NULL) < 0 ? NULL : kube_words(arena, json_string(json, "gitVersion"));
}
