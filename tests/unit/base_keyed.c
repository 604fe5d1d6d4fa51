/* Arrays that begin with their key. */
#include "base/keyed.h"

#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct thing {
	const char *name;
	int number;
};
KEYED_ASSERT(struct thing, name);

static void test_sort_and_find(void **state)
{
	struct thing things[] = {{"gamma", 3}, {"alpha", 1}, {"", 0}, {"beta", 2}};

	(void)state;
	KEYED_SORT(things, COUNT(things));
	for (size_t i = 0; i < COUNT(things); i++) {
		assert_int_equal(things[i].number, i);
		assert_ptr_equal(KEYED_FIND(things, COUNT(things), things[i].name), &things[i]);
	}
	assert_null(KEYED_FIND(things, COUNT(things), "delta"));
	assert_null(KEYED_FIND(things, COUNT(things), NULL));
}

static void test_nothing(void **state)
{
	struct thing *none = NULL;

	(void)state;
	KEYED_SORT(none, 0);
	assert_null(KEYED_FIND(none, 0, "alpha"));
	assert_true(keyed_unique(none, 0, sizeof(*none)));
}

static void test_unique(void **state)
{
	const struct thing alone[] = {{"a", 1}, {"b", 1}, {"c", 1}}, twins[] = {{"a", 1}, {"b", 1}, {"b", 2}};

	(void)state;
	assert_true(keyed_unique(alone, COUNT(alone), sizeof(*alone)));
	assert_false(keyed_unique(twins, COUNT(twins), sizeof(*twins)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort_and_find),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
