/* Layout: where lines break and what hangs below what; what is kept whole; symbols in ASCII. */
#include "base/count.h"
#include "report/layout.h"
#include "report/style.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct {
	const char *name;
	struct layout layout;
	const char *text, *expected;
} cases[] = {
	{"whole",
	 {0},
	 "one two three four five six seven eight nine ten\n",
	 "one two three four five six seven eight nine ten\n"},
	{"prose hangs by two",
	 {.columns = 30},
	 "one two three four five six seven eight\nnext\n",
	 "one two three four five six\n  seven eight\nnext\n"},
	{"just fits", {.columns = 30}, "123456789 123456789 1234567890", "123456789 123456789 1234567890"},
	{"below the text of a label",
	 {.columns = 30},
	 "  hint: one two three four five six",
	 "  hint: one two three four\n        five six"},
	{"below the text of a mark",
	 {.columns = 30},
	 "  ✗ one two three four five six seven",
	 "  ✗ one two three four five\n    six seven"},
	{"below the value of a row",
	 {.columns = 40},
	 "      + image     moby/buildkit:v0.32.2  # forces replacement",
	 "      + image     moby/buildkit:v0.32.2\n                  # forces replacement"},
	{"a comment beside a value is one piece",
	 {.columns = 40},
	 "      + image     moby/buildkit:a   # forces replacement",
	 "      + image     moby/buildkit:a\n                  # forces replacement"},
	{"a coloured one as well",
	 {.columns = 40},
	 "      + image     moby/buildkit:a\033[2m   # forces replacement\033[0m",
	 "      + image     moby/buildkit:a\033[2m\n                  # forces replacement\033[0m"},
	{"a comment longer than a line",
	 {.columns = 30},
	 "  + image  a   # forces replacement, and all of that",
	 "  + image  a   # forces\n           replacement, and\n           all of that"},
	{"a word wider than the page",
	 {.columns = 30},
	 "image moby/buildkit:buildx-stable-1@sha256:0123456789 gone",
	 "image\n  moby/buildkit:buildx-stable-1@sha256:0123456789\n  gone"},
	{"backticks are one word",
	 {.columns = 30},
	 "now run `docker buildx rm --force ci` once",
	 "now run\n  `docker buildx rm --force ci`\n  once"},
	{"a backtick alone",
	 {.columns = 30},
	 "one ` two three four five six seven",
	 "one ` two three four five six\n  seven"},
	{"a command to copy",
	 {.columns = 30},
	 "To go on: reconcile --apply --yes -f states/team.yaml",
	 "To go on: reconcile --apply --yes -f states/team.yaml"},
	{"the line of a file",
	 {.columns = 30},
	 "    7 |     platforms: [linux/amd64, linux/arm64]\n      |     ^ and more than a page is wide\n",
	 "    7 |     platforms: [linux/amd64, linux/arm64]\n      |     ^ and more than a page is wide\n"},
	{"colours take no columns",
	 {.columns = 30},
	 "\033[1m123456789\033[0m 123456789 1234567890 x",
	 "\033[1m123456789\033[0m 123456789 1234567890\n  x"},
	{"wide characters take two",
	 {.columns = 30},
	 "漢字漢字漢字漢字漢字漢字漢字 ab cd",
	 "漢字漢字漢字漢字漢字漢字漢字\n  ab cd"},
	{"no page is that narrow", {.columns = 3}, "one two three", "one two three"},
	{"trailing blanks end",
	 {.columns = 30},
	 "a                                        \nb",
	 "a                                        \nb"},
	{"ascii", {.ascii = true}, "✓ a → b… ✗ c · é\n", "ok a -> b... x c - é\n"},
	{"ascii is as wide as it is",
	 {.ascii = true, .columns = 30},
	 "one two three four five six… seven",
	 "one two three four five six...\n  seven"},
	{"nothing", {.columns = 30}, "", ""},
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CLEANUP_TEXT struct text out = TEXT_INIT;

		layout_text(cases[i].text, &cases[i].layout, &out);
		if (strcmp(text_string(&out), cases[i].expected) != 0)
			fail_msg("%s:\n%s\ninstead of\n%s", cases[i].name, text_string(&out), cases[i].expected);
	}
}

/* Whatever the text: what is laid out has its words in their order, and breaks where it could. */
static void test_any(void **state)
{
	static const char *const words[] = {
		"a", "bc", "`d e`", "f:", "  ", "ghijklmnopqrstuvwxyz", "→", "\033[1mh\033[0m", "\n", "|", "7"};
	uint32_t random = 1;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		CLEANUP_TEXT struct text in = TEXT_INIT, out = TEXT_INIT;
		struct layout layout = {.columns = 30 + round % 20};

		for (int i = 0; i < 40; i++) {
			random = random * 1664525 + 1013904223;
			text_printf(&in, "%s ", words[(random >> 16) % COUNT(words)]);
		}
		layout_text(text_string(&in), &layout, &out);
		const char *a = text_string(&in), *b = text_string(&out);
		for (;; a++, b++) {
			a += strspn(a, " \n");
			b += strspn(b, " \n");
			assert_int_equal(*a, *b);
			if (*a == '\0')
				break;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
