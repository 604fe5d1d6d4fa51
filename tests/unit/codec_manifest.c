/* What a node is in a cluster, held against what BuildX 0.36.1 sent for the same instance (tests/unit/kubernetes: the
 * instance file, and the bodies as an API server got them), and the patches that change it. */
#include "codec/manifest.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/file.h"
#include "base/json.h"
#include "codec/instance.h"
#include "model/live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { CAP = 1 << 20 };

static const char folder[] = "tests/unit/kubernetes";

struct recorded {
	struct node node;
	cJSON *objects;
};

static void recorded_read(struct arena *arena, const char *name, struct recorded *ret_recorded)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(CAP);
	CLEANUP_TEXT struct text instance = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL;
	struct live_builder builder = {0};

	assert_int_equal(file_read(arena_printf(arena, "%s/%s", folder, name), CAP, &data, NULL), 0);
	assert_int_equal(json_parse(buffer_text(&data), data.length, &json, NULL), 0);
	json_print_canonical(json_get(json, "instance"), &instance);
	assert_int_equal(instance_parse(arena, (const unsigned char *)text_string(&instance), instance.length, &builder,
					NULL, NULL),
			 0);
	ret_recorded->node = builder.nodes[0].spec;
	ret_recorded->objects = cJSON_DetachItemFromObjectCaseSensitive(json, "objects");
}

static bool is_left_out(const cJSON *item)
{
	static const char *const names[] = {"successThreshold", "creationTimestamp", MANIFEST_FILES};

	for (size_t i = 0; item->string && i < COUNT(names); i++)
		if (strcmp(item->string, names[i]) == 0)
			return true;
	return cJSON_IsNull(item) || (cJSON_IsObject(item) && !item->child);
}

static const char *sort_key(const cJSON *item)
{
	const char *path = json_string(item, "mountPath"), *name = json_string(item, "name");

	return path ? path : name ? name : "";
}

/* Lists of names have no order that counts, and Go's maps give them another one each time. */
static void sort_items(cJSON *list)
{
	for (int left = cJSON_GetArraySize(list); left > 0; left--) {
		int first = 0;

		for (int i = 1; i < left; i++)
			if (strcmp(sort_key(cJSON_GetArrayItem(list, i)), sort_key(cJSON_GetArrayItem(list, first))) <
			    0)
				first = i;
		cJSON_AddItemToArray(list, cJSON_DetachItemFromArray(list, first));
	}
}

static void tidy(cJSON *json)
{
	for (cJSON *item = json->child, *next; item; item = next) {
		next = item->next;
		tidy(item);
		if (is_left_out(item))
			cJSON_Delete(cJSON_DetachItemViaPointer(json, item));
	}
	if (cJSON_IsArray(json) && cJSON_IsObject(json->child))
		sort_items(json);
}

static cJSON *container_of(cJSON *workload)
{
	cJSON *pod = json_reach(workload, "spec.template.spec");

	return cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(pod, "containers"), 0);
}

/* Where BuildX is wrong, what it sends is corrected by hand here. */
static void mount_config(cJSON *workload)
{
	cJSON *mount = json_append_object(cJSON_GetObjectItemCaseSensitive(container_of(workload), "volumeMounts"));

	json_add_string(mount, "name", "config");
	json_add_string(mount, "mountPath", "/etc/buildkit");
}

static void request_storage(cJSON *workload)
{
	cJSON *resources = cJSON_GetObjectItemCaseSensitive(container_of(workload), "resources");
	cJSON *limits = cJSON_DetachItemFromObjectCaseSensitive(resources, "limits");

	cJSON_AddItemToObject(resources, "requests", limits);
}

static void request_and_limit_storage(cJSON *workload)
{
	cJSON *resources = cJSON_GetObjectItemCaseSensitive(container_of(workload), "resources");

	json_add_string(json_add_object(resources, "requests"), "ephemeral-storage", "1Gi");
}

static void take_rootful_image(cJSON *workload)
{
	json_put_string(container_of(workload), "image", "moby/buildkit:buildx-stable-1");
}

/* The claim is mounted in place of this one, which has the same name or is mounted nowhere. */
static void drop_other_volumes(cJSON *workload)
{
	cJSON_DeleteItemFromObjectCaseSensitive(json_reach(workload, "spec.template.spec"), "volumes");
}

static const struct correction {
	const char *name;
	void (*correct)(cJSON *workload);
} corrections[] = {
	{"ephboth.json", request_and_limit_storage},
	{"ephreq.json", request_storage},
	{"pvcconfig.json", mount_config},
	{"pvcmemory.json", drop_other_volumes},
	{"pvcrootless.json", drop_other_volumes},
	{"rootlessfalse.json", take_rootful_image},
};

static void correct(const char *name, cJSON *objects)
{
	cJSON *workload = cJSON_GetArrayItem(objects, cJSON_GetArraySize(objects) - 1);

	for (size_t i = 0; i < COUNT(corrections); i++)
		if (strcmp(corrections[i].name, name) == 0)
			corrections[i].correct(workload);
}

static void compare(const char *name)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_JSON cJSON *objects = NULL;
	CLEANUP_JSON cJSON *requests = NULL;
	struct recorded recorded;

	recorded_read(arena, name, &recorded);
	objects = recorded.objects;
	correct(name, objects);
	requests = manifest_create(arena, &(struct manifest){.node = &recorded.node});
	assert_int_equal(cJSON_GetArraySize(requests), cJSON_GetArraySize(objects));
	for (int i = 0; i < cJSON_GetArraySize(objects); i++) {
		cJSON *sent = cJSON_GetArrayItem(objects, i), *request = cJSON_GetArrayItem(requests, i);
		cJSON *body = cJSON_GetObjectItemCaseSensitive(request, "body");

		assert_string_equal(json_string(request, "method"), "POST");
		tidy(sent);
		tidy(body);
		if (json_equal(sent, body))
			continue;
		CLEANUP_TEXT struct text a = TEXT_INIT, b = TEXT_INIT;
		json_print_canonical(sent, &a);
		json_print_canonical(body, &b);
		print_error("%s, object %d\nBuildX: ", name, i);
		print_error("%s\nours:   ", text_string(&a));
		print_error("%s\n", text_string(&b));
		fail();
	}
}

static void makes_what_buildx_makes(void **state)
{
	(void)state;
	DIR *dir = opendir(folder);
	size_t count = 0;

	assert_non_null(dir);
	for (const struct dirent *entry; (entry = readdir(dir));)
		if (text_ends(entry->d_name, ".json")) {
			compare(entry->d_name);
			count++;
		}
	closedir(dir);
	assert_true(count >= 20);
}

/* --- patches -------------------------------------------------------------------------------------------------------
 */

static struct pairs pairs_of(struct arena *arena, const char *const *texts)
{
	struct pairs pairs = {0};

	for (; *texts; texts += 2)
		*ARENA_PUSH(arena, pairs.items, pairs.count) = (struct pair){.key = texts[0], .value = texts[1]};
	pairs_sort(&pairs);
	return pairs;
}

/* The patch of the workload, printed; "" when it changes nothing. */
static const char *patch_of(struct arena *arena, const char *const *have_options, const char *const *want_options)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	struct workload have = {.name = "ci0", .uid = "u-1", .files_known = true};
	struct node want = {.name = "ci0", .driver_opts = pairs_of(arena, want_options)};

	have.options = pairs_of(arena, have_options);
	CLEANUP_JSON cJSON *requests = manifest_change(arena, &(struct manifest){.node = &want}, &have);
	cJSON *request = cJSON_GetArrayItem(requests, 0);
	assert_int_equal(cJSON_GetArraySize(requests), 1);
	assert_string_equal(json_string(request, "method"), "PATCH");
	assert_string_equal(json_string(request, "resource"), "deployments");
	assert_string_equal(json_string(request, "uid"), "u-1");
	json_print_canonical(json_get(request, "body"), &text);
	return arena_strdup(arena, text_string(&text));
}

#define OPTIONS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NONE ((const char *const[]){NULL})
#define POD(container, rest)                                                                                           \
	"{\"spec\":{\"template\":{\"spec\":{\"containers\":[{" container "\"name\":\"buildkitd\"}]" rest "}}}}"

static void patches_name_what_differs_alone(void **state)
{
	(void)state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct {
		const char *const *have, *const *want;
		const char *patch;
	} cases[] = {
		{OPTIONS("requests.cpu", "500m"), OPTIONS("requests.cpu", "0.5"), "{}"},
		{OPTIONS("image", "moby/buildkit:a"), OPTIONS("image", "docker.io/moby/buildkit:a"), "{}"},
		{NONE, OPTIONS("image", "moby/buildkit:a"), POD("\"image\":\"moby/buildkit:a\",", "")},
		{OPTIONS("image", "moby/buildkit:a"), NONE, POD("\"image\":\"moby/buildkit:buildx-stable-1\",", "")},
		{OPTIONS("env.A", "1"), OPTIONS("env.B", "2"),
		 POD("\"env\":[{\"name\":\"B\",\"value\":\"2\"},{\"$patch\":\"delete\",\"name\":\"A\"}],", "")},
		{OPTIONS("limits.memory", "1Gi"), NONE,
		 "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"buildkitd\",\"resources\":{"
		 "\"limits\":{\"memory\":null}}}]}}}}"},
		{OPTIONS("nodeselector", "a=1,b=2"), OPTIONS("nodeselector", "a=3"),
		 POD("", ",\"nodeSelector\":{\"a\":\"3\",\"b\":null}")},
		{OPTIONS("serviceaccount", "ci"), NONE,
		 POD("", ",\"serviceAccount\":null,\"serviceAccountName\":null")},
		{NONE, OPTIONS("tolerations", "key=a,operator=Exists;key=b,tolerationSeconds=3"),
		 POD("", ",\"tolerations\":[{\"key\":\"a\",\"operator\":\"Exists\"},{\"key\":\"b\","
			 "\"tolerationSeconds\":3}]")},
		{OPTIONS("qemu.install", "true"), NONE,
		 POD("", ",\"initContainers\":[{\"$patch\":\"delete\",\"name\":\"qemu\"}]")},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(patch_of(arena, cases[i].have, cases[i].want), cases[i].patch);
}

static void replicas_of_an_autoscaler_stay(void **state)
{
	(void)state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct workload have = {.name = "ci0", .options = pairs_of(arena, OPTIONS("replicas", "7"))};
	struct node want = {.name = "ci0"};

	for (int scaled = 0; scaled < 2; scaled++) {
		CLEANUP_TEXT struct text text = TEXT_INIT;

		have.scaled_by = scaled ? "HorizontalPodAutoscaler ci" : NULL;
		CLEANUP_JSON cJSON *requests = manifest_change(arena, &(struct manifest){.node = &want}, &have);
		json_print_canonical(requests, &text);
		assert_int_equal(strstr(text_string(&text), "\"replicas\":1") != NULL, !scaled);
	}
}

/* The folder that had number 2 keeps it; what is not wanted any more goes after nothing mounts it. */
static void config_maps_keep_their_names(void **state)
{
	(void)state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct config_file old[] = {{.name = "certs/a/ca.pem", .data = (const unsigned char *)"a", .length = 1}};
	struct config_file gone[] = {{.name = "certs/b/ca.pem", .data = (const unsigned char *)"b", .length = 1}};
	struct config_file now[] = {{.name = "buildkitd.toml", .data = (const unsigned char *)"x", .length = 1},
				    {.name = "certs/a/ca.pem", .data = (const unsigned char *)"c", .length = 1}};
	struct config_map configs[] = {{.name = "ci0-config-1", .uid = "u-1", .files = {gone, 1}},
				       {.name = "ci0-config-2", .uid = "u-2", .files = {old, 1}}};
	struct workload have = {
		.name = "ci0", .uid = "u", .files_known = true, .configs = configs, .config_count = COUNT(configs)};
	struct node want = {.name = "ci0", .files = {now, COUNT(now)}};
	static const char *const expected[] = {"PATCH ci0-config-2 u-2", "POST ci0-config ", "PATCH ci0 u",
					       "DELETE ci0-config-1 u-1"};

	CLEANUP_JSON cJSON *requests = manifest_change(arena, &(struct manifest){.node = &want}, &have);
	assert_int_equal(cJSON_GetArraySize(requests), COUNT(expected));
	for (int i = 0; i < cJSON_GetArraySize(requests); i++) {
		const cJSON *request = cJSON_GetArrayItem(requests, i);

		const char *uid = json_string(request, "uid");
		assert_string_equal(arena_printf(arena, "%s %s %s", json_string(request, "method"),
						 json_string(request, "name"), uid ? uid : ""),
				    expected[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_what_buildx_makes),
		cmocka_unit_test(patches_name_what_differs_alone),
		cmocka_unit_test(replicas_of_an_autoscaler_stay),
		cmocka_unit_test(config_maps_keep_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
