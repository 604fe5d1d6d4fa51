/* Values of driver options, as Go, Docker and Kubernetes read them. */
#include "model/option_value.h"

#include "base/count.h"
#include "base/text.h"
#include "model/kube_value.h"
#include "model/normal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

/* Go's strconv.ParseBool: 1 or 0; -1 for another word. */
static int bool_read(const char *value)
{
	static const char *const words[] = {"0", "f", "F", "FALSE", "false", "False",
					    "1", "t", "T", "TRUE",  "true",  "True"};

	for (size_t i = 0; value && i < COUNT(words); i++)
		if (strcmp(words[i], value) == 0)
			return i >= COUNT(words) / 2;
	return -1;
}

/* Go's strconv.ParseInt in base 10. */
static bool integer_read(const char *value, long long *ret_number)
{
	const char *digits = value + (*value == '-' || *value == '+');

	if (!*digits || digits[strspn(digits, DIGITS)] != '\0')
		return false;
	errno = 0;
	*ret_number = strtoll(value, NULL, 10);
	return errno == 0;
}

static bool is_integer(const char *value)
{
	long long number;

	return integer_read(value, &number);
}

/* Of pods: Kubernetes keeps 32 bits of it, and refuses negative ones. */
static bool is_count(const char *value)
{
	long long number;

	return integer_read(value, &number) && number >= 0 && number <= INT32_MAX;
}

/* "always" is one of "no|always|on-failure[:N]", and so is "on-failure:3". */
static bool is_word(const char *words, const char *value)
{
	for (const char *at = words; *at != '\0';) {
		size_t length = strcspn(at, "|"), plain = strcspn(at, "|[");

		if (strncmp(at, value, plain) == 0 &&
		    (value[plain] == '\0' || (plain < length && value[plain] == ':' && is_integer(value + plain + 1))))
			return true;
		at += length + (at[length] == '|');
	}
	return false;
}

/* Go's time.ParseDuration, which wants a unit; nobody waits for less than no time. */
static bool is_duration(const char *value)
{
	value += *value == '+';
	return strcmp(value, "0") == 0 || (value[strspn(value, DIGITS)] != '\0' && duration_valid(value));
}

const char *option_value_problem(struct arena *arena, const struct driver_option *option, const char *value)
{
	switch (option->type) {
	case OPTION_BOOL:
		return bool_read(value) >= 0 ? NULL : "true or false";
	case OPTION_INTEGER:
		return is_integer(value) ? NULL : "a whole number";
	case OPTION_COUNT:
		return is_count(value) ? NULL : "a whole number, 0 or more";
	case OPTION_SWAP:
		return strcmp(value, "-1") == 0 || memory_bytes(value) >= 0 ? NULL : "a size such as 512m or 4g, or -1";
	case OPTION_MEMORY:
		return memory_bytes(value) >= 0 ? NULL : "a size such as 512m or 4g";
	case OPTION_ABSOLUTE:
		return *value == '/' ? NULL : "an absolute path: BuildX reads it from wherever it is started";
	case OPTION_WORD:
		return is_word(option->words, value) ? NULL : driver_option_words(arena, option);
	case OPTION_DURATION:
		return is_duration(value) ? NULL : "a duration with its unit, such as 120s or 5m";
	default:
		return kube_value_problem(arena, option, value);
	}
}

/* What leaving it out comes to, where that is one thing. */
static const char *value_or_unset(const struct driver_option *option, const char *value)
{
	return text_empty(value) && option->unset && !strchr(option->unset, '|') ? option->unset : value;
}

bool option_value_same(const struct driver_option *option, const char *one, const char *other)
{
	long long a, b;

	one = value_or_unset(option, one);
	other = value_or_unset(option, other);
	if (!one || !other)
		return false;
	switch (option->type) {
	case OPTION_BOOL:
		return bool_read(one) >= 0 && bool_read(one) == bool_read(other);
	case OPTION_INTEGER:
	case OPTION_COUNT:
		return integer_read(one, &a) && integer_read(other, &b) && a == b;
	case OPTION_MEMORY:
	case OPTION_SWAP:
		return memory_bytes(one) >= 0 && memory_bytes(one) == memory_bytes(other);
	case OPTION_DURATION:
		return duration_ns(one) >= 0 && duration_ns(one) == duration_ns(other);
	case OPTION_TEXT:
	case OPTION_WORD:
	case OPTION_DNS_LABEL:
	case OPTION_DNS_NAME:
		return text_equal(one, other);
	default:
		return kube_value_same(option, one, other);
	}
}
