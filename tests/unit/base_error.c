/* Errors and lists of them: what they say, where they are cut, in what order they come. */
#include "base/error.h"

#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void test_set_replaces_everything(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(error_set(&err, ERROR_USAGE, "old"), -1);
	assert_int_equal(error_at(&err, "old.yaml", 3, 4), -1);
	assert_int_equal(error_hint(&err, "old hint"), -1);
	assert_int_equal(error_set(&err, ERROR_STALE, "plan %d of %s", 7, "main"), -1);
	assert_int_equal(err.kind, ERROR_STALE);
	assert_string_equal(err.message, "plan 7 of main");
	assert_string_equal(err.file, "");
	assert_string_equal(err.hint, "");
	assert_int_equal(err.line, 0);
	assert_int_equal(err.column, 0);
}

static void test_message_may_be_its_own_argument(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	error_set(&err, ERROR_OTHER, "no space");
	error_set(&err, ERROR_REFUSED, "copying: %s", err.message);
	assert_string_equal(err.message, "copying: no space");
	error_wrap(&err, "again (%s)", err.message);
	assert_string_equal(err.message, "again (copying: no space): copying: no space");
	assert_int_equal(err.kind, ERROR_REFUSED);
}

static void test_null_drops_the_text(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, ERROR_OTHER, "x"), -1);
	assert_int_equal(error_set_errno(NULL, ENOENT, "x"), -1);
	assert_int_equal(error_wrap(NULL, "x"), -1);
	assert_int_equal(error_hint(NULL, "x"), -1);
	assert_int_equal(error_at(NULL, "x", 1, 1), -1);
}

static void test_errno_decides_the_kind(void **state)
{
	static const struct {
		int errnum;
		enum error_kind kind;
	} rows[] = {
		{ENOENT, ERROR_NOT_FOUND},	{EEXIST, ERROR_EXISTS},
		{EISDIR, ERROR_CORRUPT},	{ECONNREFUSED, ERROR_UNREACHABLE},
		{ETIMEDOUT, ERROR_UNREACHABLE}, {EACCES, ERROR_OTHER},
		{ENOSPC, ERROR_OTHER},		{EINTR, ERROR_INTERRUPTED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = ERROR_INIT;

		assert_int_equal(error_set_errno(&err, rows[i].errnum, "cannot open %s", "x"), -1);
		assert_int_equal(err.kind, rows[i].kind);
		assert_memory_equal(err.message, "cannot open x: ", 15);
		assert_true(strlen(err.message) > 15);
	}
}

static void test_at_keeps_what_it_is_not_given(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	error_set(&err, ERROR_INVALID, "x");
	error_at(&err, NULL, 5, 6);
	error_at(&err, "main.yaml", 0, 0);
	assert_string_equal(err.file, "main.yaml");
	assert_int_equal(err.line, 5);
	assert_int_equal(err.column, 6);
}

/* Every length around the limit, with characters of three bytes: the cut is never inside one. */
static void test_long_texts_are_cut_between_characters(void **state)
{
	(void)state;
	for (int lead = 0; lead < 3; lead++) {
		struct error err = ERROR_INIT;
		char text[2000];
		size_t length = (size_t)lead;

		memset(text, 'a', length);
		for (; length + 3 < sizeof(text); length += 3)
			memcpy(text + length, "→", 3);
		text[length] = '\0';
		error_set(&err, ERROR_OTHER, "%s", text);

		size_t cut = strlen(err.message);
		assert_true(cut >= sizeof(err.message) - 4 && cut < sizeof(err.message));
		assert_string_equal(err.message + cut - 3, "…");
		assert_int_equal((cut - (size_t)lead) % 3, 0);
		assert_memory_equal(err.message, text, cut - 3);
		error_wrap(&err, "context");
		assert_memory_equal(err.message, "context: ", 9);
		assert_string_equal(err.message + strlen(err.message) - 3, "…");
		error_hint(&err, "%s", text);
		assert_string_equal(err.hint + strlen(err.hint) - 3, "…");
	}
}

static void test_exact_fit_is_not_cut(void **state)
{
	struct error err = ERROR_INIT;
	char text[sizeof(err.message)];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	error_set(&err, ERROR_OTHER, "%s", text);
	assert_string_equal(err.message, text);
}

static void test_diagnostics_sort_by_place(void **state)
{
	static const struct {
		const char *file;
		int line, column;
		const char *message;
	} rows[] = {{"b", 1, 1, "5"}, {"a", 2, 1, "3"}, {"a", 2, 3, "4"}, {"a", 1, 9, "2"}, {"a", 1, 9, "1"}};
	struct diagnostics list = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		diagnostics_addf(&list, ERROR_INVALID, rows[i].file, rows[i].line, rows[i].column,
				 i == 0 ? "look" : NULL, "%s", rows[i].message);
	diagnostics_sort(&list);
	assert_int_equal(list.count, COUNT(rows));
	for (size_t i = 0; i < list.count; i++) {
		char expected[] = {(char)('1' + i), '\0'};

		assert_string_equal(list.items[i].message, expected);
		assert_int_equal(list.items[i].kind, ERROR_INVALID);
	}
	assert_string_equal(list.items[4].hint, "look");
	assert_string_equal(list.items[0].hint, "");
	diagnostics_done(&list);
	assert_int_equal(list.count, 0);
	diagnostics_sort(&list);
	diagnostics_done(&list);
}

static void test_diagnostics_are_bounded(void **state)
{
	struct diagnostics list = {0};
	struct error err = ERROR_INIT;

	(void)state;
	error_set(&err, ERROR_INVALID, "x");
	for (int i = 0; i < DIAGNOSTICS_MAX; i++)
		diagnostics_add(&list, &err);
	assert_false(list.truncated);
	diagnostics_add(&list, &err);
	assert_true(list.truncated);
	assert_int_equal(list.count, DIAGNOSTICS_MAX);
	diagnostics_done(&list);
}

static void test_copy(void **state)
{
	struct error from = ERROR_INIT, err = ERROR_INIT;

	(void)state;
	error_set(&from, ERROR_LOCKED, "held");
	assert_int_equal(error_copy(&err, &from), -1);
	assert_string_equal(err.message, "held");
	assert_int_equal(err.kind, ERROR_LOCKED);
	assert_int_equal(error_copy(NULL, &from), -1); /* nobody asks for it */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_set_replaces_everything),
		cmocka_unit_test(test_message_may_be_its_own_argument),
		cmocka_unit_test(test_null_drops_the_text),
		cmocka_unit_test(test_errno_decides_the_kind),
		cmocka_unit_test(test_at_keeps_what_it_is_not_given),
		cmocka_unit_test(test_long_texts_are_cut_between_characters),
		cmocka_unit_test(test_exact_fit_is_not_cut),
		cmocka_unit_test(test_diagnostics_sort_by_place),
		cmocka_unit_test(test_diagnostics_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
