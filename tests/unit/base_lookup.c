/* The hash table: what was added is found, what was not is not, and the first of a key stays. */
#include "base/lookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

static void test_thousands(void **state)
{
	enum { COUNT_OF = 5000 };
	CLEANUP_ARENA struct arena *arena = arena_new();
	static int values[COUNT_OF];
	struct lookup lookup = {0};
	char key[32];

	(void)state;
	assert_null(lookup_find(&lookup, "builder.b0"));
	for (int i = 0; i < COUNT_OF; i++)
		assert_true(lookup_add(arena, &lookup, arena_printf(arena, "builder.b%d", i), &values[i]));
	for (int i = 0; i < COUNT_OF; i++) {
		snprintf(key, sizeof(key), "builder.b%d", i);
		assert_ptr_equal(lookup_find(&lookup, key), &values[i]);
		snprintf(key, sizeof(key), "builder.c%d", i);
		assert_null(lookup_find(&lookup, key));
	}
	assert_int_equal(lookup.count, COUNT_OF);
}

static void test_first_stays(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct lookup lookup = {0};
	int one, other;

	(void)state;
	assert_true(lookup_add(arena, &lookup, "", &one));
	assert_false(lookup_add(arena, &lookup, "", &other));
	assert_ptr_equal(lookup_find(&lookup, ""), &one);
	assert_null(lookup_find(&lookup, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_thousands),
		cmocka_unit_test(test_first_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
