/* Monotonic milliseconds, and RFC 3339 written and read. */
#include "base/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_rfc3339(time_t when, char ret_text[32])
{
	struct tm tm;

	if (!gmtime_r(&when, &tm) || strftime(ret_text, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) {
		static const char unknown[] = "unknown";
		memcpy(ret_text, unknown, sizeof(unknown));
		return;
	}
	/* %Y does not pad years before 1000, such as Go's zero time 0001-01-01. */
	if (tm.tm_year < 1000 - 1900 && tm.tm_year >= -1900) {
		char rest[24];

		strftime(rest, sizeof(rest), "-%m-%dT%H:%M:%SZ", &tm);
		snprintf(ret_text, 32, "%04d%s", (tm.tm_year + 1900) % 10000, rest);
	}
}

/* Reads exactly `count` digits within a range and steps over them. */
static bool read_digits(const char **text, int count, int low, int high, int *ret_value)
{
	int value = 0;

	for (int i = 0; i < count; i++) {
		char digit = (*text)[i];

		if (digit < '0' || digit > '9')
			return false;
		value = value * 10 + (digit - '0');
	}
	*text += count;
	*ret_value = value;
	return value >= low && value <= high;
}

static bool read_char(const char **text, const char *allowed)
{
	if (**text == '\0' || !strchr(allowed, **text))
		return false;
	(*text)++;
	return true;
}

static bool read_offset(const char **text, int *ret_seconds)
{
	int hours = 0, minutes = 0;
	char sign = **text;

	*ret_seconds = 0;
	if (read_char(text, "Zz"))
		return true;
	if (!read_char(text, "+-") || !read_digits(text, 2, 0, 23, &hours) || !read_char(text, ":") ||
	    !read_digits(text, 2, 0, 59, &minutes))
		return false;
	*ret_seconds = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
	return true;
}

int clock_parse_rfc3339(const char *text, time_t *ret_when)
{
	struct tm tm = {0};
	int year = 0, month = 0, second = 0, offset = 0, fraction = 0;

	if (!read_digits(&text, 4, 0, 9999, &year) || !read_char(&text, "-") || !read_digits(&text, 2, 1, 12, &month) ||
	    !read_char(&text, "-") || !read_digits(&text, 2, 1, 31, &tm.tm_mday) || !read_char(&text, "Tt ") ||
	    !read_digits(&text, 2, 0, 23, &tm.tm_hour) || !read_char(&text, ":") ||
	    !read_digits(&text, 2, 0, 59, &tm.tm_min) || !read_char(&text, ":") ||
	    !read_digits(&text, 2, 0, 60, &second))
		return -1;
	if (read_char(&text, ".")) {
		if (!read_digits(&text, 1, 0, 9, &fraction))
			return -1;
		while (read_digits(&text, 1, 0, 9, &fraction))
			;
	}
	if (!read_offset(&text, &offset) || *text != '\0')
		return -1;

	int day = tm.tm_mday;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	time_t when = timegm(&tm);
	if (tm.tm_mday != day) /* timegm() turned 30 February into 2 March */
		return -1;
	*ret_when = when + second - offset;
	return 0;
}
