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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
