/* Which keys go together: with the builder's state, with its driver, with each other. */
#include "desired/check.h"

#include "base/count.h"
#include "base/text.h"
#include "desired/buildkitd.h"
#include "model/driver.h"
#include "model/normal.h"

#include <string.h>

/* A mapping that is merged from `defaults` and the builder has its place in the builder. */
static struct source field_source(const struct builder *builder, const char *key)
{
	return places_find(&builder->places, key, builder->source);
}

#define NO_CLUSTER "its nodes are in no cluster"

/* Keys that a driver has no use for, and why. */
static const struct unsuited {
	enum driver_home home;
	const char *key, *why, *hint;
} unsuited[] = {
	{HOME_ENGINE, "endpoint", "the endpoint is that of the Docker context of the same name",
	 "say it below `contexts`"},
	{HOME_ENGINE, "platforms", "the Engine knows its platforms", NULL},
	{HOME_ENGINE, "driver-opts", "the driver has no options", NULL},
	{HOME_ENGINE, "nodes", "the Engine is its only node", NULL},
	{HOME_ENGINE, "buildkitd-flags", "the Engine runs this BuildKit", "configure it in the Engine's daemon.json"},
	{HOME_ENGINE, "buildkitd", "the Engine runs this BuildKit", "configure it in the Engine's daemon.json"},
	{HOME_ENGINE, "buildkitd-config", "the Engine runs this BuildKit", "configure it in the Engine's daemon.json"},
	{HOME_ENGINE, "emulation", "nothing of it is ever changed", "say it on a builder with driver docker-container"},
	{HOME_POD, "emulation", "its nodes are not one Engine's", "set the driver option `qemu.install`"},
	{HOME_ELSEWHERE, "emulation", "nothing is known of the machine it runs on", "register it there"},
	{HOME_ENGINE, "verify", "nothing of it is ever changed", NULL},
	{HOME_POD, "endpoint", "BuildX makes the endpoint from the nodes' names", "remove it"},
	{HOME_ENGINE, "kubeconfig", NO_CLUSTER, NULL},
	{HOME_ENGINE, "context", NO_CLUSTER, "say it below `contexts`"},
	{HOME_ENGINE, "expires-after", NO_CLUSTER, NULL},
	{HOME_CONTAINER, "expires-after", NO_CLUSTER, "write `driver: kubernetes`, or remove it"},
	{HOME_ELSEWHERE, "expires-after", NO_CLUSTER, "write `driver: kubernetes`, or remove it"},
	{HOME_CONTAINER, "kubeconfig", NO_CLUSTER, "write `driver: kubernetes`, or remove it"},
	{HOME_CONTAINER, "context", NO_CLUSTER, "write `endpoint: NAME` for a Docker context"},
	{HOME_ELSEWHERE, "kubeconfig", NO_CLUSTER, "write `driver: kubernetes`, or remove it"},
	{HOME_ELSEWHERE, "context", NO_CLUSTER, "write `driver: kubernetes`, or remove it"},
	{HOME_ELSEWHERE, "buildkitd-flags", "somebody else starts this daemon", "configure it where it is started"},
	{HOME_ELSEWHERE, "buildkitd", "somebody else configures this daemon", "configure it where it is started"},
	{HOME_ELSEWHERE, "buildkitd-config", "somebody else configures this daemon",
	 "configure it where it is started"},
};

static void driver_keys_check(struct builder *builder, struct diagnostics *problems)
{
	enum driver_home home = driver_home(builder->driver);

	for (size_t i = 0; i < COUNT(unsuited); i++) {
		const struct field *field =
			unsuited[i].home == home ? field_find(SCOPE_BUILDER, unsuited[i].key) : NULL;

		if (!field || !field_said(field, builder))
			continue;
		struct source source = field_source(builder, unsuited[i].key);
		if (!source.inherited)
			problem_at(problems, source, unsuited[i].hint,
				   "builder %s: `%s` does not go with driver %s: %s", builder->name, field->key,
				   builder->driver, unsuited[i].why);
		field_drop(field, builder);
	}
}

static struct source cache_source(const struct builder *builder)
{
	return builder->cache.source.file ? builder->cache.source : field_source(builder, "cache");
}

/* Whose policy it is that a cache is collected by; emptying it is possible everywhere. */
static void cache_driver_check(struct builder *builder, struct diagnostics *problems)
{
	enum driver_home home = driver_home(builder->driver);
	bool docker = home == HOME_ENGINE;
	size_t count;
	const struct field *fields = field_scope(SCOPE_CACHE, &count);

	if (!docker && home != HOME_ELSEWHERE)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct field *field = &fields[i];

		if (text_equal(field->key, "reset") || !field_said(field, &builder->cache))
			continue;
		struct source source = places_find(&builder->cache.places, field->key, cache_source(builder));
		if (!source.inherited)
			problem_at(problems, source,
				   docker ? "set `builder.gc` in the Engine's daemon.json"
					  : "configure it where it is started",
				   "builder %s: `%s` does not go with driver %s: %s", builder->name, field->key,
				   builder->driver,
				   docker ? "the Engine collects this cache" : "somebody else configures this daemon");
		field_drop(field, &builder->cache);
	}
}

/* The id is kept as a line of a file. */
static void cache_reset_check(struct builder *builder, struct diagnostics *problems)
{
	enum { ID_MAX = 200 };
	const char *id = builder->cache.reset;
	bool fits = id && *id && strlen(id) <= ID_MAX;

	for (const char *at = id; fits && *at; at++)
		fits = (unsigned char)*at > ' ' && *at != 0x7f;
	if (id && !fits)
		problem_at(problems, places_find(&builder->cache.places, "reset", builder->cache.source),
			   "write something like `2026-03-corrupt-layers`",
			   "builder %s: `reset` is no id: it is empty, has blanks, or is longer than %d bytes",
			   builder->name, ID_MAX);
}

/* An absent builder is only named. Its driver and protection may stay, so that it is taken out by adding one line. */
static void absent_keys_check(struct builder *builder, struct diagnostics *problems)
{
	const char *kept[] = {"state", "driver", "protect"};
	const struct strings names = {.items = kept, .count = COUNT(kept)};
	size_t count;
	const struct field *fields = field_scope(SCOPE_BUILDER, &count);

	for (size_t i = 0; i < count; i++) {
		const struct field *field = &fields[i];

		if (strings_contain(&names, field->key) || !field_said(field, builder))
			continue;
		struct source source = field_source(builder, field->key);
		if (!source.inherited)
			problem_at(problems, source, "remove this key, or `state: absent`",
				   "builder %s must be absent, so it has no `%s`", builder->name, field->key);
		field_drop(field, builder);
	}
}

/* Of two keys that say the same thing in two ways, an inherited one yields. */
static void config_check(struct builder *builder, struct diagnostics *problems)
{
	static const char as_tree[] = "buildkitd", as_file[] = "buildkitd-config";

	if (!builder->buildkitd || !builder->buildkitd_config)
		return;
	bool inherited = field_source(builder, as_tree).inherited;
	if (inherited != field_source(builder, as_file).inherited)
		field_drop(field_find(SCOPE_BUILDER, inherited ? as_tree : as_file), builder);
	else
		problem_at(problems, field_source(builder, as_file), "keep one of the two",
			   "builder %s has both `%s` and `%s`", builder->name, as_tree, as_file);
}

static void rule_filters_check(const struct builder *builder, const struct cache_rule *rule,
			       struct diagnostics *problems)
{
	struct source source = places_find(&rule->places, "filters", rule->source);

	for (size_t i = 0; i < rule->filters.count; i++)
		if (!gc_filter_valid(rule->filters.items[i]))
			problem_at(problems, source.file ? source : cache_source(builder), FILTER_HINT,
				   "builder %s: `%s` is no filter of a cache rule", builder->name,
				   rule->filters.items[i]);
}

static void cache_rules_check(const struct builder *builder, struct diagnostics *problems)
{
	const struct cache_policy *cache = &builder->cache;

	for (size_t i = 0; i < cache->rule_count; i++) {
		const struct cache_rule *rule = &cache->rules[i];

		if (!rule->keep_duration && !rule->max_used_space && !rule->reserved_space && !rule->min_free_space)
			problem_at(problems, rule->source.file ? rule->source : cache_source(builder),
				   "give it keep-duration, max-used-space, reserved-space or min-free-space",
				   "builder %s: cache rule %zu has neither a duration nor a space: it would remove "
				   "everything",
				   builder->name, i + 1);
		rule_filters_check(builder, rule, problems);
	}
}

/* cache.rules replaces the three spaces and the duration. */
static void cache_check(struct builder *builder, struct diagnostics *problems)
{
	static const char *const replaced[] = {"max-used-space", "reserved-space", "min-free-space", "keep-duration"};
	struct cache_policy *cache = &builder->cache;

	if (cache->rule_count == 0)
		return;
	struct source rules = places_find(&cache->places, "rules", cache_source(builder));
	for (size_t i = 0; i < COUNT(replaced) && cache->rule_count > 0; i++) {
		const struct field *field = field_find(SCOPE_CACHE, replaced[i]);
		struct source source = places_find(&cache->places, replaced[i], cache_source(builder));

		if (!field_said(field, cache))
			continue;
		if (rules.inherited && !source.inherited) {
			field_drop(field_find(SCOPE_CACHE, "rules"), cache);
			continue;
		}
		if (rules.inherited == source.inherited)
			problem_at(problems, source, "put it into the rules",
				   "builder %s: `%s` does not go with `rules`, which are the whole policy",
				   builder->name, replaced[i]);
		field_drop(field, cache);
	}
	cache_rules_check(builder, problems);
}

/* Architectures as tonistiigi/binfmt calls them (its README). */
static void emulation_check(const struct builder *builder, struct diagnostics *problems)
{
	static const char *const known[] = {"amd64",   "arm64", "arm",	    "386",    "riscv64",
					    "ppc64le", "s390x", "mips64le", "mips64", "loong64"};
	CLEANUP_ARENA struct arena *arena = builder->emulation.count == 0 ? NULL : arena_new();

	for (size_t i = 0; i < builder->emulation.count; i++) {
		const struct pair *pair = &builder->emulation.items[i];
		struct source source = pair->source.file ? pair->source : field_source(builder, "emulation");
		bool found = text_equal(pair->key, "image");

		for (size_t k = 0; k < COUNT(known) && !found; k++)
			found = text_equal(pair->key, known[k]);
		if (!found)
			problem_at(problems, source, hint_nearest(arena, pair->key, known, COUNT(known)),
				   "builder %s: there is no architecture `%s` to emulate", builder->name, pair->key);
		else if (!text_equal(pair->key, "image") && !text_equal(pair->value, "install"))
			problem_at(problems, source, "write `install`, or leave the architecture out",
				   "builder %s: `emulation: {%s: %s}` means nothing", builder->name, pair->key,
				   pair->value);
	}
}

/* What is past its time as soon as it is there is nobody's wish. */
static void expiry_check(const struct builder *builder, struct diagnostics *problems)
{
	int64_t ns = builder->expires_after ? duration_ns(builder->expires_after) : -1;

	if (ns >= 0 && ns < 60 * INT64_C(1000000000))
		problem_at(
			problems, field_source(builder, "expires-after"),
			"write how long it may be left unchanged, such as 24h, or remove it for a builder that stays",
			"builder %s: `expires-after: %s` is over before anything is built", builder->name,
			builder->expires_after);
}

void keys_check(struct builder *builder, struct diagnostics *problems)
{
	if (builder_absent(builder)) {
		if (driver_home(builder->driver) == HOME_ENGINE)
			problem_at(problems, field_source(builder, "state"),
				   "to remove the context: `contexts: {NAME: {state: absent}}`",
				   "builder %s is a Docker context's own and is never removed", builder->name);
		absent_keys_check(builder, problems);
		return;
	}
	driver_keys_check(builder, problems);
	cache_driver_check(builder, problems);
	cache_reset_check(builder, problems);
	expiry_check(builder, problems);
	config_check(builder, problems);
	cache_check(builder, problems);
	emulation_check(builder, problems);
}
