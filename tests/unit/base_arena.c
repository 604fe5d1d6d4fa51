/* The arena: alignment, zeroed memory, large objects, arrays that grow. */
#include "base/arena.h"

#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static int arena_setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int arena_teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void test_objects_are_aligned_zeroed_and_apart(void **state)
{
	static const size_t sizes[] = {0, 1, 15, 16, 17, 1000, 4096, 5000, 70000, 300000, 3, 0};
	enum { SIZES = COUNT(sizes), ROUNDS = 40 };
	struct arena *arena = *state;
	unsigned char *objects[SIZES * ROUNDS];

	for (size_t i = 0; i < SIZES * ROUNDS; i++) {
		size_t size = sizes[i % SIZES];

		objects[i] = arena_alloc(arena, size);
		assert_non_null(objects[i]);
		assert_int_equal((uintptr_t)objects[i] % 16, 0);
		for (size_t j = 0; j < size; j++)
			assert_int_equal(objects[i][j], 0);
		memset(objects[i], (int)(i % 251) + 1, size);
	}
	for (size_t i = 0; i < SIZES * ROUNDS; i++)
		for (size_t j = 0; j < sizes[i % SIZES]; j++)
			assert_int_equal(objects[i][j], (int)(i % 251) + 1);
	assert_ptr_not_equal(arena_alloc(arena, 0), arena_alloc(arena, 0));
}

static void test_emptied_it_is_as_a_new_one(void **state)
{
	static const size_t sizes[] = {1, 100, 5000, 300000, 40};
	struct arena *arena = *state;

	for (size_t round = 0; round < 300; round++) {
		for (size_t i = 0; i < COUNT(sizes) * (round % 7 + 1); i++) {
			unsigned char *object = arena_alloc(arena, sizes[i % COUNT(sizes)]);

			for (size_t j = 0; j < sizes[i % COUNT(sizes)]; j++)
				assert_int_equal(object[j], 0);
			memset(object, 0xA5, sizes[i % COUNT(sizes)]);
		}
		assert_string_equal(arena_printf(arena, "%s-%zu", "round", round / 300), "round-0");
		arena_reset(arena);
	}
}

static void test_copies(void **state)
{
	struct arena *arena = *state;

	assert_null(arena_strdup(arena, NULL));
	assert_string_equal(arena_strdup(arena, ""), "");
	assert_string_equal(arena_strdup(arena, "builder"), "builder");
	assert_string_equal(arena_strndup(arena, "builder", 5), "build");
	assert_string_equal(arena_strndup(arena, "builder", 100), "builder");
	assert_string_equal(arena_printf(arena, "%s-%d", "node", 3), "node-3");
	assert_memory_equal(arena_copy(arena, "a\0b", 3), "a\0b", 3);
	assert_non_null(arena_copy(arena, NULL, 0));
}

static void test_printf_longer_than_a_chunk(void **state)
{
	const char *text = arena_printf(*state, "%0*d", 100000, 7);

	assert_int_equal(strlen(text), 100000);
	assert_int_equal(text[99999], '7');
}

/* What did not fit the rest of a chunk leaves nothing behind there. */
static void test_printf_at_the_end_of_a_chunk(void **state)
{
	struct arena *arena = *state;

	for (int i = 0; i < 3000; i++) {
		assert_string_equal(arena_printf(arena, "%0*d", 1 + i % 90, 0) + i % 90, "0");
		const unsigned char *object = arena_alloc(arena, 48);
		for (size_t k = 0; k < 48; k++)
			assert_int_equal(object[k], 0);
	}
}

static void test_join(void **state)
{
	assert_string_equal(ARENA_JOIN(*state, "instances/", "ci"), "instances/ci");
	assert_string_equal(ARENA_JOIN(*state, "", "a", "", "b"), "ab");
	assert_string_equal(ARENA_JOIN(*state, ""), "");
}

/* Filled by hand as far as was asked for, then pushed to. */
static void test_room(void **state)
{
	for (size_t count = 0; count < 70; count++) {
		size_t *items = ARENA_ROOM(*state, size_t, count), have = count;

		for (size_t i = 0; i < count; i++)
			items[i] = i;
		for (size_t i = count; i < 140; i++)
			*ARENA_PUSH(*state, items, have) = i;
		for (size_t i = 0; i < 140; i++)
			assert_int_equal(items[i], i);
	}
}

static void test_push_keeps_elements_and_zeroes_new_ones(void **state)
{
	struct {
		int value, other;
	} *items = NULL;
	size_t count = 0;

	for (int i = 0; i < 1000; i++) {
		__typeof__(items) item = ARENA_PUSH(*state, items, count);

		assert_int_equal(item->value, 0);
		item->value = i;
		item->other = -i;
	}
	assert_int_equal(count, 1000);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(items[i].value, i);
		assert_int_equal(items[i].other, -i);
	}
	count = 500;
	assert_int_equal(ARENA_PUSH(*state, items, count)->value, 0);
	assert_int_equal(items[499].value, 499);
}

static void test_free_of_nothing(void **state)
{
	(void)state;
	arena_free(NULL);
	arena_free(arena_new());
}

#define ARENA_TEST(test) cmocka_unit_test_setup_teardown(test, arena_setup, arena_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARENA_TEST(test_objects_are_aligned_zeroed_and_apart),
		ARENA_TEST(test_emptied_it_is_as_a_new_one),
		ARENA_TEST(test_copies),
		ARENA_TEST(test_printf_longer_than_a_chunk),
		ARENA_TEST(test_printf_at_the_end_of_a_chunk),
		ARENA_TEST(test_join),
		ARENA_TEST(test_room),
		ARENA_TEST(test_push_keeps_elements_and_zeroes_new_ones),
		cmocka_unit_test(test_free_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
