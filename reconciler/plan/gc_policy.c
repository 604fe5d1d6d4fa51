/* Reads the wanted policy out of buildkitd.toml, and holds a worker's own against it.
 *
 * The rules are those of moby/buildkit cmd/buildkitd/main.go (getGCPolicy) and cmd/buildkitd/config/gcpolicy.go:
 * without a list, four rules are made from the numbers, of which the last has the numbers as they are. */
#include "plan/gc_policy.h"

#include "base/count.h"
#include "base/json.h"
#include "codec/buildkitd.h"
#include "model/normal.h"
#include "plan/change.h"
#include "plan/draft.h"
#include "plan/origin.h"

#include <stdlib.h>
#include <string.h>

enum { DERIVED_RULES = 4 };

static int64_t space_of(const cJSON *object, const char *key, const char *old_key, bool *new_names)
{
	const cJSON *item = json_get(object, key);

	if (item)
		*new_names = true;
	else if (old_key)
		item = json_get(object, old_key);
	if (cJSON_IsNumber(item))
		return (int64_t)item->valuedouble;
	if (!cJSON_IsString(item) || text_ends(item->valuestring, "%"))
		return item ? GC_UNKNOWN : 0;
	return memory_bytes(item->valuestring);
}

static int64_t duration_of(const cJSON *object, const char *key)
{
	const cJSON *item = json_get(object, key);

	if (cJSON_IsNumber(item))
		return (int64_t)item->valuedouble * 1000000000LL;
	return cJSON_IsString(item) ? duration_ns(item->valuestring) : 0;
}

static void rules_read(struct arena *arena, const cJSON *list, struct gc_policy *policy)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list) {
		struct gc_rule *rule = ARENA_PUSH(arena, policy->rules, policy->count);
		rule->all = json_bool(item, "all", false);
		json_strings(item, "filters", arena, &rule->filters);
		rule->keep_duration = duration_of(item, "keepDuration");
		rule->reserved_space = space_of(item, "reservedSpace", "keepBytes", &policy->new_names);
		rule->max_used_space = space_of(item, "maxUsedSpace", NULL, &policy->new_names);
		rule->min_free_space = space_of(item, "minFreeSpace", NULL, &policy->new_names);
	}
}

static bool numbers_read(struct arena *arena, const cJSON *oci, struct gc_policy *policy)
{
	struct gc_rule last = {.all = true};

	last.reserved_space = space_of(oci, "reservedSpace", NULL, &policy->new_names);
	last.max_used_space = space_of(oci, "maxUsedSpace", NULL, &policy->new_names);
	last.min_free_space = space_of(oci, "minFreeSpace", NULL, &policy->new_names);
	/* gckeepstorage counts only where none of the three is said. */
	if (!policy->new_names)
		last.reserved_space = space_of(oci, "gckeepstorage", NULL, &(bool){false});
	if (last.reserved_space == 0 && last.max_used_space == 0 && last.min_free_space == 0)
		return false;
	policy->derived = true;
	policy->count = DERIVED_RULES;
	policy->rules = ARENA_ARRAY(arena, struct gc_rule, DERIVED_RULES);
	policy->rules[DERIVED_RULES - 1] = last;
	return true;
}

/* --oci-worker-gc and --oci-worker-gc-keepstorage go over what the file says. */
static bool has_gc_flag(const struct strings *flags)
{
	for (size_t i = 0; i < flags->count; i++)
		if (text_starts(flags->items[i], "--oci-worker-gc"))
			return true;
	return false;
}

bool gc_policy_wanted(struct arena *arena, const struct node *node, struct gc_policy *ret_policy)
{
	const struct config_file *file = config_files_get(&node->files, "buildkitd.toml");
	CLEANUP_JSON cJSON *tree = NULL;

	*ret_policy = (struct gc_policy){0};
	if (!file || has_gc_flag(&node->flags) || buildkitd_parse(file->data, file->length, &tree, NULL) < 0)
		return false;
	const cJSON *oci = json_get(json_get(tree, "worker"), "oci");
	if (!oci || !json_bool(oci, "gc", true))
		return false;
	rules_read(arena, json_get(oci, "gcpolicy"), ret_policy);
	return ret_policy->count > 0 || numbers_read(arena, oci, ret_policy);
}

static const struct space_row {
	const char *name;
	size_t offset;
} spaces[] = {
	{"reservedSpace", offsetof(struct gc_rule, reserved_space)},
	{"maxUsedSpace", offsetof(struct gc_rule, max_used_space)},
	{"minFreeSpace", offsetof(struct gc_rule, min_free_space)},
};

static const char *space_text(struct arena *arena, int64_t bytes)
{
	return bytes == 0 ? NULL : bytes_text(arena, bytes);
}

static const char *space_difference(struct arena *arena, const struct gc_rule *want, const struct gc_rule *have,
				    const char **ret_before, const char **ret_after)
{
	for (size_t i = 0; i < COUNT(spaces); i++) {
		int64_t wanted = *(const int64_t *)(const void *)((const char *)want + spaces[i].offset);
		int64_t real = *(const int64_t *)(const void *)((const char *)have + spaces[i].offset);
		if (wanted == GC_UNKNOWN || wanted == real)
			continue;
		*ret_before = space_text(arena, real);
		*ret_after = space_text(arena, wanted);
		return spaces[i].name;
	}
	return NULL;
}

static const char *rule_difference(struct arena *arena, const struct gc_rule *want, const struct gc_rule *have,
				   const char **ret_before, const char **ret_after)
{
	*ret_before = have->all ? "true" : "false";
	*ret_after = want->all ? "true" : "false";
	if (want->all != have->all)
		return "all";
	*ret_before = strings_join(arena, &have->filters, " ");
	*ret_after = strings_join(arena, &want->filters, " ");
	if (!strings_equal(&want->filters, &have->filters))
		return "filters";
	*ret_before = arena_printf(arena, "%llds", (long long)(have->keep_duration / 1000000000));
	*ret_after = arena_printf(arena, "%llds", (long long)(want->keep_duration / 1000000000));
	if (want->keep_duration != GC_UNKNOWN && want->keep_duration != have->keep_duration)
		return "keepDuration";
	return space_difference(arena, want, have, ret_before, ret_after);
}

const char *gc_policy_difference(struct arena *arena, const struct gc_policy *want, const struct worker *worker,
				 const char **ret_before, const char **ret_after)
{
	if (worker->rule_count != want->count) {
		*ret_before = arena_printf(arena, "%zu rules", worker->rule_count);
		*ret_after = arena_printf(arena, "%zu rules", want->count);
		return "rules";
	}
	for (size_t i = want->derived ? want->count - 1 : 0; i < want->count; i++) {
		const char *what = rule_difference(arena, &want->rules[i], &worker->rules[i], ret_before, ret_after);
		if (what)
			return arena_printf(arena, "rule%zu.%s", i, what);
	}
	return NULL;
}

bool gc_policy_is_old(const struct daemon *daemon)
{
	const char *version = daemon->version;
	char *end;

	if (!version)
		return false;
	version += *version == 'v';
	long major = strtol(version, &end, 10);
	if (end == version || *end != '.' || major != 0)
		return false;
	long minor = strtol(end + 1, NULL, 10);
	return minor > 0 && minor < 17; /* "0.0.0+unknown" is somebody's own build */
}

void diff_gc_policy(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	const struct daemon *daemon = node->have ? node->have->daemon : NULL;
	const char *before = NULL, *after = NULL;
	struct gc_policy want;

	if (!daemon || daemon->worker_count != 1 || !gc_policy_wanted(draft->arena, &node->want, &want) ||
	    (want.new_names && gc_policy_is_old(daemon)))
		return;
	const char *what = gc_policy_difference(draft->arena, &want, &daemon->workers[0], &before, &after);
	if (!what)
		return;
	const char *path = arena_printf(draft->arena, "nodes.%s.daemon.gc-policy.%s", node->label, what);
	struct field_change *field = field_add(draft, builder->change, path, before, after,
					       origin_of_setting(&builder->want, &node->want, "worker.oci.gcpolicy"));
	field->where = FIELD_DAEMON;
	field->forces_replacement = true;
	field->note = "drift: the running daemon has another policy than its file";
	node->action = NODE_REMAKE;
	node->why = arena_printf(draft->arena, "gc policy not in force on node %s", node->want.name);
}
