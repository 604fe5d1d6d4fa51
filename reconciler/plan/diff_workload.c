/* Compares what a cluster runs for a node with what BuildX would make of the wanted node, option by option.
 *
 * What was observed is in the words of options already (model/cluster.h), so what the API server fills in, what
 * BuildX's versions differ in and what others added is no difference. Where BuildX makes something else of an option
 * than it says, both are as they should be: what BuildX made is no drift, nor what was made as the option says. */
#include "plan/diff_workload.h"

#include "base/clock.h"
#include "base/count.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/option_value.h"
#include "model/secret.h"
#include "plan/assess_pod.h"
#include "plan/change.h"
#include "plan/diff_instance.h"
#include "plan/origin.h"

#include <string.h>

struct workload_diff {
	struct draft *draft;
	struct builder_draft *builder;
	struct node_draft *node;
	const struct workload *have;
};

/* What a difference asks for; what asks for more stays. */
static void ask(const struct workload_diff *diff, enum field_effect effect)
{
	struct node_draft *node = diff->node;

	if (effect == EFFECT_REPLACE)
		node->action = NODE_REMAKE;
	else if (node->action != NODE_REMAKE)
		node->action = NODE_ROLL;
	node->rolls |= effect == EFFECT_ROLL;
}

/* Marks the edit when the instance file differs in the same: it is told once. */
static bool mark_edit(const struct workload_diff *diff, const char *key, enum field_effect effect)
{
	struct change *change = diff->builder->change;
	const char *path = arena_printf(diff->draft->arena, "nodes.%s.%s", diff->node->label, key);

	for (size_t i = 0; i < change->field_count; i++)
		if (text_equal(change->fields[i].path, path)) {
			change->fields[i].forces_replacement |= effect == EFFECT_REPLACE;
			return true;
		}
	return false;
}

static struct field_change *differ(const struct workload_diff *diff, const char *key, enum field_effect effect,
				   const char *before, const char *after, struct source source)
{
	struct field_change *field =
		field_add(diff->draft, diff->builder->change,
			  arena_printf(diff->draft->arena, "nodes.%s.workload.%s", diff->node->label, key), before,
			  after, source);

	field->where = FIELD_CLUSTER;
	field->forces_replacement = effect == EFFECT_REPLACE;
	field->note = diff->node->have ? "drift: changed outside" : "left by an earlier builder";
	return field;
}

static bool is_secret(const struct workload_diff *diff, const char *key, const char *value)
{
	const struct pairs *wanted = &diff->node->want.driver_opts;

	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->items[i].secret && text_equal(wanted->items[i].key, key))
			return true;
	return live_is_secret(diff->draft->live, key) || (value && option_is_secret(key, value));
}

static const char *shown(const struct workload_diff *diff, const char *value, bool secret)
{
	if (!value || secret)
		return value ? SECRET_SHOWN : NULL;
	return text_without_password(diff->draft->arena, value);
}

/* What leaving it out comes to. */
static const char *spelled_out(const struct driver_option *option, const struct pairs *options, const char *value)
{
	return value ? value : text_equal(option->key, "image") ? workload_image(options) : option->unset;
}

static void differ_option(const struct workload_diff *diff, const struct driver_option *option, const char *key,
			  const char *have, const char *want)
{
	bool secret = is_secret(diff, key, have) || is_secret(diff, key, want);

	ask(diff, option->effect);
	if (mark_edit(diff, arena_printf(diff->draft->arena, "driver-opts.%s", key), option->effect))
		return;
	have = spelled_out(option, &diff->have->options, have);
	want = spelled_out(option, &diff->node->want.driver_opts, want);
	differ(diff, key, option->effect, shown(diff, have, secret), shown(diff, want, secret),
	       origin_of_option(&diff->builder->want, &diff->node->want, key))
		->sensitive = secret;
}

static const char *wanted(const struct workload_diff *diff, const char *key)
{
	const char *value = pairs_get(&diff->node->want.driver_opts, key);

	return text_empty(value) ? NULL : value;
}

/* `rootless: false` takes the image for rootless from BuildX, and the other one from everybody else. */
static bool image_same(const struct workload_diff *diff, const char *have, const char *want)
{
	struct arena *arena = diff->draft->arena;
	const char *image = image_normal(arena, have ? have : workload_image(&diff->have->options));

	if (want)
		return text_equal(image, image_normal(arena, want));
	return text_equal(image, image_normal(arena, workload_image(&diff->node->want.driver_opts))) ||
	       (!rootless_wanted(&diff->node->want.driver_opts) &&
		text_equal(image, image_normal(arena, image_default())));
}

/* BuildX makes a limit of the request, unless another is said (driver/kubernetes/manifest/manifest.go). */
static bool ephemeral_same(const struct workload_diff *diff, const struct driver_option *option)
{
	const char *request = wanted(diff, "requests.ephemeral-storage");
	const char *limit = wanted(diff, "limits.ephemeral-storage");
	const char *has_request = pairs_get(&diff->have->options, "requests.ephemeral-storage");
	const char *has_limit = pairs_get(&diff->have->options, "limits.ephemeral-storage");
	const char *made = limit ? limit : request;

	return request && !has_request && has_limit && option_value_same(option, made, has_limit);
}

static bool same(const struct workload_diff *diff, const struct driver_option *option, const char *key,
		 const char *have, const char *want)
{
	if ((!have && !want) || text_equal(have, want))
		return true;
	if (diff->draft->live->from_snapshot && text_equal(have, SECRET_SHOWN) && want)
		return true;
	if (text_equal(key, "image"))
		return image_same(diff, have, want);
	if (text_equal(key, "rootless"))
		return rootless_wanted(&diff->node->want.driver_opts) == rootless_wanted(&diff->have->options);
	if (text_ends(key, ".ephemeral-storage") && ephemeral_same(diff, option))
		return true;
	return option_value_same(option, have, want);
}

/* The number of pods is an autoscaler's where there is one; which image the emulators have counts where they are
 * installed; a namespace is where it is looked for. */
static bool is_compared(const struct workload_diff *diff, const struct driver_option *option)
{
	if (option->home != HOME_POD || option->where != WHERE_POD || text_equal(option->key, "namespace"))
		return false;
	if (text_equal(option->key, "replicas"))
		return !diff->have->scaled_by;
	if (text_equal(option->key, "qemu.image"))
		return pairs_get(&diff->have->options, "qemu.install");
	return option->type != OPTION_PREFIX;
}

static void diff_options(const struct workload_diff *diff)
{
	size_t count;
	const struct driver_option *options = driver_option_table(&count);

	for (size_t i = 0; i < count; i++) {
		const char *key = options[i].key, *want = wanted(diff, key);
		const char *have = pairs_get(&diff->have->options, key);

		if (is_compared(diff, &options[i]) && !same(diff, &options[i], key, have, want))
			differ_option(diff, &options[i], key, have, want);
	}
}

static void diff_env(const struct workload_diff *diff, const struct pairs *keys, const struct pairs *not_in)
{
	for (size_t i = 0; i < keys->count; i++) {
		const char *key = keys->items[i].key;
		const struct driver_option *option = driver_option_find(driver_name(HOME_POD), key);
		const char *have = pairs_get(&diff->have->options, key);
		const char *want = pairs_get(&diff->node->want.driver_opts, key);

		if (option && option->type == OPTION_PREFIX && !(not_in && pairs_get(not_in, key)) &&
		    !same(diff, option, key, have, want))
			differ_option(diff, option, key, have, want);
	}
}

static void diff_lists(const struct workload_diff *diff)
{
	struct arena *arena = diff->draft->arena;
	const struct node *want = &diff->node->want;
	const struct {
		const char *key, *separator;
		const struct strings *have, *want;
		enum field_effect effect;
	} lists[] = {
		{"buildkitd-flags", " ", &diff->have->flags, &want->flags, EFFECT_ROLL},
		{"platforms", ",", &diff->have->platforms, &want->platforms, EFFECT_IN_PLACE},
	};

	for (size_t i = 0; i < COUNT(lists); i++) {
		if (lists_same(arena, lists[i].have, lists[i].want))
			continue;
		ask(diff, lists[i].effect);
		if (!mark_edit(diff, lists[i].key, lists[i].effect))
			differ(diff, lists[i].key, lists[i].effect,
			       lists[i].have->count ? strings_join(arena, lists[i].have, lists[i].separator) : NULL,
			       lists[i].want->count ? strings_join(arena, lists[i].want, lists[i].separator) : NULL,
			       origin_of(&diff->builder->want, want, lists[i].key));
	}
}

/* Of the other kind, or of both: each takes builds that the label `app` leads to it. */
static void diff_kind(const struct workload_diff *diff)
{
	const struct node *want = &diff->node->want;
	const struct workload *twin = diff->have->twin;
	enum workload_kind kind = workload_kind_of(&want->driver_opts);

	if (diff->have->kind != kind)
		ask(diff, EFFECT_REPLACE); /* which the option for storage tells */
	if (!twin || !workload_is_ours(diff->draft, twin))
		return;
	ask(diff, EFFECT_IN_PLACE);
	differ(diff, "twin", EFFECT_IN_PLACE,
	       arena_printf(diff->draft->arena, "%s %s", workload_kind_name(twin->kind), twin->name), NULL,
	       want->source)
		->note = "takes builds, too";
}

/* BuildKit reads its files when it starts, and sees those alone that are mounted: beside claims BuildX mounts none. */
static void diff_config(const struct workload_diff *diff)
{
	struct draft *draft = diff->draft;
	struct change *change = diff->builder->change;
	const char *note = diff->node->have ? "drift: changed outside" : "left by an earlier builder";
	struct config_files seen = {0};
	size_t before = change->field_count;

	if (!diff->have->files_known)
		return;
	for (size_t i = 0; i < diff->have->config_count; i++) {
		const struct config_map *config = &diff->have->configs[i];

		for (size_t k = 0; config->mounted && k < config->files.count; k++)
			*ARENA_PUSH(draft->arena, seen.items, seen.count) = config->files.items[k];
		if (!config->mounted)
			note = "BuildX mounts it nowhere beside a claim";
	}
	config_files_sort(&seen);
	struct files_diff files = {.draft = draft,
				   .change = change,
				   .builder = &diff->builder->want,
				   .node = &diff->node->want,
				   .prefix = arena_printf(draft->arena, "nodes.%s.workload", diff->node->label)};
	if (diff_files(&files, &seen) == 0)
		return;
	ask(diff, EFFECT_ROLL);
	for (size_t i = before; i < change->field_count; i++) {
		change->fields[i].where = FIELD_CLUSTER;
		change->fields[i].note = note;
	}
	fold_seen_files(draft, change, diff->node->label, "workload");
}

/* When its time is up is no drift, for every change gives it a new one; that it has none where it is to have one, has
 * one where it is to stay, or is wanted on when it is up, is a difference. */
static void diff_expiry(const struct workload_diff *diff)
{
	const struct draft *draft = diff->draft;
	const struct builder *want = &diff->builder->want;
	const char *expires = diff->have->mark.expires;
	time_t until;
	bool is_up = expires && clock_parse_rfc3339(expires, &until) == 0 && draft->request->now >= (int64_t)until;

	if (!diff->node->have || (want->expires_after ? expires && !is_up : !expires))
		return;
	ask(diff, EFFECT_IN_PLACE);
	differ(diff, "expires", EFFECT_IN_PLACE, expires,
	       want->expires_after ? arena_printf(draft->arena, "%s after it was changed last", want->expires_after)
				   : NULL,
	       places_find(&want->places, "expires-after", want->source))
		->note = is_up ? "its time is up: --gc of any machine may remove it" : NULL;
}

void diff_workload(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	struct workload_diff diff = {draft, builder, node, node->workload};

	diff_kind(&diff);
	diff_options(&diff);
	diff_env(&diff, &node->want.driver_opts, NULL);
	diff_env(&diff, &node->workload->options, &node->want.driver_opts);
	diff_lists(&diff);
	diff_config(&diff);
	diff_expiry(&diff);
}
