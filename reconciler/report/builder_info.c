/* BuilderInfo of docker/actions-toolkit. */
#include "report/builder_info.h"

#include "base/count.h"
#include "model/secret.h"

#include <inttypes.h>
#include <string.h>

const struct strings *node_info_platforms(const struct live_node *node)
{
	bool told = node->spec.platforms.count == 0 && node->daemon && node->daemon->worker_count > 0;

	return told ? &node->daemon->workers[0].platforms : &node->spec.platforms;
}

void builder_info_platforms(struct arena *arena, const struct live_builder *builder, struct strings *ret_platforms)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct strings *platforms = node_info_platforms(&builder->nodes[i]);

		for (size_t k = 0; k < platforms->count; k++)
			if (!strings_contain(ret_platforms, platforms->items[k]))
				strings_add(arena, ret_platforms, platforms->items[k]);
	}
}

const char *node_info_flags(struct arena *arena, const struct live_node *node)
{
	return text_without_password(arena, strings_join(arena, &node->spec.flags, " "));
}

/* time.Duration.String(), of whole seconds. */
static const char *go_duration(struct arena *arena, int64_t nanoseconds)
{
	int64_t all = nanoseconds / 1000000000, hours = all / 3600, minutes = all / 60 % 60, seconds = all % 60;

	if (hours > 0)
		return arena_printf(arena, "%" PRId64 "h%" PRId64 "m%" PRId64 "s", hours, minutes, seconds);
	if (minutes > 0)
		return arena_printf(arena, "%" PRId64 "m%" PRId64 "s", minutes, seconds);
	return arena_printf(arena, "%" PRId64 "s", seconds);
}

/* docker/go-units BytesSize(). */
static const char *go_size(struct arena *arena, int64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double value = (double)bytes;
	size_t unit = 0;

	for (; value >= 1024 && unit + 1 < COUNT(units); unit++)
		value /= 1024;
	return arena_printf(arena, "%.4g%s", value, units[unit]);
}

static void add_text(cJSON *object, const char *key, const char *text)
{
	if (!text_empty(text))
		json_add_string(object, key, text);
}

static void add_size(struct arena *arena, cJSON *object, const char *key, int64_t bytes)
{
	if (bytes > 0)
		json_add_string(object, key, go_size(arena, bytes));
}

static void add_rule(struct arena *arena, cJSON *list, const struct gc_rule *rule)
{
	cJSON *item = json_append_object(list);

	json_add_bool(item, "all", rule->all);
	if (rule->filters.count > 0) {
		cJSON *filters = json_add_array(item, "filter");

		for (char *text = strings_join(arena, &rule->filters, " "), *filter; (filter = strsep(&text, ","));)
			json_append_string(filters, filter);
	}
	if (rule->keep_duration > 0)
		json_add_string(item, "keepDuration", go_duration(arena, rule->keep_duration));
	add_size(arena, item, "reservedSpace", rule->reserved_space);
	add_size(arena, item, "maxUsedSpace", rule->max_used_space);
	add_size(arena, item, "minFreeSpace", rule->min_free_space);
}

static void add_worker(struct arena *arena, cJSON *item, const struct worker *worker)
{
	cJSON *labels = worker->labels.count > 0 ? json_add_object(item, "labels") : NULL;

	for (size_t i = 0; i < worker->labels.count; i++) {
		char *key = arena_strdup(arena, worker->labels.items[i]), *value = strchr(key, '=');

		if (value) {
			*value++ = '\0';
			json_add_string(labels, key, text_without_password(arena, value));
		}
	}
	cJSON *rules = worker->rule_count > 0 ? json_add_array(item, "gcPolicy") : NULL;
	for (size_t i = 0; i < worker->rule_count; i++)
		add_rule(arena, rules, &worker->rules[i]);
}

static void add_node(struct arena *arena, cJSON *list, const struct live_node *node)
{
	const struct node *spec = &node->spec;
	cJSON *item = json_append_object(list);

	add_text(item, "name", spec->name);
	add_text(item, "endpoint", text_without_password(arena, spec->endpoint));
	cJSON *options = spec->driver_opts.count > 0 ? json_add_array(item, "driver-opts") : NULL;
	for (size_t i = 0; i < spec->driver_opts.count; i++) {
		const struct pair *pair = &spec->driver_opts.items[i];

		json_append_string(options, arena_printf(arena, "%s=%s", pair->key, pair_shown(arena, pair)));
	}
	add_text(item, "status", node_state_name(node->state));
	add_text(item, "buildkitd-flags", node_info_flags(arena, node));
	add_text(item, "buildkit", node->daemon ? node->daemon->version : NULL);
	add_text(item, "platforms", strings_join(arena, node_info_platforms(node), ","));
	if (node->daemon && node->daemon->worker_count > 0)
		add_worker(arena, item, &node->daemon->workers[0]);
}

void builder_info_nodes(struct arena *arena, cJSON *nodes, const struct live_builder *builder)
{
	for (size_t i = 0; i < builder->node_count; i++)
		add_node(arena, nodes, &builder->nodes[i]);
}

void builder_info(struct arena *arena, cJSON *list, const struct live_builder *builder)
{
	cJSON *item = json_append_object(list);

	add_text(item, "name", builder->name);
	add_text(item, "driver", builder->driver);
	add_text(item, "lastActivity", builder->last_activity);
	builder_info_nodes(arena, json_add_array(item, "nodes"), builder);
}
