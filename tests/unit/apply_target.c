/* Where a step's path leads, while others make and remove the folders on the way. */
#include "apply/target_file.h"

#include "base/text.h"

#include "scratch.h"

#include <pthread.h>
#include <stdatomic.h>

struct other {
	const char *folder;
	atomic_bool ends;
};

static void *make_and_remove(void *context)
{
	struct other *other = context;

	while (!atomic_load(&other->ends)) {
		mkdir(other->folder, 0700);
		rmdir(other->folder);
	}
	return NULL;
}

/* A folder that comes while it is looked for is a folder: nobody is told of a link. */
static void test_folder_that_comes(void **state)
{
	enum { TIMES = 20000 };
	const struct scratch *scratch = *state;
	struct other other = {.folder = scratch_at(scratch, "store/instances")};
	const struct live live = {.store = scratch_at(scratch, "store")};
	pthread_t thread;

	folder_create(live.store, 0700, NULL);
	assert_int_equal(pthread_create(&thread, NULL, make_and_remove, &other), 0);
	for (int i = 0; i < TIMES; i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct error err = ERROR_INIT;
		struct target target;

		if (target_find(&live, arena, "instances/ci", false, &target, &err) < 0) {
			atomic_store(&other.ends, true);
			pthread_join(thread, NULL);
			fail_msg("%s", err.message);
		}
	}
	atomic_store(&other.ends, true);
	pthread_join(thread, NULL);
}

/* One that leads nowhere is told of. */
static void test_link_to_nothing(void **state)
{
	const struct scratch *scratch = *state;
	const struct live live = {.store = scratch_at(scratch, "store")};
	struct error err = ERROR_INIT;
	struct target target;

	folder_create(live.store, 0700, NULL);
	assert_int_equal(symlink("nowhere", scratch_at(scratch, "store/instances")), 0);
	assert_int_equal(target_find(&live, scratch->arena, "instances/ci", false, &target, &err), -1);
	assert_int_equal(err.kind, ERROR_REFUSED);
	assert_true(text_ends(err.message, "is a link to what is not there"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_folder_that_comes, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_link_to_nothing, scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
