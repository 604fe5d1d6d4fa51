/* What was said: all of it, and the last ten lines of one change that say something new. */
#include "cli/heard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static void test_last(void **state)
{
	CLEANUP_HEARD struct heard *heard = heard_new();
	CLEANUP_TEXT struct text last = TEXT_INIT;
	char line[32];

	(void)state;
	for (int i = 0; i < 15; i++) {
		snprintf(line, sizeof(line), "line %d", i);
		heard_line(heard, "builder.a", line);
		heard_line(heard, "builder.b", "noise");
		heard_line(heard, "builder.a", "#1 0.3 pulling");
	}
	heard_line(heard, "builder.a", "#1 12.9 pulling");
	heard_line(heard, "builder.a", "\\x01\\x00frame");
	heard_line(heard, "builder.a", "no such flag");
	heard_line(heard, "builder.a", "#1 14.6    ");
	heard_line(heard, "builder.a", "------");
	heard_line(heard, "builder.ab", "of another");
	heard_last(heard, "builder.a", "booting a: no such flag", &last);
	assert_string_equal(text_string(&last), "builder.a | line 6\nbuilder.a | line 7\nbuilder.a | line 8\n"
						"builder.a | line 9\nbuilder.a | line 10\nbuilder.a | line 11\n"
						"builder.a | line 12\nbuilder.a | line 13\nbuilder.a | line 14\n"
						"builder.a | #1 12.9 pulling\n");
	assert_non_null(strstr(heard_all(heard), "builder.a | line 0\nbuilder.b | noise\n"));
	assert_non_null(strstr(heard_all(heard), "builder.a | no such flag\n"));
}

static void test_cap(void **state)
{
	CLEANUP_HEARD struct heard *heard = heard_new();
	char line[1000];

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (int i = 0; i < 3000; i++)
		heard_line(heard, "builder.a", line);
	assert_in_range(strlen(heard_all(heard)), 1000000, 1100000);
	assert_non_null(strstr(heard_all(heard), "\n(more was said, and is not kept)\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
