/* ${VAR} means what it means to Docker Compose, and values of variables are never looked into. */
#include "base/text.h"
#include "desired/interpolate.h"

#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *const environ_known[] = {"A=a", "EMPTY=", "AB=ab", "DOLLAR=${A} $A $$", "BAD=\xff", NULL};

static void test_values(void **unused)
{
	static const struct {
		const char *text, *value;
	} rows[] = {
		{"", ""},
		{"plain", "plain"},
		{"$A ${A} ${AB} $AB!", "a a ab ab!"},
		{"$$A $${A} $$$$", "$A ${A} $$"},
		{"${EMPTY}", ""},
		{"${EMPTY-x}|${EMPTY:-x}", "|x"},
		{"${NONE-x}|${NONE:-x}|${NONE:-}|${NONE-}", "x|x||"},
		{"${A-x}|${A:-x}", "a|a"},
		{"${A:?no}|${A?no}|${EMPTY?no}", "a|a|"},
		{"${A+x}|${A:+x}|${EMPTY+x}|${EMPTY:+x}|${NONE+x}|${NONE:+x}", "x|x|x|||"},
		{"${NONE:-${EMPTY:-${A}}}", "a"},
		{"${NONE:-a $$ {b} c}", "a $ {b c}"},
		{"${NONE:-http://x:80/-?+}", "http://x:80/-?+"},
		/* What is not taken is not looked up either. */
		{"${A:-${NONE}}|${NONE:+${NONE}}", "a|"},
		{"${DOLLAR}|${NONE:-${DOLLAR}}", "${A} $A $$|${A} $A $$"},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct interpolation variables = {.environ = environ_known};
		struct error err = ERROR_INIT;
		const char *value = NULL;
		size_t offset = 0;

		if (interpolate(arena, &variables, rows[i].text, &value, &offset, &err) < 0)
			fail_msg("%s: %s", rows[i].text, err.message);
		assert_string_equal(value, rows[i].value);
		assert_int_equal(variables.used, strlen(value));
	}
}

static void test_errors(void **unused)
{
	static const struct {
		const char *text, *message, *hint;
		size_t offset;
	} rows[] = {
		{"x ${NONE}", "the variable NONE is not set", "${NONE:-}", 2},
		{"$NONE", "the variable NONE is not set", "${NONE:-DEFAULT}", 0},
		{"${A}${NONE:?why $$ not ${A}}", "the variable NONE is required: why $ not a", "environment", 4},
		{"${EMPTY:?}", "the variable EMPTY is required: it is not set", "set EMPTY", 0},
		{"${NONE:-${OTHER}}", "the variable OTHER is not set", "OTHER", 8},
		{"5 $", "a dollar sign stands alone", "$$", 2},
		{"$5", "a dollar sign stands alone", "$$", 0},
		{"${", "not followed by the name", "$$", 0},
		{"${5}", "not followed by the name", "$$", 0},
		{"${A", "is not closed", "${NAME", 0},
		{"${A:-x", "is not closed", "${NAME", 0},
		{"${A:-${B:-}", "is not closed", "${NAME", 0},
		{"${A!x}", "is not understood", "${NAME", 0},
		{"${A:}", "is not understood", "${NAME", 0},
		{"${BAD}", "the variable BAD does not hold UTF-8 text", "", 2},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct interpolation variables = {.environ = environ_known};
		struct error err = ERROR_INIT;
		const char *value = NULL;
		size_t offset = 99;

		assert_int_equal(interpolate(arena, &variables, rows[i].text, &value, &offset, &err), -1);
		if (!strstr(err.message, rows[i].message) || !strstr(err.hint, rows[i].hint))
			fail_msg("%s: %s (%s)", rows[i].text, err.message, err.hint);
		assert_int_equal(offset, rows[i].offset);
	}
}

/* Short texts can name long variables, and defaults can nest. */
static void test_bounds(void **unused)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char *variable = arena_alloc(arena, 100 * 1024 + 3), *text = arena_alloc(arena, 40 * 2 + 1);
	const char *environ_long[] = {variable, NULL}, *value;
	struct interpolation variables = {.environ = environ_long};
	struct error err = ERROR_INIT;
	char nested[200] = "";
	size_t offset;

	(void)unused;
	memset(variable, 'x', 100 * 1024 + 2);
	memcpy(variable, "V=", 2);
	for (size_t i = 0; i < 40; i++)
		memcpy(text + 2 * i, "$V", 2);
	assert_int_equal(interpolate(arena, &variables, text, &value, &offset, &err), 0);
	assert_int_equal(strlen(value), (size_t)40 * 100 * 1024);
	assert_int_equal(interpolate(arena, &variables, text, &value, &offset, &err), -1);
	assert_non_null(strstr(err.message, "4 MiB"));

	variables.used = 0;
	for (size_t i = 0; i < 20; i++)
		strcat(nested, "${N:-");
	assert_int_equal(interpolate(arena, &variables, nested, &value, &offset, &err), -1);
	assert_non_null(strstr(err.message, "nested"));
}

/* Values of credentials go where they are wanted and are told of; what is shown never has them. */
static void test_credentials(void **unused)
{
	static const char *const environ_secret[] = {"GITHUB_TOKEN=hunter2",	   "TAG=v1",
						     "PROXY=http://u:hunter2@h",   "X=aB3dE6gH9jK2mN5pQ8sT",
						     "Y=ghp_0123456789abcdefghij", NULL};
	static const char *const allowed[] = {"X", "Y", "GITHUB_TOKEN"};
	static const struct {
		const char *text, *secret, *vouched; /* the variable that is told; with --env */
	} rows[] = {
		{"a", NULL, NULL},
		{"$TAG", NULL, NULL},
		{"x${GITHUB_TOKEN}", "GITHUB_TOKEN", "GITHUB_TOKEN"},
		{"${TAG}$GITHUB_TOKEN${TAG}", "GITHUB_TOKEN", "GITHUB_TOKEN"},
		{"${NONE:-${GITHUB_TOKEN}}", "GITHUB_TOKEN", "GITHUB_TOKEN"},
		{"${GITHUB_TOKEN:+x}", NULL, NULL},
		{"${TAG:-${GITHUB_TOKEN}}", NULL, NULL},
		{"${PROXY}", "PROXY", "PROXY"},
		{"$X", "X", NULL},
		{"$Y", "Y", "Y"},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct interpolation variables = {.environ = environ_secret};
	struct interpolation vouching = {
		.environ = environ_secret, .allowed = allowed, .allowed_count = COUNT(allowed)};
	struct error err = ERROR_INIT;
	const char *value;
	size_t offset;

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(interpolate(arena, &variables, rows[i].text, &value, &offset, &err), 0);
		if (!text_equal(variables.secret, rows[i].secret))
			fail_msg("%s: %s", rows[i].text, variables.secret);
		assert_int_equal(interpolate(arena, &vouching, rows[i].text, &value, &offset, &err), 0);
		if (!text_equal(vouching.secret, rows[i].vouched))
			fail_msg("%s, vouched: %s", rows[i].text, vouching.secret);
	}
	assert_int_equal(
		interpolate(arena, &variables, "${NONE?a $GITHUB_TOKEN ${N:-$PROXY} b}", &value, &offset, &err), -1);
	assert_string_equal(err.message, "the variable NONE is required: a (sensitive) (sensitive) b");
}

static void test_untrusted(void **unused)
{
	static const char *const environ_some[] = {"A=1", "B=2", NULL};
	static const char *const allowed[] = {"B"};
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct interpolation variables = {
		.environ = environ_some, .allowed = allowed, .allowed_count = 1, .untrusted = true};
	struct error err = ERROR_INIT;
	const char *value;
	size_t offset;

	(void)unused;
	assert_int_equal(interpolate(arena, &variables, "${A:-none}$B${A+x}", &value, &offset, &err), 0);
	assert_string_equal(value, "none2");
	assert_int_equal(interpolate(arena, &variables, "$A", &value, &offset, &err), -1);
	assert_non_null(strstr(err.hint, "--env A"));
	assert_int_equal(interpolate(arena, &variables, "$NONE", &value, &offset, &err), -1);
	assert_null(strstr(err.hint, "--env"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),	    cmocka_unit_test(test_errors),    cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_credentials), cmocka_unit_test(test_untrusted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
