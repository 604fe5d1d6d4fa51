/* Compares a node's container as it really runs with what BuildX would make of the wanted node.
 *
 * The rules are those of docker/buildx driver/docker-container/driver.go (create) and what the Engine makes of them:
 * unset limits are 0, an unset swap limit is twice the memory, an unset network is "default" or "bridge". */
#include "plan/diff_container.h"

#include "base/count.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/secret.h"
#include "plan/change.h"
#include "plan/diff_instance.h"
#include "plan/draft.h"
#include "plan/effective.h"
#include "plan/origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct container_diff {
	struct draft *draft;
	struct builder_draft *builder;
	struct node_draft *node;
	size_t first_field; /* fields from here on are this node's */
};

/* The Engine can set it on a container that is there, as it was set by hand: an undo does (plan/undo.c). */
static bool comes_back(const char *key)
{
	static const char *const keys[] = {"memory",	 "memory-swap", "cpu-quota",   "cpu-period",
					   "cpu-shares", "cpuset-cpus", "cpuset-mems", "restart-policy"};

	for (size_t i = 0; i < COUNT(keys); i++)
		if (text_equal(keys[i], key))
			return true;
	return false;
}

static const char *note_of(const struct container_diff *diff, const char *key)
{
	if (!node_had_container(diff->builder, diff->node))
		return "left by an earlier builder";
	return comes_back(key) ? "drift: changed outside" : "drift: changed outside, and cannot be brought back";
}

/* Marks the edit when the instance file differs in the option, too: it is the same, and told once. */
static bool mark_edit(struct container_diff *diff, const char *key)
{
	struct change *change = diff->builder->change;
	const char *path = arena_printf(diff->draft->arena, "nodes.%s.driver-opts.%s", diff->node->label, key);

	for (size_t i = 0; i < change->field_count; i++) {
		if (text_equal(change->fields[i].path, path)) {
			change->fields[i].forces_replacement = true;
			return true;
		}
	}
	return false;
}

/* Where the state files say what the container should have. */
static struct source asked(const struct container_diff *diff, const char *key)
{
	const struct builder *builder = &diff->builder->want;
	const struct node *want = &diff->node->want;

	if (text_equal(key, "command"))
		return origin_of(builder, want, "buildkitd-flags");
	if (text_equal(key, "image-id"))
		return origin_of_option(builder, want, "image");
	return driver_option_find(builder->driver, key) ? origin_of_option(builder, want, key) : want->source;
}

/* A difference that forces a replacement. One that the instance file has not came from outside. */
static void differ(struct container_diff *diff, const char *key, const char *before, const char *after, bool secret)
{
	struct change *change = diff->builder->change;
	struct arena *arena = diff->draft->arena;

	diff->node->action = NODE_REMAKE;
	if (mark_edit(diff, key))
		return;
	const char *path = arena_printf(arena, "nodes.%s.container.%s", diff->node->label, key);
	struct field_change *field = field_add(diff->draft, change, path, secret && before ? SECRET_SHOWN : before,
					       secret && after ? SECRET_SHOWN : after, asked(diff, key));
	field->where = FIELD_CONTAINER;
	field->forces_replacement = true;
	field->sensitive = secret;
	field->note = note_of(diff, key);
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

static const char *wanted(const struct container_diff *diff, const struct driver_option *option)
{
	return pairs_get(&diff->node->want.driver_opts, option->key);
}

static void diff_number(struct container_diff *diff, const struct driver_option *option)
{
	const char *want = wanted(diff, option);
	int64_t real = driver_option_number(option, diff->node->container);

	if (real != (want ? strtoll(want, NULL, 10) : 0))
		differ(diff, option->key, arena_printf(diff->draft->arena, "%lld", (long long)real), want, false);
}

static void diff_memory(struct container_diff *diff, const struct driver_option *option)
{
	const char *want = wanted(diff, option);
	int64_t real = driver_option_number(option, diff->node->container);

	if (real != (want ? memory_bytes(want) : 0))
		differ(diff, option->key, bytes_shown(diff->draft->arena, real), want, false);
}

/* A swap limit of 0 is none given: moby/moby docs of HostConfig.MemorySwap. */
static void diff_swap(struct container_diff *diff, const struct driver_option *option)
{
	const char *want = wanted(diff, option);
	int64_t real = driver_option_number(option, diff->node->container);

	if ((!want || memory_bytes(want) == 0) && (real == 2 * diff->node->container->memory || real == -1))
		return;
	diff_memory(diff, option);
}

/* An option that is not given shows as nothing, or as one of these. */
static bool is_unset(const struct driver_option *option, const char *real)
{
	const char *at = option->unset ? option->unset : "";

	while (*at) {
		size_t length = strcspn(at, "|");

		if (strncmp(at, real, length) == 0 && real[length] == '\0')
			return true;
		at += length + (at[length] == '|');
	}
	return *real == '\0';
}

static void diff_text(struct container_diff *diff, const struct driver_option *option)
{
	const char *want = wanted(diff, option), *real = driver_option_text(option, diff->node->container);

	real = real ? real : "";
	if (want ? !text_equal(want, real) : !is_unset(option, real))
		differ(diff, option->key, text_empty(real) ? NULL : real, want, false);
}

/* Under systemd's cgroup driver BuildX leaves the parent out whatever the option says. */
static void diff_cgroup(struct container_diff *diff, const struct driver_option *option)
{
	if (!text_empty(driver_option_text(option, diff->node->container)))
		diff_text(diff, option);
}

static const char *restart_shown(struct arena *arena, const char *policy, int64_t retries)
{
	return text_equal(policy, "on-failure") && retries > 0
		       ? arena_printf(arena, "on-failure:%lld", (long long)retries)
		       : policy;
}

/* "on-failure:0" retries for ever, as "on-failure" does. */
static const char *restart_normal(struct arena *arena, const char *policy)
{
	if (!text_starts(policy, "on-failure:"))
		return policy;
	return restart_shown(arena, "on-failure", strtoll(policy + strlen("on-failure:"), NULL, 10));
}

static void diff_restart(struct container_diff *diff, const struct driver_option *option)
{
	const struct container *container = diff->node->container;
	const char *want = wanted(diff, option);
	const char *real = text_empty(container->restart_policy) ? "no" : container->restart_policy;

	real = restart_shown(diff->draft->arena, real, container->restart_retries);
	if (!text_equal(real, restart_normal(diff->draft->arena, text_empty(want) ? option->unset : want)))
		differ(diff, option->key, real, want, false);
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

static const char *env_value(const struct strings *env, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < env->count; i++)
		if (strncmp(env->items[i], name, length) == 0 && env->items[i][length] == '=')
			return env->items[i] + length + 1;
	return NULL;
}

static enum maker maker_of_node(const struct container_diff *diff)
{
	return diff->node->engine ? diff->node->engine->maker : MAKER_UNKNOWN;
}

static void diff_env(struct container_diff *diff, const struct driver_option *option)
{
	const struct container *container = diff->node->container;
	const struct node *want = &diff->node->want;
	struct arena *arena = diff->draft->arena;

	for (size_t i = 0; i < want->driver_opts.count; i++) {
		const struct pair *pair = &want->driver_opts.items[i];
		if (!text_starts(pair->key, option->key))
			continue;
		const char *real = env_value(&container->env, pair->key + strlen(option->key));
		bool hidden = diff->draft->live->from_snapshot && text_equal(real, SECRET_SHOWN);
		if (!hidden && !text_equal(real, pair->value))
			differ(diff, pair->key, text_without_password(arena, real), pair_shown(arena, pair),
			       pair->secret || option_is_secret(pair->key, real));
	}
	/* What the image or the Engine itself sets is no drift; without the image nobody can tell. */
	if (container->image_env.count == 0)
		return;
	for (size_t i = 0; i < container->env.count; i++) {
		const char *entry = container->env.items[i], *equals = strchr(entry, '=');
		if (!equals || maker_sets_env(maker_of_node(diff), entry) ||
		    strings_contain(&container->image_env, entry) ||
		    pairs_get(&want->driver_opts,
			      arena_printf(arena, "%s%.*s", option->key, (int)(equals - entry), entry)))
			continue;
		const char *key = arena_printf(arena, "%s%.*s", option->key, (int)(equals - entry), entry);
		differ(diff, key, text_without_password(arena, equals + 1), NULL,
		       live_is_secret(diff->draft->live, key) || option_is_secret(key, equals + 1));
	}
}

static const char *short_id(struct arena *arena, const char *id)
{
	return id ? arena_printf(arena, "%.19s", id) : NULL;
}

static void diff_image(struct container_diff *diff, const struct driver_option *option)
{
	const struct container *container = diff->node->container;
	struct arena *arena = diff->draft->arena;
	const char *said = wanted(diff, option), *want = said ? said : image_default();

	if (!container->image || !maker_made_from(arena, maker_of_node(diff), container->image, want))
		differ(diff, option->key, container->image, want, false);
	else if (container->image_id && container->image_now_id &&
		 !text_equal(container->image_id, container->image_now_id))
		differ(diff, "image-id", short_id(arena, container->image_id), short_id(arena, container->image_now_id),
		       false);
}

/* What is in the container could not be seen: the instance file tells what it was made with, so a file that is to be
 * another there is another in the container as well. */
static void diff_unseen_files(struct container_diff *diff)
{
	const struct node_draft *node = diff->node;
	const struct config_files *lists[] = {&node->want.files, node->have ? &node->have->spec.files : NULL};
	struct change *change = diff->builder->change;

	for (size_t list = 0; list < COUNT(lists); list++)
		for (size_t i = 0; lists[list] && i < lists[list]->count; i++) {
			const char *path = arena_printf(diff->draft->arena, "nodes.%s.%s", node->label,
							lists[list]->items[i].name);
			for (size_t k = 0; k < change->field_count; k++) {
				struct field_change *field = &change->fields[k];
				const char *rest = text_starts(field->path, path) ? field->path + strlen(path) : NULL;

				if (!rest || (*rest != '\0' && *rest != ':'))
					continue;
				field->forces_replacement = true;
				diff->node->action = NODE_REMAKE;
			}
		}
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
	if (!field_replaces(SCOPE_BUILDER, "buildkitd"))
		return;
	if (!container->files_known) {
		diff_unseen_files(diff);
		return;
	}
	const char *prefix = arena_printf(arena, "nodes.%s.container", diff->node->label);
	struct files_diff files = {diff->draft, diff->builder->change, &diff->builder->want, want, prefix};
	if (diff_files(&files, &container->files) == 0)
		return;
	diff->node->action = NODE_REMAKE;
	for (size_t i = before; i < diff->builder->change->field_count; i++) {
		diff->builder->change->fields[i].where = FIELD_CONTAINER;
		diff->builder->change->fields[i].forces_replacement = true;
	}
}

/* It shows nowhere else, so the instance file is all there is to go by. */
static void diff_file(struct container_diff *diff, const struct driver_option *option)
{
	if (mark_edit(diff, option->key))
		diff->node->action = NODE_REMAKE;
}

static void (*const compare[WHERE_COUNT])(struct container_diff *, const struct driver_option *) = {
	[WHERE_FILE] = diff_file,     [WHERE_IMAGE] = diff_image,   [WHERE_ENV] = diff_env,
	[WHERE_MEMORY] = diff_memory, [WHERE_SWAP] = diff_swap,	    [WHERE_NUMBER] = diff_number,
	[WHERE_TEXT] = diff_text,     [WHERE_CGROUP] = diff_cgroup, [WHERE_RESTART] = diff_restart,
};

/* What shows in a container, and what its row says that only another container heeds. */
static void diff_options_at(struct container_diff *diff, enum option_where where)
{
	size_t count;
	const struct driver_option *options = driver_option_table(&count);

	for (size_t i = 0; compare[where] && i < count; i++)
		if (options[i].home == HOME_CONTAINER && options[i].where == where &&
		    options[i].effect == EFFECT_REPLACE)
			compare[where](diff, &options[i]);
}

void diff_container(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	struct container_diff diff = {draft, builder, node, 0};

	diff_options_at(&diff, WHERE_IMAGE);
	if (field_replaces(SCOPE_BUILDER, "buildkitd-flags"))
		diff_command(&diff);
	for (enum option_where where = WHERE_IMAGE + 1; where < WHERE_COUNT; where++)
		diff_options_at(&diff, where);
	diff_options_at(&diff, WHERE_FILE);
	diff_rest(&diff);
	fold_seen_files(draft, builder->change, node->label, "container");
}
