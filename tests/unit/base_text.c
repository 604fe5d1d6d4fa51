/* Lists of strings, near misses, UTF-8, and what is shown of hostile text. */
#include "base/text.h"

#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void test_strings(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct strings list = {0}, other = {0};
	char text[] = "linux/arm64";

	(void)state;
	assert_string_equal(strings_join(arena, &list, ","), "");
	strings_add(arena, &list, text);
	text[0] = 'X';
	strings_add(arena, &list, "linux/amd64");
	assert_string_equal(strings_join(arena, &list, ", "), "linux/arm64, linux/amd64");
	assert_true(strings_contain(&list, "linux/amd64"));
	assert_false(strings_contain(&list, "linux"));
	strings_add(arena, &other, "linux/amd64");
	assert_false(strings_equal(&list, &other));
	strings_add(arena, &other, "linux/arm64");
	assert_false(strings_equal(&list, &other));
	strings_sort(&list);
	assert_true(strings_equal(&list, &other));
}

static void test_comparison(void **state)
{
	(void)state;
	assert_true(text_equal(NULL, NULL));
	assert_false(text_equal(NULL, ""));
	assert_false(text_equal("", NULL));
	assert_true(text_equal("a", "a"));
	assert_false(text_equal("a", "A"));
	assert_true(text_starts("docker-container", "docker"));
	assert_true(text_starts("docker", ""));
	assert_false(text_starts("dock", "docker"));
	assert_true(text_ends("main.yaml", ".yaml"));
	assert_true(text_ends("x", ""));
	assert_false(text_ends("yaml", ".yaml"));
	assert_true(text_empty(NULL));
	assert_true(text_empty(""));
	assert_false(text_empty(" "));
}

static void test_nearest(void **state)
{
	static const char *const fields[] = {"name",	  "driver", "platforms", "endpoint", "driver-opts",
					     "buildkitd", "Driver", "node",	 "os",	     "Name"};
	static const struct {
		const char *text, *nearest;
	} rows[] = {
		{"name", "name"},
		{"nmae", "name"}, /* neighbours swapped: one */
		{"nam", "name"},
		{"xxme", NULL}, /* short words: one slip only */
		{"drivr", "driver"},
		{"DRIVER", "Driver"}, /* five capitals are off, against six */
		{"Drivre", "Driver"}, /* capitals decide between equals */
		{"drivre", "driver"},
		{"platfroms", "platforms"},
		{"pltfrms", "platforms"},
		{"plfrms", NULL},
		{"buildkit", "buildkitd"},
		{"driver_opts", "driver-opts"},
		{"a", NULL}, /* nothing of it would be left */
		{"so", "os"},
		{"", NULL},
		{"completely different", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *nearest = text_nearest(rows[i].text, fields, COUNT(fields));

		if (!rows[i].nearest)
			assert_null(nearest);
		else
			assert_non_null(nearest);
		if (nearest)
			assert_string_equal(nearest, rows[i].nearest);
	}
	assert_null(text_nearest("x", NULL, 0));
}

static void test_nearest_of_very_long_words(void **state)
{
	char text[1000];
	const char *const candidates[] = {text, "name"};

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_null(text_nearest(text, candidates, 2));
	assert_string_equal(text_nearest("nane", candidates, 2), "name");
}

static void test_utf8(void **state)
{
	static const struct {
		const char *bytes;
		size_t length, size;
		uint32_t code;
	} rows[] = {
		{"a", 1, 1, 'a'},
		{"\0", 1, 1, 0},
		{"", 0, 0, 0},
		{"\xC3\xA9", 2, 2, 0xE9},
		{"\xC3", 1, 0, 0},
		{"\xC3\xA9", 1, 0, 0},
		{"\xE2\x82\xAC", 3, 3, 0x20AC},
		{"\xF0\x9F\x90\xB3", 4, 4, 0x1F433},
		{"\xF4\x8F\xBF\xBF", 4, 4, 0x10FFFF},
		{"\xF4\x90\x80\x80", 4, 0, 0}, /* beyond the last code point */
		{"\xC0\x80", 2, 0, 0},	       /* overlong */
		{"\xE0\x80\x80", 3, 0, 0},
		{"\xF0\x80\x80\x80", 4, 0, 0},
		{"\xED\xA0\x80", 3, 0, 0}, /* surrogate */
		{"\x80", 1, 0, 0},
		{"\xFF", 1, 0, 0},
		{"\xE2\x28\xA1", 3, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint32_t code = 0;

		assert_int_equal(utf8_decode(rows[i].bytes, rows[i].length, &code), rows[i].size);
		assert_int_equal(code, rows[i].code);
	}
}

static void test_printable(void **state)
{
	static const struct {
		const char *text;
		bool keep_newlines;
		const char *safe;
	} rows[] = {
		{"plain, größer, 日本 🐳", false, "plain, größer, 日本 🐳"},
		{"", false, ""},
		{"a\nb\tc", false, "a\\nb\\x09c"},
		{"a\nb\tc\r", true, "a\nb\tc\\x0d"},
		{"\x1b[31mred\x1b[0m", false, "\\x1b[31mred\\x1b[0m"},
		{"\x1b]0;title\x07", true, "\\x1b]0;title\\x07"},
		{"del\x7f", false, "del\\x7f"},
		{"c1\xC2\x9B"
		 "31m",
		 false, "c1\\xc2\\x9b31m"},
		{"broken\xC3", false, "broken\\xc3"},
		{"broken\xFFx", false, "broken\\xffx"},
		{"rtl\xE2\x80\xAE"
		 "txt",
		 false, "rtl\\xe2\\x80\\xaetxt"},
		{"\xE2\x81\xA6"
		 "x",
		 false, "\\xe2\\x81\\xa6x"},
		{"ci\xE2\x80\x8B \xEF\xBB\xBF", false, "ci\\xe2\\x80\\x8b \\xef\\xbb\\xbf"},
		{"a ##[error]b", false, "a ##\\x5berror]b"},
		{"##[", true, "##\\x5b"},
		{"# #[a] [##] ##a[", false, "# #[a] [##] ##a["},
		{"::set-output name=a::b", false, ":\\x3aset-output name=a::b"},
		{"a\n  ::debug::b", true, "a\n  :\\x3adebug::b"},
		{"[::1]:80 a::b :: fd00::a", false, "[::1]:80 a::b :: fd00::a"},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(text_printable(arena, rows[i].text, rows[i].keep_newlines), rows[i].safe);
}

static void test_shortened(void **state)
{
	static const struct {
		const char *text;
		size_t max;
		const char *short_text;
	} rows[] = {
		{"short", 5, "short"},
		{"what failed: why it did", 15, "what…y it did"},
		{"ääää: ööööööö", 12, "ä…ööö"},
		{"nothing fits", 2, "…"},
		{"", 0, ""},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = text_shortened(arena, rows[i].text, rows[i].max);

		assert_string_equal(text, rows[i].short_text);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),	  cmocka_unit_test(test_comparison),
		cmocka_unit_test(test_nearest),	  cmocka_unit_test(test_nearest_of_very_long_words),
		cmocka_unit_test(test_utf8),	  cmocka_unit_test(test_printable),
		cmocka_unit_test(test_shortened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
