/* Words of commands to copy: quoted for every shell, read back by one. */
#include "base/shell.h"

#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_words(void **state)
{
	static const char *const rows[][2] = {
		{"/s/instances/ci", "/s/instances/ci"},
		{"plain-1.yaml", "plain-1.yaml"},
		{"/s/my store", "'/s/my store'"},
		{"", "''"},
		{"$(reboot)", "'$(reboot)'"},
		{"a`b`", "'a`b`'"},
		{"it's $x", "'it'\\''s $x'"},
		{"'", "''\\'''"},
		{"\033[31m\\n'", "$'\\x1b[31m\\x5cn\\x27'"},
		{"\xc3\xa9", "'\xc3\xa9'"},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(shell_word(arena, rows[i][0]), rows[i][1]);
}

static void test_split(void **state)
{
	static const struct {
		const char *text, *words; /* joined by "|"; NULL: it is refused */
	} rows[] = {
		{"", ""},
		{" \t\r\n", ""},
		{"one  two\tthree", "one|two|three"},
		{"'one two' \"three four\"", "one two|three four"},
		{"a\\ b \"c\\\"d\" 'e\\f'", "a b|c\"d|e\\f"},
		{"--a=\"b c\"'d e'f", "--a=b cd ef"},
		{"'' \"\" x", "||x"},
		{"a#b # c d\ne", "a#b|e"},
		{"# nothing", ""},
		{"a 'b", NULL},
		{"a \"b\\\"", NULL},
		{"a\\", NULL},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strings words = {0};

		if (!rows[i].words)
			assert_non_null(shell_split(arena, rows[i].text, &words));
		else if (shell_split(arena, rows[i].text, &words))
			fail_msg("%s is refused", rows[i].text);
		else
			assert_string_equal(strings_join(arena, &words, "|"), rows[i].words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
