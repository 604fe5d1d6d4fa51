/* Holds what was done against a plan made after it. */
#include "apply/verify.h"

#include "base/text.h"
#include "model/driver.h"

#include <stdio.h>
#include <string.h>

/* A step of the change made the file what it is to be, or took it away. */
static bool touches(const struct change *change, const char *path)
{
	for (size_t i = 0; i < change->step_count; i++) {
		const struct step *step = &change->steps[i];

		if (!step->in_docker_config && step->path && text_equal(step->path, path))
			return true;
		if (step->kind == STEP_FORGET_BUILDER && text_starts(path, "instances/") &&
		    text_equal(path + strlen("instances/"), step->name))
			return true;
	}
	return false;
}

static bool selects(const struct change *change)
{
	for (size_t i = 0; i < change->step_count; i++)
		if (change->steps[i].kind == STEP_SELECT)
			return true;
	return false;
}

/* What is still, or again, to be done of what this change did: under its own address; or a file that it wrote or
 * removed and that is damaged now; or the selection that it put back. */
static const struct change *find_left(const struct plan *plan, const struct plan *after, const struct lookup *addresses,
				      const struct change *change)
{
	const struct change *left = lookup_find(addresses, change->address);

	for (size_t i = 0; !left && i < after->change_count; i++)
		if (after->changes[i].object == OBJECT_FILE && touches(change, after->changes[i].name))
			left = &after->changes[i];
	if (!left && selects(change) && !plan_change(plan, "selected"))
		left = plan_change(after, "selected");
	return left;
}

static const char *shown(const char *value)
{
	return value ? value : "(absent)";
}

static void fail(const struct change *left, struct change_result *result)
{
	const char *reason = left->reason ? left->reason : "it still differs";

	/* A silence proves nothing, and so nothing is undone for it. */
	result->status = left->action == ACTION_UNKNOWN ? CHANGE_UNVERIFIED : CHANGE_FAILED;
	if (left->action == ACTION_UNKNOWN) {
		error_set(result->error, ERROR_UNREACHABLE, "%s", reason);
		return;
	}
	if (left->field_count > 0)
		error_set(result->error, ERROR_OTHER, "done, but it does not match: %s is %s and should be %s (%s)",
			  left->fields[0].path, shown(left->fields[0].before), shown(left->fields[0].after), reason);
	else
		error_set(result->error, ERROR_OTHER, "done, but it does not match: %s", reason);
	error_hint(result->error, "something else may be changing it: look with `reconcile --plan`");
}

/* A daemon of this builder that is silent though the builder was just made. */
static const struct silent_node *find_silent(const struct plan *after, const struct change *change)
{
	for (size_t i = 0; i < after->silent_count; i++)
		if (change->object == OBJECT_BUILDER && text_equal(after->silent[i].builder, change->name) &&
		    !after->silent[i].tolerated)
			return &after->silent[i];
	return NULL;
}

/* Whether a node that is silent may answer yet. Nobody but its owner boots a remote daemon: one that refuses is given
 * no more than --timeout, one that is late or whose container runs as long as a boot takes. */
static bool may_come(const struct live_node *node, bool boots)
{
	return node->seen == SEEN_STARTING || node->seen == SEEN_NOT_UP || node->seen == SEEN_LATE || boots;
}

static bool is_awaited(const struct plan *after, const struct live *live, const struct change *change)
{
	const struct live_builder *builder = change->object == OBJECT_BUILDER ? live_builder(live, change->name) : NULL;

	if (!builder)
		return false;
	const struct silent_node *silent = find_silent(after, change);
	bool boots = driver_has_containers(builder->driver);
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct live_node *node = &builder->nodes[i];

		if (boots && node->seen == SEEN_STARTING)
			return true;
		if (silent && text_equal(silent->node, node->spec.name) && may_come(node, boots))
			return true;
	}
	return false;
}

bool apply_unsure(const struct plan *plan, const struct plan *after, const struct live *live,
		  const struct change_result *results)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	const struct lookup addresses = plan_addresses(scratch, after);

	for (size_t i = 0; i < plan->change_count; i++) {
		const struct change *left = lookup_find(&addresses, plan->changes[i].address);

		if (results[i].status == CHANGE_DONE &&
		    ((left && left->action == ACTION_UNKNOWN) || is_awaited(after, live, &plan->changes[i])))
			return true;
	}
	return false;
}

static void fail_silent(const struct silent_node *silent, struct change_result *result)
{
	if (silent->ours) {
		result->status = CHANGE_UNVERIFIED;
		error_set(result->error, ERROR_UNREACHABLE, "the daemon of node %s gives no answer: %s", silent->node,
			  silent->reason);
		error_hint(result->error, "give it more time with --boot-timeout");
		return;
	}
	result->status = CHANGE_FAILED;
	error_set(result->error, ERROR_UNREACHABLE, "done, but the daemon of node %s does not answer: %s", silent->node,
		  silent->reason);
	error_hint(result->error,
		   "give it more time with --boot-timeout, start it, or correct the endpoint or the TLS options; with "
		   "`bootstrap: false` nobody waits for it");
}

static bool has_failed(const struct plan *plan, const struct change_result *results, enum object_kind object,
		       const char *name)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (plan->changes[i].object == object && results[i].status == CHANGE_FAILED &&
		    text_equal(plan->changes[i].name, name))
			return true;
	return false;
}

/* What failed only now was selected already: the selection goes back with it. */
static size_t fail_selections(const struct plan *plan, struct change_result *results)
{
	size_t failed = 0;

	for (size_t i = 0; i < plan->change_count; i++) {
		const struct change *change = &plan->changes[i];
		if (change->object != OBJECT_SELECTED || results[i].status != CHANGE_DONE ||
		    !has_failed(plan, results, OBJECT_BUILDER, change->to))
			continue;
		results[i].status = CHANGE_FAILED;
		error_set(results[i].error, ERROR_OTHER, "builder %s was selected and failed", change->to);
		failed++;
	}
	return failed;
}

/* What became current only now is no more, and what was selected there goes with it. */
static size_t fail_current(const struct plan *plan, struct change_result *results)
{
	size_t failed = 0;

	for (size_t i = 0; i < plan->change_count; i++) {
		const struct change *change = &plan->changes[i];

		if (change->object != OBJECT_CURRENT_CONTEXT || results[i].status != CHANGE_DONE ||
		    !has_failed(plan, results, OBJECT_CONTEXT, change->to))
			continue;
		results[i].status = CHANGE_FAILED;
		error_set(results[i].error, ERROR_OTHER, "context %s became current and failed", change->to);
		failed++;
	}
	return failed;
}

/* A node that was booted and has not answered yet: what is wanted of it is there, and nobody knows whether it works. */
static const struct live_node *find_starting(const struct live *live, const struct change *change)
{
	const struct live_builder *builder =
		live && change->object == OBJECT_BUILDER ? live_builder(live, change->name) : NULL;

	for (size_t i = 0; builder && driver_has_containers(builder->driver) && i < builder->node_count; i++)
		if (builder->nodes[i].seen == SEEN_STARTING)
			return &builder->nodes[i];
	return NULL;
}

/* Its file and its container are as asked; of a pod in a cluster, and with --no-probe, nobody asks the daemon. */
static bool is_unasked(const struct plan *after, const struct change *change, const struct live_node *node)
{
	for (size_t i = 0; i < after->silent_count; i++)
		if (text_equal(after->silent[i].builder, change->name) &&
		    text_equal(after->silent[i].node, node->spec.name))
			return false;
	return !node->daemon && (node->state == NODE_RUNNING || node->state == NODE_UNKNOWN);
}

static void tell_unasked(const struct plan *after, const struct live *live, const struct change *change,
			 struct change_result *result)
{
	const struct live_builder *builder =
		live && change->object == OBJECT_BUILDER ? live_builder(live, change->name) : NULL;

	for (size_t i = 0; builder && i < builder->node_count; i++) {
		size_t length = strlen(result->note);

		if (!is_unasked(after, change, &builder->nodes[i]))
			continue;
		result->unasked++;
		snprintf(result->note + length, RESULT_NOTE - length,
			 "%sthe daemon of node %s was not asked whether it is well", length > 0 ? "; " : "",
			 builder->nodes[i].spec.name);
	}
}

static void doubt_starting(const struct live_node *node, struct change_result *result)
{
	result->status = CHANGE_UNVERIFIED;
	error_set(result->error, ERROR_UNREACHABLE, "the daemon of node %s is still starting", node->spec.name);
	error_hint(result->error, "give it more time with --boot-timeout");
}

size_t apply_verify(const struct plan *plan, const struct plan *after, const struct live *live,
		    struct change_result *results)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	const struct lookup addresses = plan_addresses(scratch, after);
	size_t failed = 0;

	for (size_t i = 0; i < plan->change_count; i++) {
		const struct change *left = find_left(plan, after, &addresses, &plan->changes[i]);
		const struct silent_node *silent = find_silent(after, &plan->changes[i]);

		if (results[i].status != CHANGE_DONE)
			continue;
		if (left && left->action != ACTION_NONE)
			fail(left, &results[i]);
		else if (silent)
			fail_silent(silent, &results[i]);
		else if (find_starting(live, &plan->changes[i]))
			doubt_starting(find_starting(live, &plan->changes[i]), &results[i]);
		else
			tell_unasked(after, live, &plan->changes[i], &results[i]);
		failed += results[i].status != CHANGE_DONE;
	}
	failed += fail_current(plan, results);
	return failed + fail_selections(plan, results);
}
