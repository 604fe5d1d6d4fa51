/* Makes the plan that undoes what a failed one began: the inverse of its steps, in reverse.
 *
 * A builder's container that is in the way of the former one goes first, while an instance file still names it; then
 * the files are put back, last written first; then BuildX boots the former container again. What stands beside those
 * that build goes last, once nobody is sent there any more. */
#include "plan/undo.h"

#include "base/count.h"
#include "base/json.h"
#include "codec/context.h"
#include "codec/docker_config.h"
#include "model/normal.h"
#include "plan/change.h"
#include "plan/fingerprint.h"
#include "plan/finish.h"
#include "plan/steps.h"
#include "plan/touched.h"
#include "plan/undo_objects.h"

#include <string.h>

struct undo {
	const struct undo_request *request;
	struct draft draft;
	struct touched touched;
	struct change *change; /* that undoes the one at hand; NULL before it has a step */
};

static bool is_running(const struct container *container)
{
	return container && text_equal(container->status, "running");
}

static bool is_same(const struct container *a, const struct container *b)
{
	return a && b && text_equal(a->id, b->id);
}

/* What it takes to be as before, for people; the record's reader sees it. */
static enum action action_of(const struct undo *undo, const struct change *failed)
{
	const struct live_builder *before = live_builder(undo->request->before, failed->name);
	const struct live_builder *now = live_builder(undo->request->now, failed->name);

	if (failed->object == OBJECT_SELECTED || failed->object == OBJECT_CURRENT_CONTEXT)
		return ACTION_SELECT;
	if (failed->object == OBJECT_CONTEXT)
		return live_context(undo->request->before, failed->name) ? ACTION_CHANGE : ACTION_REMOVE;
	if (failed->object != OBJECT_BUILDER)
		return ACTION_CREATE;
	return !before				 ? ACTION_REMOVE
	       : !now				 ? ACTION_CREATE
	       : failed->action == ACTION_CHANGE ? ACTION_CHANGE
						 : ACTION_REPLACE;
}

static struct step *add(struct undo *undo, const struct change *failed, enum step_kind kind, const char *name)
{
	if (!undo->change) {
		undo->change = change_add(&undo->draft, failed->object, failed->name, action_of(undo, failed));
		undo->change->reason = "what was begun is undone";
		undo->change->live_fingerprint = fingerprint_text(&undo->draft, failed->address);
	}
	return step_add(&undo->draft, undo->change, kind, name);
}

/* --- nodes ---------------------------------------------------------------------------------------------------------
 */

struct node_undo {
	struct node_things before, now;
	bool made;	/* the container that is there is the failed plan's */
	bool made_here; /* likewise the volume */
	bool gone;	/* the container that ran there does not any more */
};

static struct node_undo look_at(struct undo *undo, const struct touched_node *node)
{
	struct node_undo found = {
		.before = undo_node(undo->request->before, node),
		.now = undo_node(undo->request->now, node),
	};
	bool known = found.before.known && found.now.known;

	found.made =
		known && node->booted && found.now.container && !is_same(found.now.container, found.before.container);
	found.made_here = known && node->booted && found.now.volume && !found.before.volume;
	found.gone = known && is_running(found.before.container) &&
		     (!is_same(found.now.container, found.before.container) || !is_running(found.now.container));
	return found;
}

static struct step *add_on_node(struct undo *undo, const struct touched_node *node, enum step_kind kind,
				const char *name, const char *id)
{
	struct step *step = add(undo, node->change, kind, name);

	step->endpoint = arena_strdup(undo->draft.arena, node->endpoint);
	step->detail = arena_strdup(undo->draft.arena, id);
	return step;
}

/* Whoever builds there already is waited for. */
static void drain(struct undo *undo, const struct touched_node *node)
{
	struct node_undo found = look_at(undo, node);

	if (found.made && !node->beside && is_running(found.now.container))
		add_on_node(undo, node, STEP_DRAIN, node->change->name, NULL)->node =
			arena_strdup(undo->draft.arena, node->node);
}

static void clear_way(struct undo *undo, const struct touched_node *node)
{
	struct node_undo found = look_at(undo, node);

	if (node->beside)
		return;
	if (found.made)
		add_on_node(undo, node, STEP_REMOVE_CONTAINER, found.now.container->name, found.now.container->id);
	if (found.made_here)
		add_on_node(undo, node, STEP_REMOVE_VOLUME, found.now.volume->name, NULL);
}

static void clear_beside(struct undo *undo, const struct touched_node *node)
{
	struct node_undo found = look_at(undo, node);

	if (!node->beside || (!found.made && !found.made_here))
		return;
	struct step *step = add_on_node(undo, node, STEP_RETIRE, node->change->name, NULL);
	step->node = arena_strdup(undo->draft.arena, node->node);
	step->keep_s = found.made_here ? 0 : 1; /* a volume that waited for a rollback goes on waiting */
}

/* BuildX makes it again from the instance file, where there is one. */
static bool has_to_boot(struct undo *undo, const struct change *failed)
{
	const struct live_builder *before = live_builder(undo->request->before, failed->name);

	for (size_t i = 0; before && !before->damaged && i < undo->touched.node_count; i++)
		if (undo->touched.nodes[i].change == failed && look_at(undo, &undo->touched.nodes[i]).gone)
			return true;
	return false;
}

static void add_limit(cJSON *json, const char *key, int64_t value)
{
	if (value != 0)
		json_add_integer(json, key, value);
}

/* `docker update` changes these on a container, and the Engine takes them all at once. */
static cJSON *limits_of(const struct container *container)
{
	cJSON *json = cJSON_CreateObject(), *policy;

	add_limit(json, "Memory", container->memory);
	add_limit(json, "MemorySwap", container->memory_swap);
	add_limit(json, "CpuQuota", container->cpu_quota);
	add_limit(json, "CpuPeriod", container->cpu_period);
	add_limit(json, "CpuShares", container->cpu_shares);
	if (!text_empty(container->cpuset_cpus))
		json_add_string(json, "CpusetCpus", container->cpuset_cpus);
	if (!text_empty(container->cpuset_mems))
		json_add_string(json, "CpusetMems", container->cpuset_mems);
	if (!text_empty(container->restart_policy)) {
		policy = json_add_object(json, "RestartPolicy");
		json_add_string(policy, "Name", container->restart_policy);
		json_add_integer(policy, "MaximumRetryCount", container->restart_retries);
	}
	return json;
}

/* Where the Engine cannot, what was set by hand is told of (plan/undo_compare.c). */
static bool can_update(const struct undo *undo, const struct touched_node *node)
{
	const struct engine *engine = live_engine(undo->request->now, node->endpoint);

	return !engine || maker_updates(engine->maker, engine->version);
}

/* What is made anew from the instance file gets the limits that it had, whoever had set them. */
static void put_back_limits(struct undo *undo, const struct touched_node *node)
{
	struct node_undo found = look_at(undo, node);
	const struct container *before = found.before.container;

	if (!found.gone || is_same(before, found.now.container) || !can_update(undo, node))
		return;
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_JSON cJSON *json = limits_of(before);
	json_print_canonical(json, &text);
	struct step *step = add_on_node(undo, node, STEP_UPDATE_CONTAINER, before->name, NULL);
	step->data = arena_copy(undo->draft.arena, text_string(&text), text.length + 1);
	step->length = text.length;
}

/* What did not run before was started with the others. */
static void stop(struct undo *undo, const struct touched_node *node, bool booted)
{
	struct node_undo found = look_at(undo, node);

	if (!node->booted || !is_same(found.before.container, found.now.container) ||
	    is_running(found.before.container) || (!booted && !is_running(found.now.container)))
		return;
	add_on_node(undo, node, STEP_STOP_CONTAINER, found.now.container->name, found.now.container->id);
}

static void each_node(struct undo *undo, const struct change *failed,
		      void (*each)(struct undo *undo, const struct touched_node *node))
{
	for (size_t i = 0; i < undo->touched.node_count; i++)
		if (undo->touched.nodes[i].change == failed)
			each(undo, &undo->touched.nodes[i]);
}

/* --- files ---------------------------------------------------------------------------------------------------------
 */

static struct step *add_path(struct undo *undo, const struct touched_file *file, enum step_kind kind, const char *name)
{
	struct step *step = add(undo, file->change, kind, name);

	step->path = arena_strdup(undo->draft.arena, file->path);
	step->in_docker_config = file->in_docker_config;
	return step;
}

static void put_back(struct undo *undo, const struct touched_file *file, const struct store_file *before)
{
	struct arena *arena = undo->draft.arena;

	if (!before->readable) { /* it was moved aside */
		add_path(undo, file, STEP_RESTORE_FILE, aside_path(arena, undo->request->plan->plan_id, file->path));
		return;
	}
	struct step *step = add_path(undo, file, STEP_RESTORE_FILE, NULL);
	step->data = arena_copy(arena, before->length > 0 ? before->data : (const void *)"", before->length + 1);
	step->length = before->length;
	step->mode = before->mode & 0777;
}

/* Of what was begun with a file that was damaged before, only its loss is undone: what is there now is somebody's. */
static void restore(struct undo *undo, const struct touched_file *file)
{
	const struct store_file *before = undo_file(undo->request->files_before, file);
	const struct store_file *now = undo_file(undo->request->files_now, file);

	if (undo_file_same(before, now) || text_starts(file->path, "refs/") ||
	    (now && file->change->object == OBJECT_FILE) || (before && !before->readable && now))
		return;
	if (before)
		put_back(undo, file, before);
	else
		add_path(undo, file, STEP_REMOVE_FILE, NULL);
}

static void restore_files(struct undo *undo, const struct change *failed)
{
	for (size_t i = undo->touched.file_count; i > 0; i--)
		if (undo->touched.files[i - 1].change == failed)
			restore(undo, &undo->touched.files[i - 1]);
}

/* A context that was not there goes with its folders, which `docker context ls` would stumble over. */
static void remove_context(struct undo *undo, const struct change *failed)
{
	struct arena *arena = undo->draft.arena;
	const char *meta = context_meta_path(arena, failed->name), *tls = context_tls_path(arena, failed->name);
	const char *folders[] = {arena_strndup(arena, meta, strlen(meta) - strlen("/meta.json")),
				 arena_strndup(arena, tls, strlen(tls) - strlen("/docker"))};

	for (size_t i = COUNT(folders); i > 0; i--) {
		const struct touched_file folder = {failed, folders[i - 1], true};

		if (!strings_contain(&undo->request->before->stray_folders, folder.path))
			add_path(undo, &folder, STEP_REMOVE_FILE, NULL);
	}
	undo->change->phase = PHASE_CLEAR;
}

/* --- clusters ------------------------------------------------------------------------------------------------------
 */

static void undo_objects(struct undo *undo, const struct change *failed,
			 struct object_undo (*undo_of)(const struct undo_request *, struct arena *,
						       const struct touched_object *))
{
	for (size_t i = undo->touched.object_count; i > 0; i--) {
		const struct touched_object *object = &undo->touched.objects[i - 1];

		if (object->change != failed)
			continue;
		struct object_undo way = undo_of(undo->request, undo->draft.arena, object);
		if (way.requests)
			step_requests_set(undo->draft.arena, add(undo, failed, way.kind, way.name), object->cluster,
					  way.requests);
	}
}

/* --- changes -------------------------------------------------------------------------------------------------------
 */

static void undo_builder(struct undo *undo, const struct change *failed)
{
	bool boots = has_to_boot(undo, failed);

	each_node(undo, failed, drain);
	each_node(undo, failed, clear_way);
	undo_objects(undo, failed, undo_object_way);
	restore_files(undo, failed);
	undo_objects(undo, failed, undo_object_back);
	if (boots) {
		add(undo, failed, STEP_BOOT, failed->name);
		each_node(undo, failed, put_back_limits);
	}
	each_node(undo, failed, clear_beside);
	for (size_t i = 0; i < undo->touched.node_count; i++)
		if (undo->touched.nodes[i].change == failed)
			stop(undo, &undo->touched.nodes[i], boots);
}

static bool is_ours(const struct store_file *before, const struct store_file *now, const char *name)
{
	CLEANUP_TEXT struct text edited = TEXT_INIT;

	return now && now->readable && (!before || before->readable) &&
	       docker_config_print(before ? before->data : NULL, before ? before->length : 0, name, &edited, NULL) ==
		       0 &&
	       edited.length == now->length && memcmp(text_string(&edited), now->data, now->length) == 0;
}

/* config.json is edited back, as others may have written in it meanwhile; where nobody has, it gets its bytes back. */
static void undo_current_context(struct undo *undo, const struct change *failed)
{
	const char *before = undo->request->before->configured_context, *now = undo->request->now->configured_context;
	const struct touched_file file = {failed, "config.json", true};

	if (is_ours(undo_file(undo->request->files_before, &file), undo_file(undo->request->files_now, &file),
		    failed->steps[0].name ? failed->steps[0].name : ""))
		restore(undo, &file);
	else if (before && !text_equal(before, now))
		add(undo, failed, STEP_USE_CONTEXT, *before != '\0' ? before : NULL);
	if (undo->change)
		change_target(&undo->draft, undo->change, "current-context", now,
			      text_empty(before) ? "default" : before, failed->source);
}

static void undo_change(struct undo *undo, const struct change *failed)
{
	undo->change = NULL;
	if (failed->object == OBJECT_BUILDER)
		undo_builder(undo, failed);
	else if (failed->object == OBJECT_CURRENT_CONTEXT && undo->touched.context)
		undo_current_context(undo, failed);
	else if (failed->object == OBJECT_CONTEXT && !live_context(undo->request->before, failed->name) &&
		 failed->action != ACTION_REMOVE)
		remove_context(undo, failed);
	else
		restore_files(undo, failed);
}

/* A selection that worked stays, and so does what somebody else selected meanwhile. */
static bool selection_stays(const struct undo *undo)
{
	const struct plan *plan = undo->request->plan;
	const struct step *diverted = undo->touched.diverted;

	for (size_t i = 0; i < plan->change_count; i++)
		if (plan->changes[i].object == OBJECT_SELECTED &&
		    (undo->request->results[i].status == CHANGE_DONE ||
		     undo->request->results[i].error->kind == ERROR_STALE))
			return true;
	return diverted && !text_equal(undo->request->now->selected, diverted->name) &&
	       !text_equal(undo->request->now->selected, diverted->node);
}

/* Last, in a change of its own: it comes back though a builder does not. */
static void undo_selection(struct undo *undo)
{
	const struct undo_files *files = &undo->request->files_before;
	const struct change selected = {.object = OBJECT_SELECTED, .name = "", .address = "selected"};

	if (!undo->touched.selection || selection_stays(undo))
		return;
	undo->change = NULL;
	for (size_t i = 0; i < files->count; i++) {
		const struct touched_file file = {&selected, files->items[i].path, false};

		if (!files->items[i].in_docker_config &&
		    (text_equal(file.path, "current") || text_starts(file.path, "defaults/")))
			restore(undo, &file);
	}
	if (undo->change)
		change_target(&undo->draft, undo->change, "selected", undo->request->now->selected,
			      text_empty(undo->request->before->selected) ? "default" : undo->request->before->selected,
			      (struct source){0});
}

struct plan *undo_plan(const struct undo_request *request)
{
	struct plan *plan = plan_new();
	struct undo undo = {
		.request = request,
		.draft = {.live = request->now, .arena = plan->arena, .plan = plan},
	};

	plan->lineage = arena_strdup(plan->arena, request->plan->lineage);
	plan->subject = arena_strdup(plan->arena, request->subject);
	plan->serial = request->serial;
	plan->complete = plan->applyable = true;
	plan->desired_digest = fingerprint_text(&undo.draft, request->plan->plan_id);
	touched_collect(request, plan->arena, &undo.touched);
	for (size_t i = request->plan->change_count; i > 0; i--)
		if (undo_begun(&request->results[i - 1]) > 0)
			undo_change(&undo, &request->plan->changes[i - 1]);
	undo_selection(&undo);
	if (plan->change_count == 0) {
		plan_free(plan);
		return NULL;
	}
	changes_sort(plan);
	plan_identify(&undo.draft);
	return plan;
}
