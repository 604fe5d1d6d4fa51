/* The cache policy of a builder as garbage collection settings of buildkitd.toml. */
#include "base/count.h"
#include "base/json.h"
#include "base/text.h"
#include "desired/buildkitd.h"

#include <stdlib.h>
#include <string.h>

bool cache_has_settings(const struct cache_policy *cache)
{
	return cache->rule_count > 0 || cache->max_used_space || cache->reserved_space || cache->min_free_space ||
	       cache->keep_duration;
}

static void text_add(cJSON *object, const char *key, const char *value)
{
	if (value)
		json_add_string(object, key, value);
}

static void spaces_add(cJSON *object, const struct cache_policy *cache)
{
	text_add(object, "reservedSpace", cache->reserved_space);
	text_add(object, "maxUsedSpace", cache->max_used_space);
	text_add(object, "minFreeSpace", cache->min_free_space);
}

static void rule_add(cJSON *list, const struct cache_rule *rule)
{
	cJSON *object = json_append_object(list);

	if (rule->all != TRI_UNSET)
		json_add_bool(object, "all", rule->all == TRI_YES);
	if (rule->filters.count > 0)
		json_add_strings(object, "filters", &rule->filters);
	text_add(object, "keepDuration", rule->keep_duration);
	text_add(object, "reservedSpace", rule->reserved_space);
	text_add(object, "maxUsedSpace", rule->max_used_space);
	text_add(object, "minFreeSpace", rule->min_free_space);
}

/* moby/buildkit cmd/buildkitd/config/gcpolicy.go and gcpolicy_unix.go: what DefaultGCPolicy does, with a duration. A
 * rule with neither space nor duration would remove everything, so the last two never go without a space. */
static void duration_rules_add(cJSON *list, const struct cache_policy *cache)
{
	static const char *ephemeral[] = {"type==source.local", "type==exec.cachemount", "type==source.git.checkout"};
	const struct strings filters = {.items = ephemeral, .count = 3};
	struct cache_policy spaces = *cache;
	cJSON *rule;

	if (!cache->reserved_space && !cache->max_used_space && !cache->min_free_space) {
		spaces.reserved_space = "10000000000";
		spaces.max_used_space = "100000000000";
		spaces.min_free_space = "20%";
	}
	rule = json_append_object(list);
	json_add_strings(rule, "filters", &filters);
	json_add_string(rule, "keepDuration", "48h");
	json_add_string(rule, "maxUsedSpace", "512000000");
	rule = json_append_object(list);
	json_add_string(rule, "keepDuration", cache->keep_duration);
	text_add(rule, "reservedSpace", cache->reserved_space);
	spaces_add(json_append_object(list), &spaces);
	rule = json_append_object(list);
	json_add_bool(rule, "all", true);
	spaces_add(rule, &spaces);
}

static cJSON *object_within(cJSON *object, const char *key)
{
	cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);

	return cJSON_IsObject(member) ? member : json_add_object(object, key);
}

/* BuildKit before v0.17 has one number a rule, and it is a cap: moby/buildkit v0.13 cmd/buildkitd/config/config.go. */
static void use_old_name(cJSON *object, const char *name)
{
	static const char *const spaces[] = {"minFreeSpace", "reservedSpace", "maxUsedSpace"};
	const char *cap = json_string(object, "maxUsedSpace");

	if (!cap)
		cap = json_string(object, "reservedSpace");
	if (cap)
		json_add_string(object, name, cap);
	for (size_t i = 0; i < COUNT(spaces); i++)
		cJSON_DeleteItemFromObjectCaseSensitive(object, spaces[i]);
}

void cache_use_old_names(cJSON *tree)
{
	cJSON *oci = object_within(object_within(tree, "worker"), "oci"), *rule;

	use_old_name(oci, "gckeepstorage");
	cJSON_ArrayForEach(rule, cJSON_GetObjectItemCaseSensitive(oci, "gcpolicy"))
		use_old_name(rule, "keepBytes");
}

bool image_is_before_spaces(const char *image)
{
	const char *tag = image ? strrchr(image, ':') : NULL;
	char *end;

	if (!tag || strchr(tag, '/'))
		return false;
	tag += tag[1] == 'v' ? 2 : 1;
	if (!text_starts(tag, "0."))
		return false;
	long minor = strtol(tag + 2, &end, 10);
	return end > tag + 2 && minor > 0 && minor < 17;
}

int cache_into_tree(const struct cache_policy *cache, cJSON *tree, const char **ret_key)
{
	static const char *const own[] = {"gcpolicy", "gckeepstorage", "reservedSpace", "maxUsedSpace", "minFreeSpace"};
	cJSON *oci = object_within(object_within(tree, "worker"), "oci");
	const cJSON *gc = json_get(oci, "gc");

	for (size_t i = 0; i < COUNT(own); i++) {
		if (json_get(oci, own[i])) {
			*ret_key = own[i];
			return -1;
		}
	}
	if (gc && !cJSON_IsTrue(gc)) {
		*ret_key = "gc";
		return -1;
	}
	if (!gc)
		json_add_bool(oci, "gc", true);
	if (cache->rule_count > 0) {
		cJSON *list = json_add_array(oci, "gcpolicy");

		for (size_t i = 0; i < cache->rule_count; i++)
			rule_add(list, &cache->rules[i]);
	} else if (cache->keep_duration) {
		duration_rules_add(json_add_array(oci, "gcpolicy"), cache);
	} else {
		spaces_add(oci, cache);
	}
	return 0;
}
