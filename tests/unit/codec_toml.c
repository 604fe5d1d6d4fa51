/* TOML: what is read as what, what is refused and where, and that what is printed reads back as the same. */
#include "codec/toml.h"

#include "base/count.h"
#include "base/json.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* Parses a copy of the exact length: AddressSanitizer sees a read behind it. */
static int parse(const char *text, size_t length, cJSON **ret_json, struct error *err)
{
	char *copy = malloc(length == 0 ? 1 : length);

	assert_non_null(copy);
	memcpy(copy, text, length);
	int result = toml_parse(copy, length, ret_json, err);
	free(copy);
	return result;
}

static void assert_reads_as(const char *text, const char *canonical)
{
	CLEANUP_TEXT struct text json_text = TEXT_INIT;
	CLEANUP_TEXT struct text toml_text = TEXT_INIT;
	CLEANUP_TEXT struct text again = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL;
	CLEANUP_JSON cJSON *back = NULL;
	struct error err = ERROR_INIT;

	if (parse(text, strlen(text), &json, &err) < 0)
		fail_msg("%s\n%d:%d: %s", text, err.line, err.column, err.message);
	json_print_canonical(json, &json_text);
	assert_string_equal(text_string(&json_text), canonical);

	toml_print(json, &toml_text);
	if (parse(text_string(&toml_text), toml_text.length, &back, &err) < 0)
		fail_msg("%s\n%d:%d: %s", text_string(&toml_text), err.line, err.column, err.message);
	assert_true(json_equal(json, back));
	toml_print(back, &again);
	assert_string_equal(text_string(&again), text_string(&toml_text));
}

struct valid {
	const char *text, *canonical;
};

static void assert_all_valid(const struct valid *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_reads_as(rows[i].text, rows[i].canonical);
}

static void test_strings(void **state)
{
	static const struct valid rows[] = {
		{"a = ''", "{\"a\":\"\"}"},
		{"a = \"\"", "{\"a\":\"\"}"},
		{"a = 'C:\\new'", "{\"a\":\"C:\\\\new\"}"},
		{"a = \"\\b\\t\\n\\f\\r\\\"\\\\\"", "{\"a\":\"\\b\\t\\n\\f\\r\\\"\\\\\"}"},
		{"a = \"\\u00e9\\u20AC\\U0001F433\\u0001\"", "{\"a\":\"é€🐳\\u0001\"}"},
		{"a = \"x # y\" # z", "{\"a\":\"x # y\"}"},
		{"a = \"\"\"\nx\n y\"\"\"", "{\"a\":\"x\\n y\"}"},
		{"a = \"\"\"\r\nx\r\ny\"\"\"\r\n", "{\"a\":\"x\\ny\"}"},
		{"a = \"\"\"x\\\n\n   \ty \\  \n z\"\"\"", "{\"a\":\"xy z\"}"},
		{"a = \"\"\"\"q\" \"\"q\"\"\\\"\"\"\"", "{\"a\":\"\\\"q\\\" \\\"\\\"q\\\"\\\"\\\"\"}"},
		{"a = \"\"\"\"\"\"\"\"", "{\"a\":\"\\\"\\\"\"}"},
		{"a = '''\nit's '' \\n'''''", "{\"a\":\"it's '' \\\\n''\"}"},
		{"a = ''''''", "{\"a\":\"\"}"},
	};

	(void)state;
	assert_all_valid(rows, COUNT(rows));
}

static void test_numbers_and_booleans(void **state)
{
	static const struct valid rows[] = {
		{"a = [0, +0, -0, 42, -17, 1_000_000]", "{\"a\":[0,0,0,42,-17,1000000]}"},
		{"a = [0xDEAD_beef, 0o755, 0b1101, 0x00]", "{\"a\":[3735928559,493,13,0]}"},
		{"a = [1.5, -0.01, 5e+22, 1E06, 6.626e-34, 9_2.1_1, 0e0]",
		 "{\"a\":[1.5,-0.01,5e+22,1000000,6.626e-34,92.11,0]}"},
		{"a = [inf, +inf, -inf, nan, -nan]", "{\"a\":[null,null,null,null,null]}"},
		{"a = 9007199254740992", "{\"a\":9007199254740992}"},
		{"a = [9007199254740993, 9223372036854775807, -9223372036854775808]",
		 "{\"a\":[9007199254740993,9223372036854775807,-9223372036854775808]}"},
		/* Integral, but a float: it must not come back as an integer of more than 64 bits. */
		{"a = [12345678901234567890.0, 9007199254740994.0]",
		 "{\"a\":[1.2345678901234567e+19,9007199254740994]}"},
		{"a = true\nb = false", "{\"a\":true,\"b\":false}"},
	};

	(void)state;
	assert_all_valid(rows, COUNT(rows));
}

static void test_dates_and_times(void **state)
{
	static const struct valid rows[] = {
		{"a = 1979-05-27T07:32:00Z", "{\"a\":\"1979-05-27T07:32:00Z\"}"},
		{"a = 1979-05-27t07:32:00z", "{\"a\":\"1979-05-27T07:32:00Z\"}"},
		{"a = 1979-05-27 07:32:00.999-07:00 # x", "{\"a\":\"1979-05-27T07:32:00.999-07:00\"}"},
		{"a = 1979-05-27T00:32:00", "{\"a\":\"1979-05-27T00:32:00\"}"},
		{"a = 2024-02-29 # leap", "{\"a\":\"2024-02-29\"}"},
		{"a = [07:32:00, 00:32:00.5]", "{\"a\":[\"07:32:00\",\"00:32:00.5\"]}"},
	};

	(void)state;
	assert_all_valid(rows, COUNT(rows));
}

static void test_arrays_and_inline_tables(void **state)
{
	static const struct valid rows[] = {
		{"a = []", "{\"a\":[]}"},
		{"a = [ [1, 2], [\"x\"], [] ]", "{\"a\":[[1,2],[\"x\"],[]]}"},
		{"a = [ # c\n 1 # one\n , # comma\n 2,\n\n]", "{\"a\":[1,2]}"},
		{"a = {}", "{\"a\":{}}"},
		{"a = { b = 1, c.d = 'x', \"e f\" = [ {}, { g = [\n1 ] } ] }",
		 "{\"a\":{\"b\":1,\"c\":{\"d\":\"x\"},\"e f\":[{},{\"g\":[1]}]}}"},
		{"a = [{b = 1}, 2]", "{\"a\":[{\"b\":1},2]}"},
	};

	(void)state;
	assert_all_valid(rows, COUNT(rows));
}

static void test_keys_and_tables(void **state)
{
	static const struct valid rows[] = {
		{"", "{}"},
		{"# only a comment", "{}"},
		{"\xEF\xBB\xBF"
		 "a = 1\r\n\r\n",
		 "{\"a\":1}"},
		{"bare_key-1 = 1\n1234 = 2\n'' = 3\n\"a.b\" = 4\n'q\"' = 5",
		 "{\"\":3,\"1234\":2,\"a.b\":4,\"bare_key-1\":1,\"q\\\"\":5}"},
		{"a.b . c = 1\na.d = 2\n3.14 = 'pi'", "{\"3\":{\"14\":\"pi\"},\"a\":{\"b\":{\"c\":1},\"d\":2}}"},
		{"[a]\n[a.b]\nx = 1\n[ c . 'd.e' ] # c\ny = 2", "{\"a\":{\"b\":{\"x\":1}},\"c\":{\"d.e\":{\"y\":2}}}"},
		{"[a.b]\nx = 1\n[a]\ny = 2", "{\"a\":{\"b\":{\"x\":1},\"y\":2}}"},
		{"[f]\napple.color = 1\n[f.apple.texture]\nsmooth = true",
		 "{\"f\":{\"apple\":{\"color\":1,\"texture\":{\"smooth\":true}}}}"},
		{"[[a]]\nx = 1\n[[a]]\n[a.b]\ny = 2\n[[a.c]]\n[[a.c]]\nz = 3\n[[a]]",
		 "{\"a\":[{\"x\":1},{\"b\":{\"y\":2},\"c\":[{},{\"z\":3}]},{}]}"},
		{"[[a.b]]\n[a]\nx = 1", "{\"a\":{\"b\":[{}],\"x\":1}}"},
	};

	(void)state;
	assert_all_valid(rows, COUNT(rows));
}

/* moby/buildkit docs/buildkitd.toml.md, shortened. */
static void test_buildkitd(void **state)
{
	static const char text[] = "debug = true\n"
				   "insecure-entitlements = [ \"network.host\", \"security.insecure\" ]\n"
				   "[log]\n  format = \"text\"\n"
				   "[grpc]\n  address = [ \"tcp://0.0.0.0:1234\" ]\n  uid = 0\n"
				   "  [grpc.tls]\n    cert = \"/etc/buildkit/tls.crt\"\n"
				   "[worker.oci]\n  enabled = true\n  reservedSpace = \"30%\"\n"
				   "  [worker.oci.labels]\n    \"foo\" = \"bar\"\n"
				   "  [[worker.oci.gcpolicy]]\n    maxUsedSpace = \"512MB\"\n"
				   "    filters = [ \"type==source.local\", \"type==exec.cachemount\"]\n"
				   "  [[worker.oci.gcpolicy]]\n    all = true\n"
				   "[registry.\"docker.io\"]\n  mirrors = [\"hub.docker.io\"]\n  http = true\n"
				   "  [[registry.\"docker.io\".keypair]]\n    key=\"/etc/config/key.pem\"\n";
	CLEANUP_TEXT struct text printed = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1, &json, &err), 0);
	toml_print(json, &printed);
	assert_string_equal(text_string(&printed),
			    "debug = true\n"
			    "insecure-entitlements = [\"network.host\", \"security.insecure\"]\n"
			    "\n[log]\nformat = \"text\"\n"
			    "\n[grpc]\naddress = [\"tcp://0.0.0.0:1234\"]\nuid = 0\n"
			    "\n[grpc.tls]\ncert = \"/etc/buildkit/tls.crt\"\n"
			    "\n[worker.oci]\nenabled = true\nreservedSpace = \"30%\"\n"
			    "\n[worker.oci.labels]\nfoo = \"bar\"\n"
			    "\n[[worker.oci.gcpolicy]]\nmaxUsedSpace = \"512MB\"\n"
			    "filters = [\"type==source.local\", \"type==exec.cachemount\"]\n"
			    "\n[[worker.oci.gcpolicy]]\nall = true\n"
			    "\n[registry.\"docker.io\"]\nmirrors = [\"hub.docker.io\"]\nhttp = true\n"
			    "\n[[registry.\"docker.io\".keypair]]\nkey = \"/etc/config/key.pem\"\n");
	CLEANUP_JSON cJSON *back = NULL;
	assert_int_equal(parse(text_string(&printed), printed.length, &back, &err), 0);
	assert_true(json_equal(json, back));
}

static void test_print_leaves_out_null(void **state)
{
	CLEANUP_JSON cJSON *json =
		cJSON_Parse("{\"a\": null, \"b\": {\"c\": null}, \"d\": [1, null], \"e\": [{}, null]}");
	CLEANUP_TEXT struct text text = TEXT_INIT;

	(void)state;
	toml_print(json, &text);
	assert_string_equal(text_string(&text), "d = [1]\ne = [{ }]\n\n[b]\n");
}

struct invalid {
	const char *text;
	int line, column;
	const char *message;
};

static void assert_all_invalid(const struct invalid *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct error err = ERROR_INIT;
		cJSON *json = NULL;

		if (parse(rows[i].text, strlen(rows[i].text), &json, &err) == 0)
			fail_msg("accepted: %s", rows[i].text);
		assert_null(json);
		assert_string_equal(err.message, rows[i].message);
		assert_int_equal(err.line, rows[i].line);
		assert_int_equal(err.column, rows[i].column);
		assert_int_equal(err.kind, ERROR_INVALID);
	}
}

static void test_invalid_values(void **state)
{
	static const struct invalid rows[] = {
		{"a =", 1, 4, "a value is missing"},
		{"a = \nb = 1", 1, 5, "a value is missing"},
		{"a = yes", 1, 5, "yes is not a value"},
		{"a = True", 1, 5, "True is not a value"},
		{"a = 01", 1, 5, "01 is not a value"},
		{"a = 1__0", 1, 5, "1__0 is not a value"},
		{"a = _1", 1, 5, "_1 is not a value"},
		{"a = 1_", 1, 5, "1_ is not a value"},
		{"a = 1.", 1, 5, "1. is not a value"},
		{"a = .5", 1, 5, ".5 is not a value"},
		{"a = 1e", 1, 5, "1e is not a value"},
		{"a = 1._5", 1, 5, "1._5 is not a value"},
		{"a = --1", 1, 5, "--1 is not a value"},
		{"a = +0x1", 1, 5, "+0x1 is not a value"},
		{"a = 0X1", 1, 5, "0X1 is not a value"},
		{"a = 0x", 1, 5, "0x is not a value"},
		{"a = 0b12", 1, 5, "0b12 is not a value"},
		{"a = 0o_7", 1, 5, "0o_7 is not a value"},
		{"a = 9223372036854775808", 1, 5, "9223372036854775808 does not fit in 64 bits"},
		{"a = -9223372036854775809", 1, 5, "-9223372036854775809 does not fit in 64 bits"},
		{"a = 0x8000000000000000", 1, 5, "0x8000000000000000 does not fit in 64 bits"},
		{"a = 2023-02-29", 1, 5, "2023-02-29 is not a value"},
		{"a = 1979-05-27T", 1, 5, "1979-05-27T is not a value"},
		{"a = 1979-05-27T07:32Z", 1, 5, "1979-05-27T07:32Z is not a value"},
		{"a = 24:00:00", 1, 5, "24:00:00 is not a value"},
		{"a = 12:00:00Z", 1, 5, "12:00:00Z is not a value"},
		{"a = 12:00:00.", 1, 5, "12:00:00. is not a value"},
		{"a = 1 2", 1, 7, "the line should end here"},
		{"a = [1 2]", 1, 8, "\",\" or \"]\" is missing in an array"},
		{"a = [1,,2]", 1, 8, "a value is missing"},
		{"a = 1\nb = [\n1,", 2, 5, "the array is not closed"},
		{"a = [1", 1, 5, "the array is not closed"},
		{"a = {b = 1,}", 1, 12, "a key is missing"},
		{"a = {b = 1\n}", 1, 11, "\",\" or \"}\" is missing in an inline table"},
		{"a = {b = 1, b = 2}", 1, 13, "\"b\" is set twice"},
		{"a = {b = {}, b.c = 2}", 1, 14, "\"b\" is already a table that cannot be added to here"},
	};

	(void)state;
	assert_all_invalid(rows, COUNT(rows));
}

static void test_invalid_strings(void **state)
{
	static const struct invalid rows[] = {
		{"a = \"x", 1, 5, "the string is not closed"},
		{"a = \"x\ny\"", 1, 5, "the string is not closed"},
		{"a = 'x\r\n'", 1, 5, "the string is not closed"},
		{"\na = \"\"\"x\"\"", 2, 5, "the string is not closed"},
		{"a = \"\\", 1, 6, "unknown escape in a string"},
		{"a = \"é\\x41\"", 1, 7, "unknown escape in a string"},
		{"a = \"\\\n\"", 1, 6, "unknown escape in a string"},
		{"a = \"\"\"\\ x\"\"\"", 1, 8, "unknown escape in a string"},
		{"a = \"\\u12\"", 1, 6, "\\u needs 4 hex digits"},
		{"a = \"\\U0000000\"", 1, 6, "\\U needs 8 hex digits"},
		{"a = \"\\uD800\"", 1, 6, "U+D800 is not a character"},
		{"a = \"\\U00110000\"", 1, 6, "U+110000 is not a character"},
		{"a = \"\\u0000\"", 1, 6, "a NUL in a string is not supported"},
		{"a = '''x''''''", 1, 9, "too many quotes in a row"},
		{"a = \"\xFF\"", 1, 6, "the text is not UTF-8"},
		{"# \x01", 1, 3, "control character U+0001"},
		{"a = 1\rb = 2", 1, 6, "control character U+000D"},
		{"a = '\x7F'", 1, 6, "control character U+007F"},
	};
	cJSON *json = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	assert_all_invalid(rows, COUNT(rows));
	assert_int_equal(parse("a = 1\0", 6, &json, &err), -1);
	assert_string_equal(err.message, "control character U+0000");
}

static void test_invalid_keys_and_tables(void **state)
{
	static const struct invalid rows[] = {
		{"= 1", 1, 1, "a key is missing"},
		{"a", 1, 2, "\"=\" is missing after a key"},
		{"a b = 1", 1, 3, "\"=\" is missing after a key"},
		{"a. = 1", 1, 4, "a key is missing"},
		{"é = 1", 1, 1, "a key is missing"},
		{"\"\"\"a\"\"\" = 1", 1, 3, "\"=\" is missing after a key"},
		{"a = 1\na = 2", 2, 1, "\"a\" is set twice"},
		{"a = 1\n'a' = 2", 2, 1, "\"a\" is set twice"},
		{"a.b = 1\na.b = 2", 2, 1, "\"b\" is set twice"},
		{"a = 1\na.b = 2", 2, 1, "\"a\" is already a value that cannot be added to here"},
		{"a.b = 1\na = 2", 2, 1, "\"a\" is set twice"},
		{"[a]\n[a]", 2, 1, "\"a\" is already a table"},
		{"[a]\nb = 1\n[a.b]", 3, 1, "\"b\" is already a value"},
		{"[a]\nb = 1\n[a.b.c]", 3, 4, "\"b\" is already a value that cannot be added to here"},
		{"[f]\napple.color = 1\n[f.apple]", 3, 1, "\"apple\" is already a table"},
		{"[a.b.c]\nz = 9\n[a]\nb.c.t = 1", 4, 1, "\"b\" is already a table that cannot be added to here"},
		{"a = {}\n[a.b]", 2, 2, "\"a\" is already a table that cannot be added to here"},
		{"a = {}\n[a]", 2, 1, "\"a\" is already a table"},
		{"a = {}\na.b = 1", 2, 1, "\"a\" is already a table that cannot be added to here"},
		{"a = [{}]\n[[a]]", 2, 1, "\"a\" is already an array, not an array of tables"},
		{"a = [{}]\n[a.b]", 2, 2, "\"a\" is already an array that cannot be added to here"},
		{"[a]\n[[a]]", 2, 1, "\"a\" is already a table, not an array of tables"},
		{"[[a]]\n[a]", 2, 1, "\"a\" is already an array"},
		{"[a.b]\n[[a]]", 2, 1, "\"a\" is already a table, not an array of tables"},
		{"[[a.b]]\n[a]\nb.y = 2", 3, 1, "\"b\" is already an array that cannot be added to here"},
		{"[a", 1, 3, "\"]\" is missing after a table's name"},
		{"[a\n]", 1, 3, "\"]\" is missing after a table's name"},
		{"[[a]", 1, 4, "\"]]\" is missing after a table's name"},
		{"[ [a]]", 1, 3, "a key is missing"},
		{"[]", 1, 2, "a key is missing"},
		{"[a] x = 1", 1, 5, "the line should end here"},
	};

	(void)state;
	assert_all_invalid(rows, COUNT(rows));
}

/* `count` times `piece` between `before` and `after`. */
static int parse_repeated(const char *before, const char *piece, int count, const char *after, struct error *err)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL;

	text_puts(&text, before);
	for (int i = 0; i < count; i++)
		text_puts(&text, piece);
	text_puts(&text, after);
	return parse(text_string(&text), text.length, &json, err);
}

static void test_bounds(void **state)
{
	static const struct {
		const char *before, *piece;
		int count;
		const char *after;
		const char *message;
	} rows[] = {
		{"a.", "a.", 62, "a = 1", NULL},
		{"a.", "a.", 63, "a = 1", "nested deeper than 64 levels"},
		{"[a.", "a.", 62, "a]", NULL},
		{"[a.", "a.", 63, "a]", "nested deeper than 64 levels"},
		{"[a.", "a.", 62, "a]\nb = 1", "nested deeper than 64 levels"},
		{"a = ", "[", 100000, "", "nested deeper than 64 levels"},
		{"a = ", "{a=", 60000, "", "nested deeper than 64 levels"},
		{"", "#", LIMIT_TOML, "", NULL},
		{"", "#", LIMIT_TOML + 1, "", "the text is larger than 262144 bytes"},
		{"a = ", "1", 129, "", "the value is too long"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = ERROR_INIT;
		int result = parse_repeated(rows[i].before, rows[i].piece, rows[i].count, rows[i].after, &err);

		assert_int_equal(result, rows[i].message ? -1 : 0);
		assert_string_equal(err.message, rows[i].message ? rows[i].message : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_numbers_and_booleans),
		cmocka_unit_test(test_dates_and_times),
		cmocka_unit_test(test_arrays_and_inline_tables),
		cmocka_unit_test(test_keys_and_tables),
		cmocka_unit_test(test_buildkitd),
		cmocka_unit_test(test_print_leaves_out_null),
		cmocka_unit_test(test_invalid_values),
		cmocka_unit_test(test_invalid_strings),
		cmocka_unit_test(test_invalid_keys_and_tables),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
