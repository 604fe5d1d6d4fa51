/* The table of what each kind of step touches, so that what was begun can be undone and held against what was before.
 */
#include "plan/touched.h"

#include "base/count.h"
#include "base/json.h"
#include "codec/instance.h"
#include "codec/manifest.h"
#include "model/normal.h"
#include "plan/generation.h"

#include <string.h>

size_t undo_begun(const struct change_result *result)
{
	if (result->status != CHANGE_FAILED)
		return 0;
	return result->error->kind == ERROR_STALE ? result->steps_done : result->steps_begun;
}

static void add_file(struct touched *touched, const char *path, bool in_docker_config)
{
	for (size_t i = 0; i < touched->file_count; i++)
		if (touched->files[i].in_docker_config == in_docker_config && text_equal(touched->files[i].path, path))
			return;
	*ARENA_PUSH(touched->arena, touched->files, touched->file_count) =
		(struct touched_file){touched->change, path, in_docker_config};
}

static void add_node(struct touched *touched, const char *endpoint, const char *node, bool booted, bool beside)
{
	struct touched_node *found = NULL;

	if (!endpoint || !node)
		return;
	for (size_t i = 0; i < touched->node_count; i++)
		if (text_equal(touched->nodes[i].endpoint, endpoint) && text_equal(touched->nodes[i].node, node))
			found = &touched->nodes[i];
	if (!found) {
		found = ARENA_PUSH(touched->arena, touched->nodes, touched->node_count);
		*found = (struct touched_node){.change = touched->change, .endpoint = endpoint, .node = node};
	}
	found->booted = found->booted || booted;
	found->beside = found->beside || beside;
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 && path[length] == '/';
}

/* BuildX's note of the last use comes and goes with an instance: apply/store_files.c. */
static void touch_file(struct touched *touched, const struct step *step)
{
	const struct undo_files *files = &touched->request->files_before;

	for (size_t i = 0; i < files->count; i++)
		if (files->items[i].in_docker_config == step->in_docker_config &&
		    is_below(files->items[i].path, step->path))
			add_file(touched, files->items[i].path, step->in_docker_config);
	if (step->kind == STEP_WRITE_FILE && !step->in_docker_config && text_starts(step->path, "instances/"))
		add_file(touched, arena_printf(touched->arena, "activity/%s", step->path + strlen("instances/")),
			 false);
	add_file(touched, step->path, step->in_docker_config);
}

static void touch_store(struct touched *touched, const struct step *step)
{
	add_file(touched, arena_printf(touched->arena, "activity/%s", step->name), false);
	add_file(touched, arena_printf(touched->arena, "instances/%s", step->name), false);
	add_file(touched, arena_printf(touched->arena, "refs/%s", step->name), false);
}

static void touch_container(struct touched *touched, const struct step *step)
{
	add_node(touched, step->endpoint, node_of(touched->arena, step->name, false), false, false);
}

static void touch_volume(struct touched *touched, const struct step *step)
{
	add_node(touched, step->endpoint, node_of(touched->arena, step->name, true), false, false);
}

static void touch_node(struct touched *touched, const struct step *step)
{
	add_node(touched, step->endpoint, step->node, false, false);
}

static void add_object(struct touched *touched, const char *cluster, const char *resource, const char *name,
		       const char *of)
{
	for (size_t i = 0; i < touched->object_count; i++)
		if (text_equal(touched->objects[i].cluster, cluster) && text_equal(touched->objects[i].name, name) &&
		    text_equal(touched->objects[i].resource, resource))
			return;
	*ARENA_PUSH(touched->arena, touched->objects, touched->object_count) =
		(struct touched_object){touched->change, cluster, resource, name, of};
}

/* What the requests name; a ConfigMap is looked at with the workload that has it, but for one that is made first. */
static void touch_requests(struct touched *touched, const char *cluster, const cJSON *requests)
{
	const cJSON *request;
	const char *workload = NULL;

	cJSON_ArrayForEach(request, requests) {
		const char *resource = json_string(request, "resource"), *name = json_string(request, "name");

		if (!resource || !name || text_equal(resource, "configmaps"))
			continue;
		workload = arena_strdup(touched->arena, name);
		add_object(touched, cluster, arena_strdup(touched->arena, resource), workload, NULL);
	}
	cJSON_ArrayForEach(request, requests) {
		const char *name = json_string(request, "name");

		if (workload && name && text_equal(json_string(request, "resource"), "configmaps") &&
		    text_equal(json_string(request, "method"), "POST"))
			add_object(touched, cluster, "configmaps", arena_strdup(touched->arena, name), workload);
	}
}

static void touch_objects(struct touched *touched, const struct step *step)
{
	CLEANUP_JSON cJSON *requests = NULL;

	if (step->data && json_parse((const char *)step->data, step->length, &requests, NULL) == 0)
		touch_requests(touched, step->endpoint, requests);
}

/* A node that BuildX boots in a cluster; false: in a container. */
static bool boot_in_cluster(struct touched *touched, const struct node *node)
{
	const char *config = cluster_endpoint_config(touched->arena, node->endpoint);
	const struct cluster_way way = {.kubeconfig = config, .namespace = pairs_get(&node->driver_opts, "namespace")};
	const struct cluster *cluster = live_cluster_by(touched->request->now, &way);
	const struct manifest manifest = {.node = node};
	CLEANUP_JSON cJSON *requests = NULL;

	if (!text_starts(node->endpoint, "kubernetes://"))
		return false;
	if (!cluster)
		return true;
	requests = manifest_create(touched->arena, &manifest);
	touch_requests(touched, cluster->key, requests);
	return true;
}

/* The nodes that stand in the bytes of an instance file. */
static void boot_written(struct touched *touched, const struct step *step, bool beside)
{
	struct live_builder parsed = {0};

	if (!step->data || instance_parse(touched->arena, step->data, step->length, &parsed, NULL, NULL) < 0)
		return;
	for (size_t i = 0; i < parsed.node_count; i++)
		if (!boot_in_cluster(touched, &parsed.nodes[i].spec))
			add_node(touched, parsed.nodes[i].spec.endpoint, parsed.nodes[i].spec.name, true, beside);
}

/* BuildX boots every node of the builder as the store has it by then. */
static void touch_booted(struct touched *touched, const struct step *step)
{
	const struct live_builder *before = live_builder(touched->request->before, step->name);

	for (size_t i = 0; i < touched->change->step_count; i++)
		if (touched->change->steps[i].kind == STEP_WRITE_FILE)
			boot_written(touched, &touched->change->steps[i], false);
	for (size_t i = 0; before && i < before->node_count; i++)
		if (!boot_in_cluster(touched, &before->nodes[i].spec))
			add_node(touched, before->nodes[i].spec.endpoint, before->nodes[i].spec.name, true, false);
}

static void touch_beside(struct touched *touched, const struct step *step)
{
	boot_written(touched, step, true);
}

static void touch_selection(struct touched *touched, const struct step *step)
{
	touched->selection = true;
	if (step->kind == STEP_DIVERT)
		touched->diverted = step;
}

static void touch_context(struct touched *touched, const struct step *step)
{
	(void)step;
	touched->context = true;
}

/* clang-format off */
static const struct touch {
	void (*touch)(struct touched *touched, const struct step *step); /* NULL: it changes nothing that is here */
	const char *lost; /* what it changed for good, before the step's name; NULL: nothing, or a comparison shows it */
	bool all_or_nothing; /* when it says why it failed, it has changed nothing */
} touches[] = {
	[STEP_WRITE_FILE]         = {touch_file, NULL, false},
	[STEP_REMOVE_FILE]        = {touch_file, NULL, false},
	[STEP_RESTORE_FILE]       = {touch_file, NULL, false},
	[STEP_FORGET_BUILDER]     = {touch_store, NULL, false},
	[STEP_PULL_IMAGE]         = {NULL, NULL, false},
	[STEP_REMOVE_CONTAINER]   = {touch_container, NULL, false},
	[STEP_REMOVE_VOLUME]      = {touch_volume, NULL, false},
	[STEP_STOP_CONTAINER]     = {touch_container, NULL, false},
	[STEP_UPDATE_CONTAINER]   = {touch_container, NULL, false},
	[STEP_BOOT]               = {touch_booted, NULL, false},
	[STEP_SELECT]             = {touch_selection, NULL, false},
	[STEP_DRAIN]              = {NULL, NULL, false},
	[STEP_VERIFY_BUILD]       = {NULL, NULL, false},
	[STEP_INSTALL_EMULATION]  = {NULL, "still registered on that machine: the emulation of image", true},
	[STEP_PRUNE_CACHE]        = {NULL, "not brought back: what was pruned from the cache of", false},
	[STEP_NOTE_LEFTOVER]      = {NULL, NULL, false},
	[STEP_BOOT_BESIDE]        = {touch_beside, NULL, false},
	[STEP_RETIRE]             = {touch_node, NULL, false},
	[STEP_DIVERT]             = {touch_selection, NULL, false},
	[STEP_HEAL]               = {touch_node, NULL, false},
	[STEP_CHANGE_OBJECTS]     = {touch_objects, NULL, false},
	[STEP_REMOVE_OBJECTS]     = {touch_objects, NULL, false},
	[STEP_RETIRE_OBJECTS]     = {touch_objects, NULL, false},
	[STEP_USE_CONTEXT]        = {touch_context, NULL, false},
};
/* clang-format on */
_Static_assert(COUNT(touches) == STEP_KIND_COUNT, "a row per step kind");

bool step_is_harmless(enum step_kind kind)
{
	return !touches[kind].touch && !touches[kind].lost;
}

/* The step did nothing that would have to be undone, though it was begun: it ended with a reason of its own, which a
 * deadline or an interrupt is not. */
static bool did_nothing(const struct change_result *result, size_t step, enum step_kind kind)
{
	return touches[kind].all_or_nothing && step == result->steps_done && result->error->kind == ERROR_OTHER;
}

bool undo_is_needed(const struct plan *plan, const struct change_result *results)
{
	for (size_t i = 0; i < plan->change_count; i++)
		for (size_t k = 0; k < undo_begun(&results[i]); k++)
			if (!step_is_harmless(plan->changes[i].steps[k].kind) &&
			    !did_nothing(&results[i], k, plan->changes[i].steps[k].kind))
				return true;
	return false;
}

static void touch(struct touched *touched, const struct step *step)
{
	const struct touch *row = &touches[step->kind];

	if (row->touch)
		row->touch(touched, step);
	if (row->lost)
		strings_add(touched->arena, &touched->lost,
			    arena_printf(touched->arena, "%s %s", row->lost, step->name ? step->name : ""));
}

void touched_collect(const struct undo_request *request, struct arena *arena, struct touched *ret_touched)
{
	struct touched touched = {.arena = arena, .request = request};

	for (size_t i = 0; i < request->plan->change_count; i++) {
		touched.change = &request->plan->changes[i];
		for (size_t k = 0; k < undo_begun(&request->results[i]); k++)
			if (!did_nothing(&request->results[i], k, touched.change->steps[k].kind))
				touch(&touched, &touched.change->steps[k]);
	}
	*ret_touched = touched;
}

const struct store_file *undo_file(struct undo_files files, const struct touched_file *file)
{
	for (size_t i = 0; i < files.count; i++)
		if (files.items[i].in_docker_config == file->in_docker_config &&
		    text_equal(files.items[i].path, file->path))
			return files.items[i].exists ? &files.items[i] : NULL;
	return NULL;
}

bool undo_file_same(const struct store_file *a, const struct store_file *b)
{
	if (!a || !b)
		return !a && !b;
	if (!a->readable || !b->readable)
		return a->readable == b->readable;
	return a->length == b->length && (a->mode & 0777) == (b->mode & 0777) &&
	       (a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

struct node_things undo_node(const struct live *live, const struct touched_node *node)
{
	const struct engine *engine = live_engine(live, node->endpoint);

	if (!engine || !engine->reachable)
		return (struct node_things){0};
	return (struct node_things){
		.known = true,
		.container = engine_node_container(engine, node->node),
		.volume = engine_node_volume(engine, node->node),
	};
}
