/* Compares a wanted builder with its instance file, field by field. */
#include "plan/diff_instance.h"

#include "base/digest.h"
#include "base/json.h"
#include "codec/buildkitd.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/option_value.h"
#include "model/secret.h"
#include "plan/change.h"
#include "plan/draft.h"
#include "plan/origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node_diff {
	struct draft *draft;
	struct builder_draft *builder;
	struct node_draft *node;
	const struct node *have; /* as the instance file says; empty for a node that is not in it */
	const char *prefix;	 /* "nodes.ci0" */
};

static struct field_change *add(const struct node_diff *diff, const char *key, const char *before, const char *after,
				struct source source)
{
	diff->builder->write_instance = true;
	return field_add(diff->draft, diff->builder->change,
			 arena_printf(diff->draft->arena, "%s.%s", diff->prefix, key), before, after, source);
}

static const char *shown(struct arena *arena, const struct pair *pair, bool secret)
{
	struct pair copy = pair ? *pair : (struct pair){0};

	copy.secret |= secret;
	return pair ? pair_shown(arena, &copy) : NULL;
}

static const struct pair *pair_find(const struct pairs *pairs, const char *key)
{
	for (size_t i = 0; i < pairs->count; i++)
		if (text_equal(pairs->items[i].key, key))
			return &pairs->items[i];
	return NULL;
}

/* What BuildX runs where no image is said, for all that is wanted besides. */
static const char *image_unsaid(const struct node_diff *diff)
{
	return driver_home(diff->builder->want.driver) == HOME_POD ? workload_image(&diff->node->want.driver_opts)
								   : image_default();
}

static void diff_option(const struct node_diff *diff, const struct pair *have, const struct pair *want)
{
	struct arena *arena = diff->draft->arena;
	const struct pair *some = want ? want : have;

	if (have && want && text_equal(have->value, want->value))
		return;
	const struct driver_option *option = driver_option_find(diff->builder->want.driver, some->key);
	if (option && option_value_same(option, have ? have->value : NULL, want ? want->value : NULL))
		return;
	/* A snapshot does not tell secrets: one that is there is taken to be the right one. */
	if (have && want && diff->draft->live->from_snapshot && text_equal(have->value, SECRET_SHOWN))
		return;
	/* An image spelled out is the image that BuildX takes when none is. */
	const char *otherwise = image_unsaid(diff);
	if (text_equal(some->key, "image") && text_equal(image_normal(arena, have ? have->value : otherwise),
							 image_normal(arena, want ? want->value : otherwise)))
		return;
	bool secret = (have && have->secret) || (want && want->secret) || live_is_secret(diff->draft->live, some->key);
	struct field_change *field =
		add(diff, arena_printf(arena, "driver-opts.%s", some->key), shown(arena, have, secret),
		    shown(arena, want, secret), origin_of_option(&diff->builder->want, &diff->node->want, some->key));
	field->sensitive = secret;
}

static void diff_options(const struct node_diff *diff)
{
	const struct pairs *have = &diff->have->driver_opts, *want = &diff->node->want.driver_opts;

	for (size_t i = 0; i < want->count; i++)
		diff_option(diff, pair_find(have, want->items[i].key), &want->items[i]);
	for (size_t i = 0; i < have->count; i++) {
		const struct pair *pair = &have->items[i];
		const struct driver_option *option = driver_option_find(diff->builder->have->driver, pair->key);

		if (!pair_find(want, pair->key) && driver_option_given(option, pair->value))
			diff_option(diff, pair, NULL);
	}
}

static void sorted_once(struct arena *arena, const struct strings *list, struct strings *ret_sorted)
{
	*ret_sorted = (struct strings){0};
	for (size_t i = 0; i < list->count; i++)
		if (!strings_contain(ret_sorted, list->items[i]))
			strings_add(arena, ret_sorted, list->items[i]);
	strings_sort(ret_sorted);
}

bool lists_same(struct arena *arena, const struct strings *one, const struct strings *other)
{
	struct strings a, b;

	if (strings_equal(one, other))
		return true;
	sorted_once(arena, one, &a);
	sorted_once(arena, other, &b);
	return strings_equal(&a, &b);
}

static void diff_list(const struct node_diff *diff, const char *key, const struct strings *have,
		      const struct strings *want, const char *separator, struct source source)
{
	struct arena *arena = diff->draft->arena;

	if (lists_same(arena, have, want))
		return;
	const char *before = have->count ? strings_join(arena, have, separator) : NULL;
	const char *after = want->count ? strings_join(arena, want, separator) : NULL;
	add(diff, key, before, after, source);
}

/* Leaves of a TOML tree as "worker.oci.maxUsedSpace" -> "40GB", in order of their paths. */
static void flatten(struct arena *arena, const cJSON *tree, const char *path, struct pairs *leaves)
{
	const cJSON *child;

	if (cJSON_IsObject(tree) && tree->child) {
		cJSON_ArrayForEach(child, tree)
			flatten(arena, child, *path ? arena_printf(arena, "%s.%s", path, child->string) : child->string,
				leaves);
		return;
	}
	CLEANUP_TEXT struct text text = TEXT_INIT;
	if (cJSON_IsString(tree))
		text_puts(&text, tree->valuestring);
	else
		json_print_canonical(tree, &text);
	struct pair *leaf = ARENA_PUSH(arena, leaves->items, leaves->count);
	leaf->key = arena_strdup(arena, path);
	leaf->value = arena_strdup(arena, text_string(&text));
}

static int toml_leaves(struct arena *arena, const struct config_file *file, struct pairs *ret_leaves)
{
	CLEANUP_JSON cJSON *tree = NULL;

	if (!file)
		return 0;
	if (buildkitd_parse(file->data, file->length, &tree, NULL) < 0)
		return -1;
	flatten(arena, tree, "", ret_leaves);
	return 0;
}

const char *config_file_shown(struct arena *arena, const struct config_file *file)
{
	char hex[DIGEST_HEX];

	if (!file)
		return NULL;
	if (file->secret)
		return SECRET_SHOWN;
	digest_hex(file->data, file->length, hex);
	return arena_printf(arena, "%zu bytes, sha256:%.12s", file->length, hex);
}

/* One leaf of buildkitd.toml. */
static void setting_add(const struct files_diff *diff, const char *path, const struct pair *old, const struct pair *now)
{
	struct draft *draft = diff->draft;
	const char *key = now ? now->key : old->key;
	const char *before = old ? setting_shown(draft->arena, key, old->value) : NULL;
	const char *after = now ? setting_shown(draft->arena, key, now->value) : NULL;
	struct field_change *field = field_add(draft, diff->change, arena_printf(draft->arena, "%s: %s", path, key),
					       before, after, origin_of_setting(diff->builder, diff->node, key));

	field->sensitive = text_equal(before, SECRET_SHOWN) || text_equal(after, SECRET_SHOWN);
}

static void file_fields(const struct files_diff *diff, const struct config_file *have, const struct config_file *want)
{
	struct draft *draft = diff->draft;
	struct change *change = diff->change;
	struct arena *arena = draft->arena;
	struct pairs a = {0}, b = {0};
	const char *name = want ? want->name : have->name;
	const char *path = arena_printf(arena, "%s.%s", diff->prefix, name);
	struct source source =
		origin_of_setting(diff->builder, diff->node, text_starts(name, "certs/") ? "registry" : "");

	bool foreign = (have && have->foreign) || (want && want->foreign);

	if (foreign || !text_equal(name, "buildkitd.toml") || toml_leaves(arena, have, &a) < 0 ||
	    toml_leaves(arena, want, &b) < 0) {
		struct field_change *field = field_add(draft, change, path, config_file_shown(arena, have),
						       config_file_shown(arena, want), source);
		field->sensitive = (have && have->secret) || (want && want->secret);
		return;
	}
	size_t before = change->field_count;
	for (size_t i = 0; i < b.count; i++) {
		const struct pair *old = pair_find(&a, b.items[i].key);
		if (!old || !text_equal(old->value, b.items[i].value))
			setting_add(diff, path, old, &b.items[i]);
	}
	for (size_t i = 0; i < a.count; i++)
		if (!pair_find(&b, a.items[i].key))
			setting_add(diff, path, &a.items[i], NULL);
	if (change->field_count == before) /* one side is there and empty */
		field_add(draft, change, path, config_file_shown(arena, have), config_file_shown(arena, want), source);
}

size_t diff_files(const struct files_diff *diff, const struct config_files *have)
{
	const struct config_files *want = &diff->node->files;
	size_t found = 0;

	for (size_t i = 0; i < want->count; i++) {
		const struct config_file *old = config_files_get(have, want->items[i].name);
		if (old && config_file_same(old, &want->items[i]))
			continue;
		file_fields(diff, old, &want->items[i]);
		found++;
	}
	for (size_t i = 0; i < have->count; i++) {
		/* BuildX adds this one itself on GitHub's runners (driver/docker-container/driver.go, create). */
		if (text_starts(have->items[i].name, "provenance.d/") || config_files_get(want, have->items[i].name))
			continue;
		file_fields(diff, &have->items[i], NULL);
		found++;
	}
	return found;
}

void fold_seen_files(struct draft *draft, struct change *change, const char *label, const char *seen)
{
	const char *outer = arena_printf(draft->arena, "nodes.%s.", label);
	const char *inner = arena_printf(draft->arena, "%s%s.", outer, seen);
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
				other->forces_replacement |= field->forces_replacement;
		}
		if (!folded)
			change->fields[kept++] = *field;
	}
	change->field_count = kept;
}

static const char *generation_text(struct draft *draft, const char *name)
{
	int generation = 1;

	node_base_name(draft->arena, name, &generation);
	return arena_printf(draft->arena, "%d", generation);
}

/* What a new node runs, though nobody wrote it. */
static void tell_defaults(const struct node_diff *diff)
{
	static const char granted[] = "--allow-insecure-entitlement=network.host", note[] = "BuildX's default";
	const struct node *want = &diff->node->want;
	const char *image = pairs_get(&want->driver_opts, "image");
	struct arena *arena = diff->draft->arena;
	struct change *change = diff->builder->change;

	if (diff->node->have || !driver_has_containers(diff->builder->want.driver))
		return;
	if (!image || text_equal(image_normal(arena, image), image_normal(arena, image_default())))
		add(diff, "driver-opts.image", NULL, image_default(), want->source)->note = note;
	for (size_t i = 0; i < change->field_count; i++)
		if (text_ends(change->fields[i].path, ".buildkitd-flags") &&
		    text_equal(change->fields[i].after, granted))
			change->fields[i].note = note;
}

static void diff_text(const struct node_diff *diff, const char *key, const char *have, const char *want)
{
	if (!text_equal(have, want))
		add(diff, key, have, want, origin_of(&diff->builder->want, &diff->node->want, key));
}

/* Of an endpoint that BuildX makes only the file in it is anybody's wish. A context that is asked for is kept in a file
 * of its own, whose name is nothing that people should see. */
static void diff_cluster(const struct node_diff *diff)
{
	struct arena *arena = diff->draft->arena;
	const struct node *have = diff->have, *want = &diff->node->want;
	const struct live_node *live = diff->node->have;
	const char *before = cluster_endpoint_config(arena, have->endpoint);

	if (text_equal(before, cluster_endpoint_config(arena, want->endpoint)))
		return;
	if (want->kubeconfig)
		diff_text(diff, "kubeconfig", before, want->kubeconfig);
	if (!want->kube_context)
		return;
	const char *context = live && live->cluster ? live->cluster->context : NULL;
	add(diff, "context", text_equal(context, want->kube_context) ? NULL : context, want->kube_context,
	    origin_of(&diff->builder->want, want, "context"));
}

static void diff_endpoint(const struct node_diff *diff)
{
	const struct node *have = diff->have, *want = &diff->node->want;

	if (driver_find(diff->builder->want.driver)->endpoint != ENDPOINT_MADE) {
		diff_text(diff, "endpoint", have->endpoint, want->endpoint);
	} else if (diff->draft->plan->against) {
		diff_text(diff, "kubeconfig", have->kubeconfig, want->kubeconfig);
		diff_text(diff, "context", have->kube_context, want->kube_context);
	} else {
		diff_cluster(diff);
	}
}

static void diff_node(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	static const struct node nothing = {0};
	const struct node *want = &node->want, *have = node->have ? &node->have->spec : &nothing;
	const char *prefix = ARENA_JOIN(draft->arena, "nodes.", node->label);
	struct node_diff diff = {draft, builder, node, have, prefix};
	struct strings platforms = {0}, flags = {0};

	if (node->action == NODE_FRESH)
		add(&diff, "generation", generation_text(draft, node->was_name ? node->was_name : have->name),
		    generation_text(draft, want->name), builder->want.source);
	diff_endpoint(&diff);
	for (size_t i = 0; i < have->platforms.count; i++) {
		const char *normal = platform_normal(draft->arena, have->platforms.items[i]);
		strings_add(draft->arena, &platforms, normal ? normal : have->platforms.items[i]);
	}
	diff_list(&diff, "platforms", &platforms, &want->platforms, ",", origin_of(&builder->want, want, "platforms"));
	diff_options(&diff);
	if (node->have)
		flags_normal(draft->arena, builder->want.driver, have, &flags);
	diff_list(&diff, "buildkitd-flags", &flags, &want->flags, " ",
		  origin_of(&builder->want, want, "buildkitd-flags"));
	tell_defaults(&diff);
	struct files_diff files = {draft, builder->change, &builder->want, want, prefix};
	if (diff_files(&files, &have->files) > 0)
		builder->write_instance = true;
}

static void diff_driver(struct draft *draft, struct builder_draft *builder, const char *have)
{
	if (text_equal(have, builder->want.driver))
		return;
	field_add(draft, builder->change, "driver", have, builder->want.driver,
		  places_find(&builder->want.places, "driver", builder->want.source))
		->forces_replacement = have && field_replaces(SCOPE_BUILDER, "driver");
	builder->write_instance = true;
}

void diff_instance(struct draft *draft, struct builder_draft *builder)
{
	const struct live_builder *have = builder->have && builder->have->damaged ? NULL : builder->have;

	builder->write_instance = !have;
	diff_driver(draft, builder, have ? have->driver : NULL);
	for (size_t i = 0; i < builder->node_count; i++) {
		struct node_draft *node = &builder->nodes[i];

		if (node->have && node->action == NODE_DROP) {
			field_add(draft, builder->change, arena_printf(draft->arena, "nodes.%s", node->label),
				  node->have->spec.endpoint, NULL, builder->want.source);
			builder->write_instance = true;
		} else {
			diff_node(draft, builder, node);
		}
	}
}
