/* The clock: RFC 3339 written and read. */
#include "base/clock.h"

#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_monotonic(void **state)
{
	int64_t first = clock_ms(), second = clock_ms();

	(void)state;
	assert_true(second >= first);
}

static void test_written(void **state)
{
	static const struct {
		time_t when;
		const char *text;
	} rows[] = {
		{0, "1970-01-01T00:00:00Z"},
		{1769860800, "2026-01-31T12:00:00Z"},
		{-62135596800, "0001-01-01T00:00:00Z"}, /* Go's zero time */
		{-62167219200, "0000-01-01T00:00:00Z"},
		{253402300799, "9999-12-31T23:59:59Z"},
		{INT64_MAX, "unknown"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[32];
		time_t back = 1;

		clock_rfc3339(rows[i].when, text);
		assert_string_equal(text, rows[i].text);
		if (rows[i].when != INT64_MAX) {
			assert_int_equal(clock_parse_rfc3339(text, &back), 0);
			assert_true(back == rows[i].when);
		}
	}
}

static void test_read(void **state)
{
	static const struct {
		const char *text;
		time_t when;
	} rows[] = {
		{"2026-01-31T12:00:00Z", 1769860800},	   {"2026-01-31t12:00:00z", 1769860800},
		{"2026-01-31 12:00:00Z", 1769860800},	   {"2026-01-31T12:00:00.123456789Z", 1769860800},
		{"2026-01-31T14:30:00+02:30", 1769860800}, {"2026-01-31T07:00:00.5-05:00", 1769860800},
		{"2024-02-29T00:00:00Z", 1709164800},	   {"2016-12-31T23:59:60Z", 1483228800}, /* a leap second */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		time_t when = 0;

		assert_int_equal(clock_parse_rfc3339(rows[i].text, &when), 0);
		assert_true(when == rows[i].when);
	}
}

static void test_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"2026",
		"2026-01-31",
		"2026-01-31T12:00:00",
		"2026-01-31T12:00Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"2026-04-31T00:00:00Z",
		"2026-01-00T00:00:00Z",
		"2026-01-01T24:00:00Z",
		"2026-01-01T00:60:00Z",
		"2026-01-01T00:00:61Z",
		"2026-01-01T00:00:00.Z",
		"2026-01-01T00:00:00+24:00",
		"2026-01-01T00:00:00+0100",
		"2026-01-01T00:00:00Zx",
		" 2026-01-01T00:00:00Z",
		"26-01-01T00:00:00Z",
		"-026-01-01T00:00:00Z",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		time_t when = 42;

		assert_int_equal(clock_parse_rfc3339(rows[i], &when), -1);
		assert_true(when == 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_monotonic),
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
