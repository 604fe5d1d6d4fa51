/* What BuildX made and nobody changed differs in nothing: of every option, by the newest and by 0.13. */
#include "base/count.h"
#include "base/file.h"
#include "base/json.h"
#include "codec/instance.h"
#include "kube_recorded.h"
#include "live/kube/parse.h"

#include <dirent.h>
#include <stdlib.h>

#include "pods_world.h"

enum { CAP = 1 << 20 };

/* A builder as BuildX made it: its instance file, and what the cluster has for its node. */
struct recording {
	struct live_builder builder;
	struct cluster cluster;
	struct cluster_way way;
	struct workload workload;
};

static const struct config_map *map_find(const struct kube_config_maps *maps, const char *name)
{
	for (size_t i = 0; i < maps->count; i++)
		if (text_equal(maps->items[i].name, name))
			return &maps->items[i];
	return NULL;
}

/* As the template mounts them. */
static void attach(struct arena *arena, const struct kube_workload *row, const struct kube_config_maps *maps,
		   struct workload *workload)
{
	*workload = row->workload;
	workload->files_known = true;
	for (size_t i = 0; i < row->configs.count; i++) {
		const struct config_map *map = map_find(maps, row->configs.items[i].name);
		const char *folder = row->configs.items[i].folder;

		if (!map)
			continue;
		struct config_map *copy = ARENA_PUSH(arena, workload->configs, workload->config_count);
		*copy = *map;
		copy->mounted = folder;
		for (size_t k = 0; k < copy->files.count && !text_empty(folder); k++)
			copy->files.items[k].name = arena_printf(arena, "%s/%s", folder, copy->files.items[k].name);
	}
}

static void parse_objects(struct arena *arena, const char *workload, enum workload_kind kind, const char *maps,
			  struct workload *ret_workload)
{
	struct kube_workloads rows_of = {.kind = kind};
	struct kube_config_maps maps_of = {0};
	const char *more;

	assert_int_equal(kube_parse_workloads(arena, workload, strlen(workload), &rows_of, &more, NULL), 0);
	assert_int_equal(rows_of.count, 1);
	if (maps)
		assert_int_equal(kube_parse_config_maps(arena, maps, strlen(maps), &maps_of, &more, NULL), 0);
	attach(arena, &rows_of.items[0], &maps_of, ret_workload);
}

static void read_recording(struct arena *arena, const char *path, struct recording *recording)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(CAP);
	CLEANUP_TEXT struct text instance = TEXT_INIT, workload = TEXT_INIT, maps = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL, *list = cJSON_CreateObject();
	cJSON *items = json_add_array(list, "items"), *object, *next;
	enum workload_kind kind = WORKLOAD_DEPLOYMENT;

	*recording = (struct recording){0};
	assert_int_equal(file_read(path, CAP, &data, NULL), 0);
	assert_int_equal(json_parse(buffer_text(&data), data.length, &json, NULL), 0);
	json_print_canonical(json_get(json, "instance"), &instance);
	assert_int_equal(
		instance_parse(arena, text_string(&instance), instance.length, &recording->builder, NULL, NULL), 0);
	for (object = cJSON_GetObjectItemCaseSensitive(json, "objects")->child; object; object = next) {
		next = object->next;
		if (text_equal(json_string(object, "kind"), "ConfigMap"))
			cJSON_AddItemToArray(items, cJSON_DetachItemViaPointer(
							    cJSON_GetObjectItemCaseSensitive(json, "objects"), object));
		else
			json_print_canonical(object, &workload);
		if (text_equal(json_string(object, "kind"), "StatefulSet"))
			kind = WORKLOAD_STATEFUL_SET;
	}
	json_print_canonical(list, &maps);
	parse_objects(arena, arena_strdup(arena, text_string(&workload)), kind, arena_strdup(arena, text_string(&maps)),
		      &recording->workload);
}

static struct plan *plan_recording(struct pods_world *p, struct recording *recording)
{
	struct world *w = &p->w;
	struct live_node *node = &recording->builder.nodes[0];

	recording->cluster = (struct cluster){.key = "prod/n in /k",
					      .ways = &recording->way,
					      .way_count = 1,
					      .server = "https://prod",
					      .namespace = "n",
					      .reachable = true,
					      .workloads = &recording->workload,
					      .workload_count = 1};
	recording->way.namespace = pairs_get(&node->spec.driver_opts, "namespace");
	node->cluster = &recording->cluster;
	node->workload = &recording->workload;
	node->state = NODE_RUNNING;
	w->want_node = node->spec;
	w->want_node.endpoint = NULL; /* nor what BuildX grants by itself */
	if (w->want_node.flags.count == 1 && text_equal(w->want_node.flags.items[0], entitlement))
		w->want_node.flags = (struct strings){0};
	w->want = (struct builder){
		.name = recording->builder.name, .driver = "kubernetes", .nodes = &w->want_node, .node_count = 1};
	w->live.builders = &recording->builder;
	w->live.builder_count = 1;
	w->live.clusters = &recording->cluster;
	w->live.cluster_count = 1;
	return plan(w);
}

static void assert_no_change(const char *path, const struct plan *made_plan)
{
	for (size_t i = 0; i < made_plan->change_count; i++)
		for (size_t k = 0; k < made_plan->changes[i].field_count; k++)
			print_error("%s: %s: %s -> %s\n", path, made_plan->changes[i].fields[k].path,
				    made_plan->changes[i].fields[k].before ? made_plan->changes[i].fields[k].before
									   : "",
				    made_plan->changes[i].fields[k].after ? made_plan->changes[i].fields[k].after : "");
	if (plan_has_changes(made_plan))
		fail_msg("%s: it is as BuildX made it, and the plan has %zu changes", path, made_plan->change_count);
}

/* BuildX 0.13 mounts one of the ConfigMaps alone, so that no pod of it ever starts, and 0.36 none beside a claim. */
static bool is_broken(const char *path)
{
	return text_ends(path, "kubernetes-0.13/certs.json") || strstr(path, "pvcconfig");
}

/* With each option set, by BuildX 0.36.1 and 0.13.1: what is as it was made differs in nothing. */
static void test_made_by_buildx(void **state)
{
	static const char *const folders[] = {"tests/unit/kubernetes", "tests/unit/kubernetes-0.13"};
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(folders); i++) {
		DIR *folder = opendir(folders[i]);
		const struct dirent *item;

		assert_non_null(folder);
		while ((item = readdir(folder))) {
			struct pods_world p;
			struct recording recording;

			if (!text_ends(item->d_name, ".json"))
				continue;
			make_pods(&p);
			const char *path = arena_printf(p.w.arena, "%s/%s", folders[i], item->d_name);
			read_recording(p.w.arena, path, &recording);
			struct plan *made_plan = plan_recording(&p, &recording);
			if (is_broken(path))
				assert_int_equal(made_plan->changes[0].action, ACTION_CHANGE);
			else
				assert_no_change(path, made_plan);
			plan_free(made_plan);
			arena_free(p.w.arena);
			count++;
		}
		closedir(folder);
	}
	assert_true(count >= 40);
}

/* The same as an API server held them, with all that it fills in. */
static void test_held_by_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(RECORDED); i++) {
		const struct recorded *row = &RECORDED[i];
		struct pods_world p;
		struct recording recording;

		make_pods(&p);
		const char *path = arena_printf(p.w.arena, "tests/unit/kubernetes/%.*s.json",
						(int)strcspn(row->name, "."), row->name);
		read_recording(p.w.arena, path, &recording);
		struct workload sent = recording.workload;
		parse_objects(p.w.arena, row->json, row->kind, row->configs, &recording.workload);
		recording.workload.configs = sent.configs; /* certificates are cut elsewhere there */
		recording.workload.config_count = sent.config_count;
		recording.builder.nodes[0].spec.name = recording.workload.name; /* one was called otherwise */
		struct plan *made_plan = plan_recording(&p, &recording);
		if (!is_broken(row->name))
			assert_no_change(row->name, made_plan);
		plan_free(made_plan);
		arena_free(p.w.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_by_buildx),
		cmocka_unit_test(test_held_by_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
