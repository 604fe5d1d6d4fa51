/* Words for people about changes whose fields do not tell. */
#include "plan/detail.h"

#include "model/driver.h"
#include "model/normal.h"
#include "plan/assess_pod.h"
#include "plan/steps.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char back[] = "`reconcile --rollback` brings it back";

const char *cache_size_text(struct arena *arena, const struct live_node *node)
{
	if (!node || !node->daemon || !node->daemon->disk_known)
		return "";
	return arena_printf(arena, " (%s)", bytes_text(arena, daemon_disk_total(node->daemon)));
}

static bool has_step(const struct change *change, enum step_kind kind)
{
	for (size_t i = 0; i < change->step_count; i++)
		if (change->steps[i].kind == kind)
			return true;
	return false;
}

static const char *length_text(struct draft *draft, const struct store_file *file)
{
	if (!file || !file->exists || !file->readable)
		return "";
	return arena_printf(draft->arena, " (%zu byte%s)", file->length, file->length == 1 ? "" : "s");
}

/* The node goes before the new one is there. */
static const char *away(struct draft *draft, const struct builder_draft *builder)
{
	const char *fallback = has_step(builder->change, STEP_DIVERT) ? builder->want.fallback : NULL;

	return arena_printf(draft->arena, "away for some seconds%s: %s",
			    has_step(builder->change, STEP_DRAIN) ? ", once its builds have ended" : "",
			    fallback ? arena_printf(draft->arena, "builds go to %s meanwhile", fallback)
				     : "no build starts on it meanwhile (with a `fallback` they go there)");
}

static bool boots_beside(const struct change *change)
{
	return has_step(change, STEP_BOOT_BESIDE);
}

/* What is tried with what is sick, in this order; NULL: nothing, or more than that. */
static const char *remedies(struct draft *draft, const struct change *change)
{
	struct strings words = {0};
	bool beside = boots_beside(change);

	for (size_t i = 0; i < change->step_count; i++) {
		const struct step *step = &change->steps[i];

		if (step->kind == STEP_HEAL)
			strings_add(draft->arena, &words,
				    arena_printf(draft->arena, "%s node %s, and see whether it builds", step->detail,
						 step->node));
		else if (!beside)
			return NULL;
	}
	if (words.count > 0 && beside)
		strings_add(draft->arena, &words, "a fresh BuildKit takes its place, with an empty cache");
	return words.count > 0 ? strings_join(draft->arena, &words, "; where it does not, ") : NULL;
}

/* The last part of a field's path: "image", "env.FOO", "platforms". */
static const char *field_key(const struct field_change *field)
{
	const char *env = strstr(field->path, ".env."), *colon = strrchr(field->path, ':');
	const char *dot = strrchr(field->path, '.');

	if (env)
		return env + 1;
	if (colon)
		return colon + 2;
	return dot ? dot + 1 : field->path;
}

/* What replaces says more than what is changed in place. */
static const struct field_change *telling_field(const struct change *change)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (change->fields[i].forces_replacement)
			return &change->fields[i];
	return &change->fields[0];
}

/* In what runs, while the file agrees. */
static bool is_seen(const struct field_change *field)
{
	return field->where == FIELD_CONTAINER || field->where == FIELD_CLUSTER;
}

/* "image changed", "image and 3 more changed", "memory changed outside". */
const char *change_reason(struct draft *draft, const struct change *change)
{
	size_t others = 0;
	bool drift = true;

	if (change->field_count == 0)
		return "differs";
	const char *first = field_key(telling_field(change));
	for (size_t i = 0; i < change->field_count; i++) {
		drift = drift && is_seen(&change->fields[i]);
		others += !text_equal(first, field_key(&change->fields[i]));
	}
	const char *verb = drift ? "changed outside" : "changed";
	if (others == 0)
		return arena_printf(draft->arena, "%s %s", first, verb);
	return arena_printf(draft->arena, "%s and %zu more %s", first, others, verb);
}

void detail_builder(struct draft *draft, struct builder_draft *builder)
{
	struct change *change = builder->change;

	if (driver_home(builder->want.driver) == HOME_POD)
		change->detail = detail_pods(draft, builder);
	else if (change->action == ACTION_REPAIR && builder->have && builder->have->damaged)
		change->detail = arena_printf(draft->arena, "the damaged file%s is kept in the record: %s",
					      length_text(draft, &builder->have->file), back);
	else if (change->action == ACTION_REPAIR)
		change->detail = remedies(draft, change);
	else if (change->action == ACTION_CHANGE && change->step_count == 1 && has_step(change, STEP_BOOT))
		change->detail = "BuildX boots it, and nothing else changes";
	else if (change->action == ACTION_RESET && boots_beside(change))
		change->detail =
			"a fresh BuildKit is booted and tried beside the old one, which goes when its builds have "
			"ended: builds go on, with an empty cache";
	else if (change->action == ACTION_REPLACE && boots_beside(change))
		change->detail =
			"the new node is booted beside the old one, which goes when its builds have ended: builds "
			"go on";
	else if (change->action == ACTION_REPLACE && has_step(change, STEP_REMOVE_CONTAINER))
		change->detail = away(draft, builder);
}

void detail_removal(struct draft *draft, struct change *change, const struct live_builder *have)
{
	struct strings nodes = {0};

	/* What BuildX makes an endpoint of tells nobody anything: the cluster is told beside it. */
	for (size_t i = 0; i < have->node_count; i++)
		strings_add(draft->arena, &nodes,
			    driver_home(have->driver) == HOME_POD
				    ? have->nodes[i].spec.name
				    : arena_printf(draft->arena, "%s at %s", have->nodes[i].spec.name,
						   have->nodes[i].spec.endpoint ? have->nodes[i].spec.endpoint
										: "no endpoint"));
	change->detail = arena_printf(draft->arena, "%s, node%s %s; its file is kept in the record: %s",
				      have->driver ? have->driver : "unknown driver", nodes.count == 1 ? "" : "s",
				      nodes.count > 0 ? strings_join(draft->arena, &nodes, ", ") : "none", back);
}

void detail_file(struct draft *draft, struct change *change)
{
	const struct store_file *file = live_file(draft->live, change->name, false);
	const char *size = length_text(draft, file);

	change->detail = arena_printf(draft->arena, "moved into the record%s: %s", size, back);
}
