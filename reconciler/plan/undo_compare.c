/* Holds what a failed plan touched against what was there before it, and says what is not as it was and why. */
#include "base/count.h"
#include "model/driver.h"
#include "model/normal.h"
#include "plan/touched.h"
#include "plan/undo_objects.h"

#include <string.h>

struct comparison {
	const struct undo_request *request;
	struct arena *arena;
	struct undo_outcome *outcome;
	size_t files, containers, volumes;
	enum maker maker; /* of the Engine whose containers are compared */
};

static void differ(struct comparison *comparison, const char *what)
{
	strings_add(comparison->arena, &comparison->outcome->differ, what);
}

static const char *counted(struct arena *arena, size_t count, const char *noun)
{
	return arena_printf(arena, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

/* --- files ---------------------------------------------------------------------------------------------------------
 */

static void compare_file(struct comparison *comparison, const struct touched_file *file)
{
	const struct store_file *before = undo_file(comparison->request->files_before, file);
	const struct store_file *now = undo_file(comparison->request->files_now, file);
	struct arena *arena = comparison->arena;

	comparison->files++;
	if (undo_file_same(before, now))
		return;
	if (text_starts(file->path, "refs/"))
		differ(comparison,
		       arena_printf(arena, "%s is gone: BuildX's list of past builds is in no record", file->path));
	else
		differ(comparison, arena_printf(arena, "%s %s", file->path,
						!now	  ? "is gone"
						: !before ? "is there, and was not"
							  : "holds other bytes than before"));
}

/* --- containers ----------------------------------------------------------------------------------------------------
 */

/* What no driver option says, or says together with something else; the rest is in the options' rows. */
struct setting {
	const char *name;
	size_t offset;
};
static const struct setting texts[] = {
	{"image", offsetof(struct container, image)},
	{"image id", offsetof(struct container, image_id)},
	{"restart policy", offsetof(struct container, restart_policy)},
	{"volume", offsetof(struct container, state_volume)},
	{"state", offsetof(struct container, status)},
};
static const struct setting lists[] = {
	{"command", offsetof(struct container, command)}, /* told without their values, which may be secret */
	{"environment", offsetof(struct container, env)},
	{"mounts", offsetof(struct container, binds)},
};

#define MEMBER(container, setting, type) (*(const type *)(const void *)((const char *)(container) + (setting)->offset))

static bool files_equal(const struct config_files *a, const struct config_files *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!text_equal(a->items[i].name, b->items[i].name) || a->items[i].length != b->items[i].length ||
		    memcmp(a->items[i].data, b->items[i].data, a->items[i].length) != 0)
			return false;
	return true;
}

static const char *shown(const char *text)
{
	return text_empty(text) ? "unset" : text;
}

/* "network was host and is unset" */
static void text_setting(struct arena *arena, const char *name, const char *before, const char *now,
			 struct strings *ret_list)
{
	if (!text_equal(shown(before), shown(now)))
		strings_add(arena, ret_list,
			    arena_printf(arena, "%s was %s and is %s", name, shown(before), shown(now)));
}

/* "memory was 1073741824 and is 0" */
static void number_setting(struct arena *arena, const char *name, int64_t before, int64_t now, struct strings *ret_list)
{
	if (before != now)
		strings_add(arena, ret_list,
			    arena_printf(arena, "%s was %lld and is %lld", name, (long long)before, (long long)now));
}

static void option_settings(struct arena *arena, const struct container *a, const struct container *b,
			    struct strings *ret_list)
{
	size_t count;
	const struct driver_option *options = driver_option_table(&count);

	for (size_t i = 0; i < count; i++)
		switch (options[i].where) {
		case WHERE_MEMORY:
		case WHERE_SWAP:
		case WHERE_NUMBER:
			number_setting(arena, options[i].key, driver_option_number(&options[i], a),
				       driver_option_number(&options[i], b), ret_list);
			break;
		case WHERE_TEXT:
		case WHERE_CGROUP:
			text_setting(arena, options[i].key, driver_option_text(&options[i], a),
				     driver_option_text(&options[i], b), ret_list);
			break;
		default: /* told below by another name, or shows in no container */
			break;
		}
}

static struct strings without_engines(struct comparison *comparison, const struct strings *list)
{
	struct strings rest = {0};

	for (size_t i = 0; i < list->count; i++)
		if (!maker_sets_env(comparison->maker, list->items[i]))
			strings_add(comparison->arena, &rest, list->items[i]);
	return rest;
}

static bool list_equal(struct comparison *comparison, const struct setting *setting, const struct container *a,
		       const struct container *b)
{
	struct strings before = without_engines(comparison, &MEMBER(a, setting, struct strings));
	struct strings now = without_engines(comparison, &MEMBER(b, setting, struct strings));

	return strings_equal(&before, &now);
}

static void settings(struct comparison *comparison, const struct container *a, const struct container *b,
		     struct strings *ret_list)
{
	struct arena *arena = comparison->arena;

	for (size_t i = 0; i < COUNT(texts); i++)
		text_setting(arena, texts[i].name, MEMBER(a, &texts[i], char *), MEMBER(b, &texts[i], char *),
			     ret_list);
	option_settings(arena, a, b, ret_list);
	number_setting(arena, "restart retries", a->restart_retries, b->restart_retries, ret_list);
	for (size_t i = 0; i < COUNT(lists); i++)
		if (!list_equal(comparison, &lists[i], a, b))
			strings_add(arena, ret_list, arena_printf(arena, "its %s changed", lists[i].name));
	if (a->files_known && b->files_known && !files_equal(&a->files, &b->files))
		strings_add(arena, ret_list, "its files in /etc/buildkit changed");
}

static void compare_settings(struct comparison *comparison, const struct container *before, const struct container *now)
{
	struct arena *arena = comparison->arena;
	bool remade = !text_equal(before->id, now->id);
	struct strings list = {0};

	settings(comparison, before, now, &list);
	if (list.count > 0)
		differ(comparison,
		       arena_printf(arena, "container %s: %s%s", before->name, strings_join(arena, &list, "; "),
				    remade ? " (it was removed, and made again from the instance file: what was "
					     "changed on it by hand does not come back)"
					   : ""));
	else if (remade)
		strings_add(arena, &comparison->outcome->remade,
			    arena_printf(arena,
					 "container %s was made anew (%.12s, before %.12s), with the same settings",
					 before->name, now->id, before->id));
}

static const char *why_not_made(struct comparison *comparison, const struct touched_node *node,
				const struct container *before)
{
	if (!live_builder(comparison->request->before, node->change->name))
		return "no instance file says how it was made";
	return text_equal(before->status, "running")
		       ? "it was removed, and could not be made again"
		       : arena_printf(comparison->arena,
				      "it was %s, and is made again when the builder is booted or builds",
				      before->status);
}

static void compare_container(struct comparison *comparison, const struct touched_node *node,
			      const struct container *before, const struct container *now)
{
	struct arena *arena = comparison->arena;

	comparison->containers++;
	if (before && now)
		compare_settings(comparison, before, now);
	else if (before)
		differ(comparison, arena_printf(arena, "container %s is gone: %s", before->name,
						why_not_made(comparison, node, before)));
	else if (now)
		differ(comparison, arena_printf(arena, "container %s is there, and was not", now->name));
}

static void compare_volume(struct comparison *comparison, const struct volume *before, const struct volume *now)
{
	struct arena *arena = comparison->arena;

	comparison->volumes++;
	if (before && !now)
		differ(comparison, arena_printf(arena, "volume %s is gone, and its cache with it", before->name));
	else if (!before && now)
		differ(comparison, arena_printf(arena, "volume %s is there, and was not", now->name));
	else if (before && before->created && now->created && !text_equal(before->created, now->created))
		differ(comparison,
		       arena_printf(arena, "volume %s is another one, made %s: the cache that was in it is gone",
				    now->name, now->created));
}

static void compare_node(struct comparison *comparison, const struct touched_node *node)
{
	struct arena *arena = comparison->arena;
	struct node_things before = undo_node(comparison->request->before, node);
	struct node_things now = undo_node(comparison->request->now, node);
	const struct engine *engine = live_engine(comparison->request->now, node->endpoint);

	if (!before.known || !now.known) {
		differ(comparison,
		       arena_printf(arena, "node %s: its Engine %s could not be asked", node->node, node->endpoint));
		return;
	}
	comparison->maker = engine ? engine->maker : MAKER_UNKNOWN;
	compare_container(comparison, node, before.container, now.container);
	compare_volume(comparison, before.volume, now.volume);
}

/* --- selection -----------------------------------------------------------------------------------------------------
 */

static bool selection_worked(const struct undo_request *request)
{
	for (size_t i = 0; i < request->plan->change_count; i++)
		if (request->plan->changes[i].object == OBJECT_SELECTED && request->results[i].status == CHANGE_DONE)
			return true;
	return false;
}

static void compare_selection(struct comparison *comparison)
{
	const struct undo_files *files = &comparison->request->files_before;
	const char *before = comparison->request->before->selected, *now = comparison->request->now->selected;

	if (selection_worked(comparison->request))
		return;
	strings_add(comparison->arena, &comparison->outcome->compared, "the selection");
	if (!text_equal(before, now))
		differ(comparison,
		       arena_printf(comparison->arena, "selected was %s and is %s", shown(before), shown(now)));
	for (size_t i = 0; i < files->count; i++) {
		const struct touched_file file = {NULL, files->items[i].path, false};

		if (!files->items[i].in_docker_config &&
		    (text_equal(file.path, "current") || text_starts(file.path, "defaults/")))
			compare_file(comparison, &file);
	}
}

static void compare_context(struct comparison *comparison)
{
	const char *before = comparison->request->before->configured_context;
	const char *now = comparison->request->now->configured_context;

	strings_add(comparison->arena, &comparison->outcome->compared, "the current context");
	if (!text_equal(before, now))
		differ(comparison,
		       arena_printf(comparison->arena, "currentContext was %s and is %s", shown(before), shown(now)));
}

void undo_compare(const struct undo_request *request, struct arena *arena, struct undo_outcome *ret_outcome)
{
	struct comparison comparison = {.request = request, .arena = arena, .outcome = ret_outcome};
	struct touched touched;

	*ret_outcome = (struct undo_outcome){0};
	touched_collect(request, arena, &touched);
	for (size_t i = 0; i < touched.file_count; i++)
		compare_file(&comparison, &touched.files[i]);
	for (size_t i = 0; i < touched.node_count; i++)
		compare_node(&comparison, &touched.nodes[i]);
	for (size_t i = 0; i < touched.object_count; i++) {
		const char *differs = undo_object_compare(request, arena, &touched.objects[i]);

		if (differs)
			differ(&comparison, differs);
	}
	if (touched.selection)
		compare_selection(&comparison);
	if (touched.context)
		compare_context(&comparison);
	for (size_t i = 0; i < touched.lost.count; i++)
		differ(&comparison, touched.lost.items[i]);
	if (comparison.files > 0)
		strings_add(arena, &ret_outcome->compared, counted(arena, comparison.files, "file"));
	if (comparison.containers > 0)
		strings_add(arena, &ret_outcome->compared, counted(arena, comparison.containers, "container"));
	if (touched.object_count > 0)
		strings_add(arena, &ret_outcome->compared, counted(arena, touched.object_count, "object"));
	if (comparison.volumes > 0)
		strings_add(arena, &ret_outcome->compared, counted(arena, comparison.volumes, "volume"));
}
