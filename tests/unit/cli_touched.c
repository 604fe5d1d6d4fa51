/* The files that a record keeps: each once, from the observation or the disk, absent ones as absent. */
#include "base/cleanup.h"
#include "base/file.h"
#include "cli/touched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static const struct raw_file *find(const struct touched *touched, const char *path)
{
	const struct raw_file *found = NULL;

	for (size_t i = 0; i < touched->count; i++)
		if (text_equal(touched->items[i].path, path)) {
			assert_null(found);
			found = &touched->items[i];
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
	struct touched touched = {0};

	(void)state;
	assert_int_equal(folder_create(folder, 0700, NULL), 0);
	assert_int_equal(file_write_atomic(junk, "junk", 4, 0640, NULL), 0);
	touched_collect(&plan, &live, arena, &touched);

	assert_memory_equal(find(&touched, "instances/.DS_Store")->data, "junk", 4);
	assert_int_equal(find(&touched, "instances/.DS_Store")->mode, 0640);
	assert_int_equal(find(&touched, "instances/ci")->length, 2);
	assert_int_equal(find(&touched, "current")->length, 1);
	assert_false(find(&touched, "instances/new")->exists);
	assert_false(find(&touched, "defaults/abc")->exists);
	assert_null(find(&touched, "config.json"));
	assert_int_equal(folder_remove(store, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_collect)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
