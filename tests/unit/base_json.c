/* JSON: where errors are, what is refused, and that equal values print as equal bytes. */
#include "base/json.h"

#include "base/cleanup.h"
#include "base/count.h"
#include "base/json_plain.h"
#include "base/json_walk.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* A literal with its length, so that it may hold NUL bytes. */
#define BYTES(literal) literal, sizeof(literal) - 1

/* A copy of the exact length: AddressSanitizer sees a read behind it. */
static int parse_exact(const char *data, size_t length, cJSON **ret_json, struct error *err)
{
	char *copy = malloc(length == 0 ? 1 : length);

	assert_non_null(copy);
	memcpy(copy, data, length);
	int result = json_parse(copy, length, ret_json, err);
	free(copy);
	return result;
}

static cJSON *parse(const char *text)
{
	struct error err = ERROR_INIT;
	cJSON *json = NULL;

	assert_int_equal(parse_exact(text, strlen(text), &json, &err), 0);
	return json;
}

#define CUT "ends in the middle of a value (cut short?)"

static void test_errors_and_their_places(void **state)
{
	static const struct {
		const char *data;
		size_t length;
		int line, column;
		const char *message;
	} rows[] = {
		{BYTES(""), 1, 1, "the file is empty"},
		{BYTES(" \n\t "), 1, 1, "the file is empty"},
		{BYTES("{"), 1, 2, CUT},
		{BYTES("{\n  \"a\": 1,\n"), 2, 10, CUT},
		{BYTES("{\n  \"a\": 1\n"), 2, 9, CUT},
		{BYTES("{\"a\""), 1, 5, CUT},
		{BYTES("{\"a\":"), 1, 6, CUT},
		{BYTES("{\"a"), 1, 4, CUT},
		{BYTES("{\"a\\"), 1, 5, CUT},
		{BYTES("\"a\\u12"), 1, 7, CUT},
		{BYTES("[1, tru"), 1, 8, CUT},
		{BYTES("[1, true"), 1, 9, CUT},
		{BYTES("[1, [2]"), 1, 8, CUT},
		{BYTES("nul"), 1, 4, CUT},
		{BYTES("-"), 1, 2, CUT},
		{BYTES("{\n  \"é\": x\n}"), 2, 8, "is not JSON: unexpected \"x\""},
		{BYTES("{\"a\": 1, x"), 1, 10, "is not JSON: unexpected \"x\""},
		{BYTES("{\"a\": 1,}"), 1, 9, "is not JSON: unexpected \"}\""},
		{BYTES("}"), 1, 1, "is not JSON: unexpected \"}\""},
		{BYTES("nope"), 1, 1, "is not JSON: unexpected \"n\""},
		{BYTES("[\x01]"), 1, 2, "is not JSON: unexpected byte 0x01"},
		{BYTES("[\"a\nb\"]"), 1, 4, "is not JSON: unexpected byte 0x0a"},
		{BYTES("[\"a\\\tb\"]"), 1, 5, "is not JSON: unexpected byte 0x09"},
		{BYTES("[1\v]"), 1, 3, "is not JSON: unexpected byte 0x0b"},
		{BYTES("{} {}"), 1, 4, "goes on after its value"},
		{BYTES("{}\n]"), 2, 1, "goes on after its value"},
		{BYTES("1 2"), 1, 3, "goes on after its value"},
		{BYTES("{}\0"), 1, 3, "holds NUL bytes"},
		{BYTES("{\n\"a\0b\": 1}"), 2, 3, "holds NUL bytes"},
		{BYTES("[\"\\\0"), 1, 4, "holds NUL bytes"},
		{BYTES("[\"a\\u0000b\"]"), 1, 4, "holds NUL bytes"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = ERROR_INIT;
		cJSON *json = NULL;

		assert_int_equal(parse_exact(rows[i].data, rows[i].length, &json, &err), -1);
		assert_null(json);
		assert_string_equal(err.message, rows[i].message);
		assert_int_equal(err.line, rows[i].line);
		assert_int_equal(err.column, rows[i].column);
		assert_int_equal(err.kind, ERROR_CORRUPT);
	}
}

static void test_depth_is_bounded(void **state)
{
	static const struct {
		int depth, result;
	} rows[] = {{1, 0}, {128, 0}, {129, -1}, {100000, -1}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t length = (size_t)rows[i].depth;
		char *text = malloc(2 * length);
		struct error err = ERROR_INIT;
		CLEANUP_JSON cJSON *json = NULL;

		assert_non_null(text);
		memset(text, '[', length);
		memset(text + length, ']', length);
		assert_int_equal(json_parse(text, 2 * length, &json, &err), rows[i].result);
		if (rows[i].result < 0) {
			assert_string_equal(err.message, "is nested deeper than 128 levels");
			assert_int_equal(err.column, 129);
		}
		free(text);
	}
}

/* As many values as cJSON would make, at least: counted before it makes any. */
static void test_values_are_bounded(void **state)
{
	static const struct {
		const char *element;
		int count, result;
	} rows[] = {
		{"{}", 400000, 0}, {"{}", 510000, -1}, {"1", 999999, 0}, {"1", 1000001, -1}, {"\",{[\"", 999999, 0}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_TEXT struct text text = TEXT_INIT;
		struct error err = ERROR_INIT;
		CLEANUP_JSON cJSON *json = NULL;

		for (int n = 0; n < rows[i].count; n++)
			text_printf(&text, "%s%s", n == 0 ? "[" : ",", rows[i].element);
		text_puts(&text, "]");
		assert_int_equal(json_parse(text_string(&text), text.length, &json, &err), rows[i].result);
		if (rows[i].result < 0)
			assert_string_equal(err.message, "holds more than 1000000 values");
	}
}

/* What is plain is read as cJSON reads it; of the rest nothing is said. */
static void test_plain(void **state)
{
	static const struct {
		const char *text;
		bool is_plain;
	} rows[] = {
		{"{\"Name\":\"b0\",\"Nodes\":[{\"Flags\":null,\"Files\":{}},{}],\"Dynamic\":false}", true},
		{" { \"a\" : [ true , false , null , \"\" , [] ] } \n", true},
		{"\"\xC3\xA9\"", true},
		{"{\"a\":1}", false},
		{"{\"a\":\"\\u0041\"}", false},
		{"{\"a\":\"b}", false},
		{"{\"a\":\"b\",}", false},
		{"{\"a\" \"b\"}", false},
		{"{a:\"b\"}", false},
		{"[\"a\"] x", false},
		{"[\"a\tb\"]", false},
		{"[[[[[[[[[[[[[[[[[[[[\"deep\"]]]]]]]]]]]]]]]]]]]]", false},
		{"[nul", false},
		{"[", false},
		{"", false},
		{"\xEF\xBB\xBF{}", false},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		CLEANUP_JSON cJSON *other = NULL;
		size_t length = strlen(rows[i].text);
		/* As in a file: no NUL behind it. */
		CLEANUP_FREE char *copy = xmalloc(length + 1);
		memcpy(copy, rows[i].text, length);
		copy[length] = 'x';
		const cJSON *plain = json_parse_plain(arena, copy, length);

		assert_int_equal(!!plain, rows[i].is_plain);
		if (plain) {
			assert_int_equal(json_parse(copy, length, &other, NULL), 0);
			assert_true(json_equal(plain, other));
		}
	}
	(void)state;
}

static void test_walks(void **state)
{
	static const struct {
		const char *text;
		size_t first, element;
		bool cut;
	} rows[] = {
		{"", 0, 0, false},
		{"{}", 2, 2, false},
		{"{\"a\":[1,{}]} rest", 12, 12, false},
		{"[\"]\\\"]\"]]", 8, 8, false},
		{"1,2", 3, 1, false},
		{"\"a,b\",", 6, 5, false},
		{"1]", 2, 1, false},
		{"{\"a\":", 5, 0, true},
		{"\"a\\\"", 4, 0, true},
		{"[[]", 3, 0, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t length = strlen(rows[i].text);

		assert_int_equal(json_first_length(rows[i].text, length), rows[i].first);
		assert_int_equal(json_element_length(rows[i].text, length), rows[i].element);
		assert_int_equal(json_is_cut_short(rows[i].text, length), rows[i].cut);
	}
}

static void test_brackets_in_strings_do_not_count(void **state)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	text_puts(&text, "[\"\\\"");
	for (int i = 0; i < 300; i++)
		text_puts(&text, "[{");
	text_puts(&text, "\\\\\", \"\\\\u0000\"]");
	assert_int_equal(parse_exact(text_string(&text), text.length, &json, &err), 0);
	assert_int_equal(cJSON_GetArraySize(json), 2);
}

static void test_lookups(void **state)
{
	CLEANUP_JSON cJSON *json = parse("{\"s\": \"x\", \"S\": \"X\", \"t\": true, \"f\": false, \"i\": -7, "
					 "\"big\": 9007199254740992, \"huge\": 9007199254740994, \"frac\": 1.5, "
					 "\"null\": null, \"list\": [\"a\", 1, null, \"b\"]}");
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct strings list = {0};

	(void)state;
	assert_string_equal(json_string(json, "s"), "x");
	assert_string_equal(json_string(json, "S"), "X");
	assert_null(json_string(json, "T"));
	assert_null(json_string(json, "i"));
	assert_null(json_string(NULL, "s"));
	assert_null(json_get(json_get(json, "list"), "a"));
	assert_true(json_bool(json, "t", false));
	assert_false(json_bool(json, "f", true));
	assert_true(json_bool(json, "s", true));
	assert_true(json_bool(json, "none", true));
	assert_int_equal(json_integer(json, "i", 3), -7);
	assert_true(json_integer(json, "big", 3) == INT64_C(9007199254740992));
	assert_int_equal(json_integer(json, "huge", 3), 3);
	assert_int_equal(json_integer(json, "frac", 3), 3);
	assert_int_equal(json_integer(json, "s", 3), 3);
	json_strings(json, "list", arena, &list);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.items[0], "a");
	assert_string_equal(list.items[1], "b");
	json_strings(json, "null", arena, &list);
	assert_int_equal(list.count, 0);
}

static void test_printed(void **state)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	CLEANUP_TEXT struct text text = TEXT_INIT;
	const char *items[] = {"a", "b"};
	const struct strings list = {.items = items, .count = 2};

	(void)state;
	json_add_string(json, "name", "q\"\\\n\t\x01ä");
	json_add_string(json, "none", NULL);
	json_add_integer(json, "big", INT64_C(1769860800123));
	json_add_integer(json, "round", INT64_C(1000000000000000));
	json_add_bool(json, "yes", true);
	json_add_strings(json, "list", &list);
	json_add_array(json, "empty");
	cJSON *array = json_add_array(json, "nodes");
	json_add_integer(json_append_object(array), "n", -1);
	json_append_string(array, "x");
	json_add_object(json, "o");
	json_print(json, &text);
	assert_string_equal(text_string(&text), "{\n"
						"  \"name\": \"q\\\"\\\\\\n\\t\\u0001ä\",\n"
						"  \"none\": null,\n"
						"  \"big\": 1769860800123,\n"
						"  \"round\": 1000000000000000,\n"
						"  \"yes\": true,\n"
						"  \"list\": [\n    \"a\",\n    \"b\"\n  ],\n"
						"  \"empty\": [],\n"
						"  \"nodes\": [\n    {\n      \"n\": -1\n    },\n    \"x\"\n  ],\n"
						"  \"o\": {}\n"
						"}\n");
	CLEANUP_JSON cJSON *back = parse(text_string(&text));
	assert_true(json_equal(json, back));
}

static void test_canonical(void **state)
{
	static const struct {
		const char *text, *canonical;
	} rows[] = {
		{"{\"b\": 1, \"a\": {\"d\": [1, 2], \"c\": null}}", "{\"a\":{\"c\":null,\"d\":[1,2]},\"b\":1}"},
		/* Bytewise: capitals first, then small letters, then what is not ASCII. */
		{"{\"é\": 1, \"a\": 2, \"B\": 3, \"\": 4, \"aa\": 5}", "{\"\":4,\"B\":3,\"a\":2,\"aa\":5,\"é\":1}"},
		{"[1.0, 1e2, -0, 0.1, 1e15, 1e300, 123456789012345678]",
		 "[1,100,0,0.1,1000000000000000,1e+300,1.2345678901234568e+17]"},
		{"[1e999]", "[null]"},
		{"\"\\u00e9\\/\\b\\f\\r\"", "\"é/\\b\\f\\r\""},
		{" true ", "true"},
		/* DEL, C1 and bidirectional controls; what is not UTF-8. */
		{"\"\x7f\xc2\x9b"
		 "2J\xe2\x80\xae\"",
		 "\"\\u007f\\u009b2J\\u202e\""},
		/* What is not seen: a blank of no width, a tag. */
		{"\"a\xe2\x80\x8b\xf3\xa0\x81\xa1\"", "\"a\\u200b\\udb40\\udc61\""},
		{"\"\x9b[2J\xff\"", "\"\xef\xbf\xbd[2J\xef\xbf\xbd\""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_JSON cJSON *json = parse(rows[i].text);
		CLEANUP_TEXT struct text text = TEXT_INIT;

		json_print_canonical(json, &text);
		assert_string_equal(text_string(&text), rows[i].canonical);
	}
}

static void test_equal(void **state)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
		{"{\"a\":1,\"b\":2}", "{\"b\":2.0,\"a\":1}", true},
		{"[1,2]", "[2,1]", false},
		{"{\"a\":1}", "{\"A\":1}", false},
		{"{}", "[]", false},
		{"{\"a\":null}", "{}", false},
		{"\"1\"", "1", false},
		{"0.1", "0.10000000000000001", true},
		{"0.1", "0.10000000000000002", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_JSON cJSON *a = parse(rows[i].a);
		CLEANUP_JSON cJSON *b = parse(rows[i].b);

		assert_int_equal(json_equal(a, b), rows[i].equal);
		assert_int_equal(json_equal(b, a), rows[i].equal);
		assert_false(json_equal(a, NULL));
	}
	assert_true(json_equal(NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors_and_their_places),
		cmocka_unit_test(test_depth_is_bounded),
		cmocka_unit_test(test_values_are_bounded),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_brackets_in_strings_do_not_count),
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_printed),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
