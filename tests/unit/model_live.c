/* A node's container and volume are found by the node's name, whatever stands beside them. */
#include "base/arena.h"
#include "base/count.h"
#include "base/keyed.h"
#include "model/live.h"
#include "model/normal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Each the beginning of another, or sorted between two others only by what stands behind it. */
static const char *const nodes[] = {"", "a", "a-", "a.", "a0", "a00", "a_", "a_state", "a_state_state", "b", "~"};

static void test_objects_of_nodes(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	/* Every way of leaving some of them out. */
	for (unsigned there = 0; there < 1U << COUNT(nodes); there++) {
		struct container containers[COUNT(nodes)] = {0};
		struct volume volumes[COUNT(nodes)] = {0};
		struct engine engine = {.containers = containers, .volumes = volumes};

		for (size_t i = 0; i < COUNT(nodes); i++)
			if (there >> i & 1) {
				containers[engine.container_count++].name = node_container_name(arena, nodes[i]);
				volumes[engine.volume_count++].name = node_volume_name(arena, nodes[i]);
			}
		KEYED_SORT(containers, engine.container_count);
		KEYED_SORT(volumes, engine.volume_count);
		for (size_t i = 0; i < COUNT(nodes); i++) {
			const struct container *container = engine_node_container(&engine, nodes[i]);
			const struct volume *volume = engine_node_volume(&engine, nodes[i]);

			assert_ptr_equal(container, engine_container(&engine, node_container_name(arena, nodes[i])));
			assert_ptr_equal(volume, engine_volume(&engine, node_volume_name(arena, nodes[i])));
			assert_int_equal(container != NULL, there >> i & 1);
			assert_int_equal(volume != NULL, there >> i & 1);
		}
		assert_null(engine_node_container(&engine, NULL));
		assert_null(engine_node_volume(&engine, NULL));
		arena_reset(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_objects_of_nodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
