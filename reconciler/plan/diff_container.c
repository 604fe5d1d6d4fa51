/* Compares a node's container as it really runs with what BuildX would make of the wanted node.
 *
 * The rules are those of docker/buildx driver/docker-container/driver.go (create) and what the Engine makes of them:
 * unset limits are 0, an unset swap limit is twice the memory, an unset network is "default" or "bridge". */
#include "plan/diff_container.h"

#include "base/count.h"
#include "model/normal.h"
#include "model/secret.h"
#include "plan/change.h"
#include "plan/diff_instance.h"
#include "plan/draft.h"
#include "plan/effective.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum limit_type { LIMIT_MEMORY, LIMIT_INTEGER };

struct limit_row {
	const char *option;
	enum limit_type type;
	size_t offset;
};
static const struct limit_row limits[] = {
	{"memory", LIMIT_MEMORY, offsetof(struct container, memory)},
	{"memory-swap", LIMIT_MEMORY, offsetof(struct container, memory_swap)},
	{"cpu-quota", LIMIT_INTEGER, offsetof(struct container, cpu_quota)},
	{"cpu-period", LIMIT_INTEGER, offsetof(struct container, cpu_period)},
	{"cpu-shares", LIMIT_INTEGER, offsetof(struct container, cpu_shares)},
};

struct text_row {
	const char *option;
	size_t offset;
	const char *unset[4]; /* what the Engine may show when the option is not given */
};
static const struct text_row texts[] = {
	{"cpuset-cpus", offsetof(struct container, cpuset_cpus), {""}},
	{"cpuset-mems", offsetof(struct container, cpuset_mems), {""}},
	{"network", offsetof(struct container, network), {"", "default", "bridge"}},
	{"cgroup-parent", offsetof(struct container, cgroup_parent), {"", "/docker/buildx"}},
};

struct container_diff {
	struct draft *draft;
	struct builder_draft *builder;
	struct node_draft *node;
	size_t first_field; /* fields from here on are this node's */
};

/* A difference that forces a replacement. One that the instance file has too is the same edit and told once; one that
 * it has not came from outside. */
static void differ(struct container_diff *diff, const char *key, const char *before, const char *after, bool secret)
{
	struct change *change = diff->builder->change;
	struct arena *arena = diff->draft->arena;
	const char *same = arena_printf(arena, "nodes.%s.driver-opts.%s", diff->node->label, key);

	diff->node->action = NODE_REMAKE;
	for (size_t i = 0; i < change->field_count; i++) {
		if (text_equal(change->fields[i].path, same)) {
			change->fields[i].forces_replacement = true;
			return;
		}
	}
	const char *path = arena_printf(arena, "nodes.%s.container.%s", diff->node->label, key);
	struct field_change *field = field_add(diff->draft, change, path, secret && before ? SECRET_SHOWN : before,
					       secret && after ? SECRET_SHOWN : after, diff->node->want.source);
	field->forces_replacement = true;
	field->sensitive = secret;
	field->note =
		node_had_container(diff->builder, diff->node) ? "drift: changed outside" : "left by an earlier builder";
}

static const char *bytes_shown(struct arena *arena, int64_t bytes)
{
	static const char *const units[] = {"", "KiB", "MiB", "GiB", "TiB"};
	size_t unit = 0;

	if (bytes == 0)
		return NULL;
	while (unit + 1 < COUNT(units) && bytes % 1024 == 0 && bytes != 0) {
		bytes /= 1024;
		unit++;
	}
	return arena_printf(arena, "%lld%s", (long long)bytes, units[unit]);
}

static void diff_limits(struct container_diff *diff)
{
	const struct container *container = diff->node->container;
	struct arena *arena = diff->draft->arena;

	for (size_t i = 0; i < COUNT(limits); i++) {
		const char *option = pairs_get(&diff->node->want.driver_opts, limits[i].option);
		int64_t real = *(const int64_t *)(const void *)((const char *)container + limits[i].offset);
		bool memory = limits[i].type == LIMIT_MEMORY;
		int64_t wanted = !option ? 0 : memory ? memory_bytes(option) : strtoll(option, NULL, 10);
		bool is_swap = text_equal(limits[i].option, "memory-swap");

		/* A swap limit of 0 is none given: moby/moby docs of HostConfig.MemorySwap. */
		if (real == wanted || (is_swap && wanted == 0 && (real == 2 * container->memory || real == -1)))
			continue;
		differ(diff, limits[i].option,
		       memory ? bytes_shown(arena, real) : arena_printf(arena, "%lld", (long long)real), option, false);
	}
}

static void diff_texts(struct container_diff *diff)
{
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *option = pairs_get(&diff->node->want.driver_opts, texts[i].option);
		const char *real =
			*(const char *const *)(const void *)((const char *)diff->node->container + texts[i].offset);
		bool same = text_equal(option, real);

		real = real ? real : "";
		for (size_t k = 0; !same && k < 4 && texts[i].unset[k]; k++)
			same = !option && text_equal(real, texts[i].unset[k]);
		/* Under systemd's cgroup driver BuildX leaves the parent out whatever the option says. */
		if (!same && text_equal(texts[i].option, "cgroup-parent") && text_empty(real))
			same = true;
		if (!same)
			differ(diff, texts[i].option, text_empty(real) ? NULL : real, option, false);
	}
}

static const char *restart_shown(struct arena *arena, const char *policy, int64_t retries)
{
	return text_equal(policy, "on-failure") && retries > 0
		       ? arena_printf(arena, "on-failure:%lld", (long long)retries)
		       : policy;
}

/* "on-failure:0" retries for ever, as "on-failure" does. */
static const char *restart_normal(struct arena *arena, const char *option)
{
	if (text_empty(option))
		return "unless-stopped";
	if (!text_starts(option, "on-failure:"))
		return option;
	return restart_shown(arena, "on-failure", strtoll(option + strlen("on-failure:"), NULL, 10));
}

static void diff_restart(struct container_diff *diff)
{
	const struct container *container = diff->node->container;
	const char *option = pairs_get(&diff->node->want.driver_opts, "restart-policy");
	const char *real = text_empty(container->restart_policy) ? "no" : container->restart_policy;

	real = restart_shown(diff->draft->arena, real, container->restart_retries);
	if (!text_equal(real, restart_normal(diff->draft->arena, option)))
		differ(diff, "restart-policy", real, option, false);
}

/* "--flag value" and "--flag=value" are one: the Engine keeps what BuildX was given. */
static void join_flags(struct arena *arena, const struct strings *list, struct strings *ret_joined)
{
	*ret_joined = (struct strings){0};
	for (size_t i = 0; i < list->count; i++) {
		const char *flag = list->items[i];
		bool takes_next = text_starts(flag, "--") && !strchr(flag, '=') && i + 1 < list->count &&
				  list->items[i + 1][0] != '-';
		strings_add(arena, ret_joined,
			    takes_next ? arena_printf(arena, "%s=%s", flag, list->items[++i]) : flag);
	}
	strings_sort(ret_joined);
}

static void diff_command(struct container_diff *diff)
{
	struct arena *arena = diff->draft->arena;
	struct strings given = {0}, want, have;

	if (config_files_get(&diff->node->want.files, "buildkitd.toml"))
		strings_add(arena, &given, "--config=/etc/buildkit/buildkitd.toml");
	for (size_t i = 0; i < diff->node->want.flags.count; i++)
		strings_add(arena, &given, diff->node->want.flags.items[i]);
	join_flags(arena, &given, &want);
	join_flags(arena, &diff->node->container->command, &have);
	if (strings_equal(&want, &have))
		return;
	diff->node->action = NODE_REMAKE;
	struct change *change = diff->builder->change;
	const char *flags = arena_printf(arena, "nodes.%s.buildkitd-flags", diff->node->label);
	for (size_t i = diff->first_field; i < change->field_count; i++) {
		if (text_equal(change->fields[i].path, flags)) {
			change->fields[i].forces_replacement = true;
			return;
		}
	}
	differ(diff, "command", strings_join(arena, &have, " "), strings_join(arena, &want, " "), false);
}

static const struct pair *wanted_env(const struct node *want, const char *name, size_t length)
{
	for (size_t i = 0; i < want->driver_opts.count; i++) {
		const char *key = want->driver_opts.items[i].key;
		if (text_starts(key, "env.") && strlen(key + 4) == length && strncmp(key + 4, name, length) == 0)
			return &want->driver_opts.items[i];
	}
	return NULL;
}

static const char *env_value(const struct strings *env, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < env->count; i++)
		if (strncmp(env->items[i], name, length) == 0 && env->items[i][length] == '=')
			return env->items[i] + length + 1;
	return NULL;
}

static void diff_env(struct container_diff *diff)
{
	const struct container *container = diff->node->container;
	const struct node *want = &diff->node->want;
	struct arena *arena = diff->draft->arena;

	for (size_t i = 0; i < want->driver_opts.count; i++) {
		const struct pair *pair = &want->driver_opts.items[i];
		if (!text_starts(pair->key, "env."))
			continue;
		const char *real = env_value(&container->env, pair->key + 4);
		bool hidden = diff->draft->live->from_snapshot && text_equal(real, SECRET_SHOWN);
		if (!hidden && !text_equal(real, pair->value))
			differ(diff, pair->key, text_without_password(arena, real), pair_shown(arena, pair),
			       pair->secret || option_is_secret(pair->key, real));
	}
	/* What the image itself sets is no drift; without the image nobody can tell. */
	if (container->image_env.count == 0)
		return;
	for (size_t i = 0; i < container->env.count; i++) {
		const char *entry = container->env.items[i], *equals = strchr(entry, '=');
		if (!equals || strings_contain(&container->image_env, entry) ||
		    wanted_env(want, entry, (size_t)(equals - entry)))
			continue;
		const char *key = arena_printf(arena, "env.%.*s", (int)(equals - entry), entry);
		differ(diff, key, text_without_password(arena, equals + 1), NULL,
		       live_is_secret(diff->draft->live, key) || option_is_secret(key, equals + 1));
	}
}

static const char *short_id(struct arena *arena, const char *id)
{
	return id ? arena_printf(arena, "%.19s", id) : NULL;
}

static void diff_image(struct container_diff *diff)
{
	const struct container *container = diff->node->container;
	struct arena *arena = diff->draft->arena;
	const char *option = pairs_get(&diff->node->want.driver_opts, "image");
	const char *want = option ? option : image_default();

	if (!container->image || !image_made_from(arena, container->image, want))
		differ(diff, "image", container->image, want, false);
	else if (container->image_id && container->image_now_id &&
		 !text_equal(container->image_id, container->image_now_id))
		differ(diff, "image-id", short_id(arena, container->image_id), short_id(arena, container->image_now_id),
		       false);
}

static void diff_rest(struct container_diff *diff)
{
	const struct container *container = diff->node->container;
	const struct node *want = &diff->node->want;
	struct arena *arena = diff->draft->arena;
	const char *volume = node_volume_name(arena, want->name);
	size_t before = diff->builder->change->field_count;

	if (!container->privileged)
		differ(diff, "privileged", "false", "true", false);
	if (!text_equal(container->state_volume, volume))
		differ(diff, "state-volume", container->state_volume, volume, false);
	if (!container->files_known)
		return;
	const char *prefix = arena_printf(arena, "nodes.%s.container", diff->node->label);
	if (diff_files(diff->draft, diff->builder->change, prefix, &container->files, &want->files, want->source) == 0)
		return;
	diff->node->action = NODE_REMAKE;
	for (size_t i = before; i < diff->builder->change->field_count; i++)
		diff->builder->change->fields[i].forces_replacement = true;
}

/* A file that differs in the instance file and in the container is one edit: the container's lines go. */
static void fold_file_fields(struct container_diff *diff)
{
	struct change *change = diff->builder->change;
	struct arena *arena = diff->draft->arena;
	const char *outer = arena_printf(arena, "nodes.%s.", diff->node->label);
	const char *inner = arena_printf(arena, "%scontainer.", outer);
	size_t kept = 0;

	for (size_t i = 0; i < change->field_count; i++) {
		struct field_change *field = &change->fields[i];
		bool folded = false;
		for (size_t k = 0; text_starts(field->path, inner) && k < kept && !folded; k++) {
			struct field_change *other = &change->fields[k];
			folded = text_starts(other->path, outer) &&
				 text_equal(other->path + strlen(outer), field->path + strlen(inner)) &&
				 text_equal(other->before, field->before) && text_equal(other->after, field->after);
			if (folded)
				other->forces_replacement = true;
		}
		if (!folded)
			change->fields[kept++] = *field;
	}
	change->field_count = kept;
}

void diff_container(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	struct container_diff diff = {draft, builder, node, 0};

	diff_image(&diff);
	diff_command(&diff);
	diff_env(&diff);
	diff_limits(&diff);
	diff_texts(&diff);
	diff_restart(&diff);
	diff_rest(&diff);
	fold_file_fields(&diff);
}
