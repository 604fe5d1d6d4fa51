/* The buffer: its cap, its NUL, and what it remembers. */
#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void test_empty(void **state)
{
	CLEANUP_BUFFER struct buffer buffer = BUFFER_INIT(10);

	(void)state;
	assert_string_equal(buffer_text(&buffer), "");
	assert_int_equal(buffer_append(&buffer, NULL, 0), 0);
	assert_string_equal(buffer_text(&buffer), "");
	buffer_clear(&buffer);
	assert_int_equal(buffer.length, 0);
}

static void test_appends_at_every_cap(void **state)
{
	(void)state;
	for (size_t cap = 0; cap < 300; cap++) {
		CLEANUP_BUFFER struct buffer buffer = BUFFER_INIT(cap);

		for (size_t i = 0; i < cap; i++) {
			assert_int_equal(buffer_append(&buffer, "x", 1), 0);
			assert_int_equal(buffer.data[buffer.length], '\0');
		}
		assert_int_equal(buffer.length, cap);
		assert_false(buffer.overflow);
		assert_int_equal(buffer_append(&buffer, "y", 1), -1);
		assert_true(buffer.overflow);
		assert_int_equal(buffer.length, cap);
		assert_int_equal(strlen(buffer_text(&buffer)), cap);
	}
}

static void test_overflow_stays_until_cleared(void **state)
{
	CLEANUP_BUFFER struct buffer buffer = BUFFER_INIT(5);

	(void)state;
	assert_int_equal(buffer_append(&buffer, "123", 3), 0);
	assert_int_equal(buffer_append(&buffer, "456", 3), -1);
	assert_int_equal(buffer_append(&buffer, "4", 1), -1);
	assert_int_equal(buffer_printf(&buffer, "4"), -1);
	assert_int_equal(buffer_append(&buffer, "", 0), -1);
	assert_string_equal(buffer_text(&buffer), "123");
	buffer_clear(&buffer);
	assert_string_equal(buffer_text(&buffer), "");
	assert_int_equal(buffer_append(&buffer, "45678", 5), 0);
	assert_string_equal(buffer_text(&buffer), "45678");
}

static void test_printf(void **state)
{
	CLEANUP_BUFFER struct buffer buffer = BUFFER_INIT(2000);

	(void)state;
	assert_int_equal(buffer_printf(&buffer, "%s=%d;", "a", 1), 0);
	assert_int_equal(buffer_printf(&buffer, "%s", ""), 0);
	assert_string_equal(buffer_text(&buffer), "a=1;");
	assert_int_equal(buffer_printf(&buffer, "%01996d", 0), 0);
	assert_int_equal(buffer.length, 2000);
	assert_int_equal(buffer_printf(&buffer, "%d", 1), -1);
}

static void test_holds_nul_bytes(void **state)
{
	CLEANUP_BUFFER struct buffer buffer = BUFFER_INIT(100);

	(void)state;
	assert_int_equal(buffer_append(&buffer, "a\0b", 3), 0);
	assert_int_equal(buffer_append(&buffer, "c", 1), 0);
	assert_int_equal(buffer.length, 4);
	assert_memory_equal(buffer.data, "a\0bc", 5);
}

static void test_fill_keeps_what_fits(void **state)
{
	CLEANUP_BUFFER struct buffer buffer = BUFFER_INIT(5);

	(void)state;
	buffer_fill(&buffer, "123", 3);
	buffer_fill(&buffer, "456", 3);
	assert_string_equal(buffer_text(&buffer), "12345");
	buffer_fill(&buffer, "6", 1);
	assert_string_equal(buffer_text(&buffer), "12345");
	assert_false(buffer.overflow);
}

static void test_done_leaves_an_empty_buffer(void **state)
{
	struct buffer buffer = BUFFER_INIT(100);

	(void)state;
	assert_int_equal(buffer_append(&buffer, "x", 1), 0);
	buffer_done(&buffer);
	assert_string_equal(buffer_text(&buffer), "");
	assert_int_equal(buffer_append(&buffer, "y", 1), 0);
	assert_string_equal(buffer_text(&buffer), "y");
	buffer_done(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_appends_at_every_cap),
		cmocka_unit_test(test_overflow_stays_until_cleared),
		cmocka_unit_test(test_printf),
		cmocka_unit_test(test_holds_nul_bytes),
		cmocka_unit_test(test_fill_keeps_what_fits),
		cmocka_unit_test(test_done_leaves_an_empty_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
