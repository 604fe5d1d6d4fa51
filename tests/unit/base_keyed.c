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

/* Whatever was looked up before: in order, out of it, not there. */
static void test_find_the_next(void **state)
{
	const struct thing things[] = {{"a", 0}, {"b", 1}, {"c", 2}, {"d", 3}};
	static const char *const asked[] = {"a", "b", "c", "d", "d", "a", "aa", "b", "", "z", "d", "c"};
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(asked); i++)
		assert_ptr_equal(KEYED_FIND_NEXT(things, COUNT(things), asked[i], &at),
				 KEYED_FIND(things, COUNT(things), asked[i]));
	assert_null(KEYED_FIND_NEXT(things, COUNT(things), NULL, &at));
	assert_null(KEYED_FIND_NEXT(things, 0, "a", &at));
	assert_int_equal(at, 3);
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
		cmocka_unit_test(test_find_the_next),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
