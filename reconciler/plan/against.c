/* Compares two desired states. */
#include "plan/against.h"

#include "codec/buildkitd.h"
#include "model/driver.h"
#include "plan/change.h"
#include "plan/detail.h"
#include "plan/diff_instance.h"
#include "plan/finish.h"
#include "plan/said.h"

#include <string.h>

static const char current[] = "(the current context)"; /* what a node has that says no endpoint */

/* A builder as the earlier state has it, as if it lived just so. */
static struct live_builder *lives(struct arena *arena, const struct builder *old)
{
	struct live_builder *live = ARENA_NEW(arena, struct live_builder);

	live->name = old->name;
	live->driver = old->driver;
	live->nodes = ARENA_ARRAY(arena, struct live_node, old->node_count + 1);
	live->node_count = old->node_count;
	for (size_t i = 0; i < old->node_count; i++)
		live->nodes[i].spec = old->nodes[i];
	return live;
}

static struct live_node *node_of(struct live_builder *have, const char *name)
{
	for (size_t i = 0; have && i < have->node_count; i++)
		if (text_equal(have->nodes[i].spec.name, name))
			return &have->nodes[i];
	return NULL;
}

static bool is_wanted(const struct builder *now, const char *name)
{
	for (size_t i = 0; i < now->node_count; i++)
		if (text_equal(now->nodes[i].name, name))
			return true;
	return false;
}

/* The nodes of both sides, those of the earlier one that are gone last. */
static void pair_nodes(struct arena *arena, const struct builder *now, struct live_builder *have,
		       struct builder_draft *builder)
{
	builder->nodes = ARENA_ARRAY(arena, struct node_draft, now->node_count + (have ? have->node_count : 0) + 1);
	for (size_t i = 0; i < now->node_count; i++) {
		struct node_draft *node = &builder->nodes[builder->node_count++];

		*node = (struct node_draft){
			.want = now->nodes[i], .label = now->nodes[i].name, .have = node_of(have, now->nodes[i].name)};
		/* What BuildX adds is on both sides, or on none. */
		if (node->have)
			flags_normal(arena, now->driver, &node->want, &node->want.flags);
	}
	for (size_t i = 0; have && i < have->node_count; i++) {
		struct live_node *node = &have->nodes[i];

		if (is_wanted(now, node->spec.name))
			continue;
		if (!node->spec.endpoint)
			node->spec.endpoint = current;
		builder->nodes[builder->node_count++] =
			(struct node_draft){.have = node, .label = node->spec.name, .action = NODE_DROP};
	}
}

/* Behind "nodes.NAME.": what a difference there comes to. */
static bool replaces(const char *driver, const char *key)
{
	static const char options[] = "driver-opts.";

	if (text_starts(key, options)) {
		const struct driver_option *option = driver_option_find(driver, key + strlen(options));
		return option && option->effect == EFFECT_REPLACE;
	}
	if (driver_home(driver) == HOME_POD) /* all else is rolled out */
		return text_equal(key, "kubeconfig") || text_equal(key, "context");
	if (text_starts(key, "buildkitd.toml") || text_starts(key, "certs/"))
		return field_replaces(SCOPE_BUILDER, "buildkitd");
	return field_find(SCOPE_NODE, key) && field_replaces(SCOPE_NODE, key);
}

static void mark_replacements(struct draft *draft, const struct builder_draft *builder)
{
	struct change *change = builder->change;

	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		const char *prefix = arena_printf(draft->arena, "nodes.%s.", node->label);

		for (size_t k = 0; node->have && k < change->field_count; k++)
			if (text_starts(change->fields[k].path, prefix) &&
			    replaces(builder->want.driver, change->fields[k].path + strlen(prefix)))
				change->fields[k].forces_replacement =
					driver_home(builder->want.driver) != HOME_ELSEWHERE;
	}
}

static bool has_field(const struct change *change, const char *prefix)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (text_starts(change->fields[i].path, prefix))
			return true;
	return false;
}

/* A node of which nothing is said is a node all the same. */
static void add_bare_nodes(struct draft *draft, const struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		const char *path = arena_printf(draft->arena, "nodes.%s", node->label);

		if (!node->have && !node->want.implied &&
		    !has_field(builder->change, arena_printf(draft->arena, "%s.", path)))
			field_add(draft, builder->change, path, NULL, current, node->want.source);
	}
}

static void diff_builder(struct draft *draft, const struct builder *old, const struct builder *now,
			 struct change *change)
{
	struct live_builder *have = old ? lives(draft->arena, old) : NULL;
	struct builder_draft builder = {.want = *now, .have = have, .change = change};
	struct said said = {draft, change, "", now->source};

	pair_nodes(draft->arena, now, have, &builder);
	diff_instance(draft, &builder);
	add_bare_nodes(draft, &builder);
	mark_replacements(draft, &builder);
	said_diff(&said, SCOPE_BUILDER, EFFECT_NONE, old, now);
}

static struct change *add(struct draft *draft, enum object_kind object, const char *name, struct source source)
{
	struct change *change = change_add(draft, object, name, ACTION_NONE);

	change->source = source;
	change->live_fingerprint = "";
	return change;
}

static void settle(struct change *change, enum action action, const char *reason)
{
	change->action = action;
	change->reason = reason;
}

static bool is_replaced(const struct change *change)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (change->fields[i].forces_replacement)
			return true;
	return false;
}

/* One that both sides want to be there. */
static void settle_diff(struct draft *draft, const struct builder *now, struct change *change)
{
	if (change->field_count == 0) {
		draft->plan->matching++;
		return;
	}
	settle(change, is_replaced(change) ? ACTION_REPLACE : ACTION_CHANGE, change_reason(draft, change));
	if (change->action == ACTION_REPLACE)
		change->cache = now->cache.keep_state == TRI_NO ? CACHE_LOST : CACHE_KEPT;
}

static void compare_builder(struct draft *draft, const struct builder *old, const struct builder *now)
{
	bool context_owned = driver_home(now->driver) == HOME_ENGINE;
	struct change *change = add(draft, OBJECT_BUILDER, now->name, now->source);

	draft->plan->desired_count++;
	change->protect = now->protect == TRI_YES;
	if (builder_absent(now)) {
		if (old && builder_absent(old))
			draft->plan->matching++;
		else
			settle(change, ACTION_REMOVE, old ? "state: absent" : "state: absent, and not named before");
		return;
	}
	bool was = old && !builder_absent(old);
	diff_builder(draft, was ? old : NULL, now, change);
	if (was)
		settle_diff(draft, now, change);
	else
		settle(change, context_owned ? ACTION_CHANGE : ACTION_CREATE,
		       old ? "it had to be absent before" : "not named before");
}

/* What no state file names any more is removed only where they say so. */
static void drop_builder(struct draft *draft, const struct builder *old, const struct state *now)
{
	bool removes = text_equal(now->unmanaged, "remove") && driver_home(old->driver) != HOME_ENGINE;

	if (builder_absent(old) && removes)
		return;
	struct change *change = add(draft, OBJECT_BUILDER, old->name, (struct source){0});
	if (builder_absent(old)) {
		settle(change, ACTION_CHANGE, "no state file says any more that it must be absent");
		return;
	}
	if (removes) {
		settle(change, ACTION_REMOVE, "no state file names it any more, and `unmanaged` is remove");
		return;
	}
	settle(change, ACTION_CHANGE, "no state file names it any more: it stays as it is, unmanaged");
	field_add(draft, change, "state", "present", NULL, (struct source){0});
}

static bool in_scope(const struct strings *only, const char *name)
{
	return only->count == 0 || strings_contain(only, name);
}

static void compare_builders(struct draft *draft, const struct against_request *request)
{
	for (size_t i = 0; i < request->desired->builder_count; i++) {
		const struct builder *now = &request->desired->builders[i];

		if (in_scope(request->only, now->name))
			compare_builder(draft, state_builder(request->old, now->name), now);
	}
	for (size_t i = 0; i < request->old->builder_count; i++) {
		const struct builder *old = &request->old->builders[i];

		if (in_scope(request->only, old->name) && !state_builder(request->desired, old->name))
			drop_builder(draft, old, request->desired);
	}
}

static bool context_absent(const struct context *context)
{
	return text_equal(context->state, "absent");
}

static void diff_tls(struct draft *draft, struct change *change, const struct context *now, const char *name,
		     const struct config_file *before, const struct config_file *after)
{
	const char *key = arena_strndup(draft->arena, name, strcspn(name, "."));

	if (before && after && config_file_same(before, after))
		return;
	field_add(draft, change, key, config_file_shown(draft->arena, before), config_file_shown(draft->arena, after),
		  places_find(&now->places, key, now->source))
		->sensitive = (before && before->secret) || (after && after->secret);
}

static void diff_tls_files(struct draft *draft, struct change *change, const struct config_files *old,
			   const struct context *now)
{
	for (size_t i = 0; i < now->tls.count; i++)
		diff_tls(draft, change, now, now->tls.items[i].name, config_files_get(old, now->tls.items[i].name),
			 &now->tls.items[i]);
	for (size_t i = 0; i < old->count; i++)
		if (!config_files_get(&now->tls, old->items[i].name))
			diff_tls(draft, change, now, old->items[i].name, &old->items[i], NULL);
}

static void compare_context(struct draft *draft, const struct context *old, const struct context *now)
{
	struct change *change = add(draft, OBJECT_CONTEXT, now->name, now->source);
	bool was = old && !context_absent(old);
	static const struct config_files none = {0};

	if (context_absent(now)) {
		if (!old || was)
			settle(change, ACTION_REMOVE, "state: absent");
		return;
	}
	struct said said = {draft, change, "", now->source};
	said_diff(&said, SCOPE_CONTEXT, EFFECT_IN_PLACE, was ? old : NULL, now);
	diff_tls_files(draft, change, was ? &old->tls : &none, now);
	if (!was)
		settle(change, ACTION_CREATE, old ? "it had to be absent before" : "not named before");
	else if (change->field_count > 0)
		settle(change, ACTION_CHANGE, change_reason(draft, change));
}

static void compare_contexts(struct draft *draft, const struct against_request *request)
{
	for (size_t i = 0; i < request->desired->context_count; i++) {
		const struct context *now = &request->desired->contexts[i];

		compare_context(draft, state_context(request->old, now->name), now);
	}
	for (size_t i = 0; i < request->old->context_count; i++) {
		const struct context *old = &request->old->contexts[i];

		if (!state_context(request->desired, old->name))
			settle(add(draft, OBJECT_CONTEXT, old->name, (struct source){0}), ACTION_CHANGE,
			       "no state file names it any more: it stays as it is");
	}
}

/* One word of the top level: `selected`, `current-context`, `unmanaged`. */
static void compare_word(struct draft *draft, enum object_kind object, const char *key, const char *old,
			 const char *now, struct source source)
{
	if (text_equal(old, now))
		return;
	struct change *change = add(draft, object, "", source);
	change_target(draft, change, key, old, now, source);
	settle(change, object == OBJECT_UNMANAGED ? ACTION_CHANGE : ACTION_SELECT,
	       now ? "said otherwise before" : "not said any more: left alone");
}

static void compare_words(struct draft *draft, const struct state *old, const struct state *now)
{
	static const struct source none = {0};
	const char *keep = "keep";

	compare_word(draft, OBJECT_SELECTED, "selected", old->selected, now->selected, now->selected_source);
	compare_word(draft, OBJECT_CURRENT_CONTEXT, "current-context", old->current_context, now->current_context,
		     places_find(&now->places, "current-context", none));
	compare_word(draft, OBJECT_UNMANAGED, "unmanaged", old->unmanaged ? old->unmanaged : keep,
		     now->unmanaged ? now->unmanaged : keep, now->unmanaged_source);
}

static void drop_unchanged(struct plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->change_count; i++)
		if (plan->changes[i].action != ACTION_NONE)
			plan->changes[kept++] = plan->changes[i];
	plan->change_count = kept;
}

static void copy_list(struct arena *arena, const struct strings *from, struct strings *to)
{
	for (size_t i = 0; from && i < from->count; i++)
		strings_add(arena, to, from->items[i]);
}

struct plan *plan_against(const struct against_request *request)
{
	struct plan *plan = plan_new();
	struct live nothing = {.arena = plan->arena};
	struct draft draft = {.desired = request->desired, .live = &nothing, .arena = plan->arena, .plan = plan};

	plan->desired_digest = arena_strdup(plan->arena, request->desired_digest);
	plan->lineage = "";
	plan->speculative = true;
	plan->complete = true;
	plan->against = arena_strdup(plan->arena, request->against);
	plan->revision = arena_strdup(plan->arena, request->revision);
	copy_list(plan->arena, &request->desired->files, &plan->state_files);
	copy_list(plan->arena, request->notes, &plan->notes);
	compare_builders(&draft, request);
	if (request->only->count == 0) {
		compare_contexts(&draft, request);
		compare_words(&draft, request->old, request->desired);
	}
	drop_unchanged(plan);
	changes_sort(plan);
	plan_own_texts(&draft);
	plan_identify(&draft);
	return plan;
}
