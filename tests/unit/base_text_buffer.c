/* Our own text: it holds all that was appended, and ends in a NUL. */
#include "base/text_buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void test_empty(void **state)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	(void)state;
	assert_string_equal(text_string(&text), "");
	text_clear(&text);
	text_append(&text, NULL, 0);
	assert_string_equal(text_string(&text), "");
}

static void test_holds_all_of_it(void **state)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		text_printf(&text, "%05d", i);
		text_puts(&text, ";");
		text_append(&text, "\n", 1);
		assert_int_equal(text.data[text.length], '\0');
	}
	assert_int_equal(text.length, 700000);
	assert_memory_equal(text.data + 7 * 4711, "04711;\n", 7);
}

static void test_long_formats(void **state)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	(void)state;
	text_printf(&text, "%s=%d;", "a", 1);
	text_printf(&text, "%0199999d", 0);
	assert_int_equal(text.length, 4 + 199999);
	assert_int_equal(strlen(text_string(&text)), text.length);
}

static void test_cut(void **state)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	(void)state;
	text_append(&text, "a\0bc", 4);
	text_cut(&text, 9);
	assert_memory_equal(text.data, "a\0bc", 5);
	text_cut(&text, 3);
	assert_memory_equal(text.data, "a\0b", 4);
	text_clear(&text);
	text_puts(&text, "x");
	assert_string_equal(text_string(&text), "x");
	text_done(&text);
	assert_string_equal(text_string(&text), "");
	text_puts(&text, "y");
	assert_string_equal(text_string(&text), "y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_holds_all_of_it),
		cmocka_unit_test(test_long_formats),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
