/* The files that a record keeps: each once, from the observation or the disk, absent ones as absent. */
#include "base/cleanup.h"
#include "base/file.h"
#include "cli/affected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static const struct store_file *find(const struct affected *affected, const char *path)
{
	const struct store_file *found = NULL;

	for (size_t i = 0; i < affected->count; i++)
		if (text_equal(affected->items[i].path, path)) {
			assert_null(found);
			found = &affected->items[i];
		}
	return found;
}

static void test_collect(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char store[] = "/tmp/rc-touched-XXXXXX";
	struct live_builder known = {.name = "ci",
				     .file = {.path = "instances/ci",
					      .exists = true,
					      .readable = true,
					      .data = (const unsigned char *)"{}",
					      .length = 2}};
	struct live live = {
		.store = mkdtemp(store),
		.docker_config = store,
		.builders = &known,
		.builder_count = 1,
		.current_file = {.path = "current", .exists = true, .data = (const unsigned char *)"c", .length = 1},
		.defaults_file = {.path = "defaults/abc"}};
	struct step steps[] = {{.kind = STEP_WRITE_FILE, .path = "instances/ci"}, {.kind = STEP_BOOT, .name = "ci"}};
	struct step aside[] = {{.kind = STEP_REMOVE_FILE, .path = "instances/.DS_Store"}};
	struct change changes[] = {
		{.object = OBJECT_FILE, .name = "instances/.DS_Store", .steps = aside, .step_count = 1},
		{.object = OBJECT_BUILDER, .name = "ci", .steps = steps, .step_count = 2},
		{.object = OBJECT_BUILDER, .name = "New"},
		{.object = OBJECT_SELECTED},
	};
	struct plan plan = {.changes = changes, .change_count = 4};
	CLEANUP_FREE char *junk = path_join(store, "instances/.DS_Store");
	CLEANUP_FREE char *folder = path_join(store, "instances");
	struct affected affected = {0};

	(void)state;
	assert_int_equal(folder_create(folder, 0700, NULL), 0);
	assert_int_equal(file_write_atomic(junk, "junk", 4, 0640, NULL), 0);
	affected_collect(&plan, &live, arena, &affected);

	assert_memory_equal(find(&affected, "instances/.DS_Store")->data, "junk", 4);
	assert_int_equal(find(&affected, "instances/.DS_Store")->mode, 0640);
	assert_int_equal(find(&affected, "instances/ci")->length, 2);
	assert_int_equal(find(&affected, "current")->length, 1);
	assert_false(find(&affected, "instances/new")->exists);
	assert_false(find(&affected, "defaults/abc")->exists);
	assert_null(find(&affected, "config.json"));
	assert_int_equal(folder_remove(store, NULL), 0);
}

/* A rollback means exactly what was there: files that stay are in the record too, and a folder that goes is in it with
 * all that it holds. */
static void test_contexts(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char folder[] = "/tmp/rc-touched-XXXXXX";
	struct store_file known = {.path = "contexts/tls/1/docker/key.pem",
				   .in_docker_config = true,
				   .exists = true,
				   .readable = true,
				   .data = (const unsigned char *)"KEY",
				   .length = 3};
	struct live_context context = {.name = "safe", .tls = &known, .tls_count = 1};
	struct live live = {
		.store = mkdtemp(folder), .docker_config = folder, .contexts = &context, .context_count = 1};
	struct step gone[] = {{.kind = STEP_REMOVE_FILE, .path = "contexts/tls/2", .in_docker_config = true}};
	struct step use[] = {{.kind = STEP_USE_CONTEXT, .name = "safe"}};
	struct change changes[] = {
		{.object = OBJECT_CONTEXT, .name = "safe"},
		{.object = OBJECT_CONTEXT, .name = "gone", .steps = gone, .step_count = 1},
		{.object = OBJECT_CURRENT_CONTEXT, .name = "", .steps = use, .step_count = 1},
	};
	struct plan plan = {.changes = changes, .change_count = 2};
	CLEANUP_FREE char *file = path_join(folder, "contexts/tls/2/kubernetes/ca.pem");
	CLEANUP_FREE char *above = path_join(folder, "contexts/tls/2/kubernetes");
	struct affected affected = {0};

	(void)state;
	assert_int_equal(folder_create(above, 0700, NULL), 0);
	assert_int_equal(file_write_atomic(file, "CA", 2, 0600, NULL), 0);
	affected_collect(&plan, &live, arena, &affected);
	assert_memory_equal(find(&affected, "contexts/tls/1/docker/key.pem")->data, "KEY", 3);
	assert_memory_equal(find(&affected, "contexts/tls/2/kubernetes/ca.pem")->data, "CA", 2);
	assert_true(find(&affected, "contexts/tls/2/kubernetes/ca.pem")->in_docker_config);
	assert_null(find(&affected, "contexts/tls/2"));
	/* It holds credentials, and is no business of a context that is not selected. */
	assert_null(find(&affected, "config.json"));
	plan.change_count = 3;
	affected_collect(&plan, &live, arena, &affected);
	assert_non_null(find(&affected, "config.json"));
	assert_int_equal(folder_remove(folder, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_collect), cmocka_unit_test(test_contexts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
