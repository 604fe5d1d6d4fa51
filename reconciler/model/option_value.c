/* Values of driver options, as Go, Docker and Kubernetes read them. */
#include "model/option_value.h"

#include "base/count.h"
#include "base/text.h"
#include "model/normal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

enum { EXPONENT_MAX = 300 }; /* of a double; Kubernetes caps at 18 */

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

/* k8s.io/apimachinery pkg/api/resource/quantity.go, ParseQuantity; negative ones, which the cluster refuses, are -1 as
 * all that is none. */
static double quantity_read(const char *value)
{
	static const struct {
		const char *suffix;
		double factor;
	} units[] = {{"", 1},	     {"n", 1e-9},    {"u", 1e-6},    {"m", 1e-3},   {"k", 1e3},	    {"M", 1e6},
		     {"G", 1e9},     {"T", 1e12},    {"P", 1e15},    {"E", 1e18},   {"Ki", 0x1p10}, {"Mi", 0x1p20},
		     {"Gi", 0x1p30}, {"Ti", 0x1p40}, {"Pi", 0x1p50}, {"Ei", 0x1p60}};
	double number;

	value = decimal_read(value + (*value == '+'), &number);
	if (!value)
		return -1;
	for (size_t i = 0; i < COUNT(units); i++)
		if (strcmp(value, units[i].suffix) == 0)
			return number * units[i].factor;
	long long exponent;
	if ((*value != 'e' && *value != 'E') || !integer_read(value + 1, &exponent) || exponent > EXPONENT_MAX ||
	    exponent < -EXPONENT_MAX)
		return -1;
	for (; exponent > 0; exponent--)
		number *= 10;
	for (; exponent < 0; exponent++)
		number /= 10;
	return number;
}

/* Takes what is before the separator off *at, which becomes NULL behind the last. */
static char *part_take(char **at, char separator)
{
	char *part = *at, *end = strchr(part, separator);

	*at = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return part;
}

/* docker/buildx driver/kubernetes/factory.go, splitMultiValues. `reserved`: BuildX sets this one itself
 * (driver/kubernetes/manifest/manifest.go). */
static bool is_labels(struct arena *arena, const char *value, const char *reserved)
{
	for (char *at = arena_strdup(arena, value); at;) {
		const char *pair = part_take(&at, ','), *sign = strchr(pair, '=');

		if (!sign || sign == pair || strchr(sign + 1, '='))
			return false;
		if (reserved && (size_t)(sign - pair) == strlen(reserved) &&
		    strncmp(pair, reserved, strlen(reserved)) == 0)
			return false;
	}
	return true;
}

static bool is_toleration_field(const char *field)
{
	static const char *const keys[] = {"key=", "operator=", "value=", "effect="};
	static const char seconds[] = "tolerationSeconds=";
	const char *sign = strchr(field, '=');

	if (!sign || strchr(sign + 1, '='))
		return false;
	for (size_t i = 0; i < COUNT(keys); i++)
		if (text_starts(field, keys[i]))
			return true;
	return text_starts(field, seconds) && is_integer(field + strlen(seconds));
}

/* The same file, processDriverOpts. It passes over what is no pair; here that is told. */
static bool is_tolerations(struct arena *arena, const char *value)
{
	for (char *at = arena_strdup(arena, value); at;)
		for (char *fields = part_take(&at, ';'); fields;)
			if (!is_toleration_field(part_take(&fields, ',')))
				return false;
	return true;
}

static const char *labels_words(struct arena *arena, const char *reserved)
{
	return arena_printf(arena, "pairs, NAME=VALUE,NAME=VALUE%s%s%s", reserved ? ", without `" : "",
			    reserved ? reserved : "", reserved ? "`, which BuildX sets itself" : "");
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
	case OPTION_QUANTITY:
		return quantity_read(value) >= 0 ? NULL
						 : "a quantity as Kubernetes writes it, such as 500m, 2, 64Mi or 10Gi";
	case OPTION_LABELS:
		return is_labels(arena, value, option->words) ? NULL : labels_words(arena, option->words);
	case OPTION_TOLERATIONS:
		return is_tolerations(arena, value)
			       ? NULL
			       : "made of key=, value=, operator=, effect= and tolerationSeconds=, "
				 "parted by commas, and several by semicolons";
	case OPTION_TEXT:
	case OPTION_PREFIX:
		break;
	}
	return NULL;
}

bool option_value_same(const struct driver_option *option, const char *one, const char *other)
{
	long long a, b;

	switch (option->type) {
	case OPTION_BOOL:
		one = one ? one : option->unset;
		other = other ? other : option->unset;
		return one && other && bool_read(one) >= 0 && bool_read(one) == bool_read(other);
	case OPTION_INTEGER:
	case OPTION_COUNT:
		return one && other && integer_read(one, &a) && integer_read(other, &b) && a == b;
	case OPTION_MEMORY:
	case OPTION_SWAP:
		return one && other && memory_bytes(one) >= 0 && memory_bytes(one) == memory_bytes(other);
	case OPTION_DURATION:
		return one && other && duration_ns(one) >= 0 && duration_ns(one) == duration_ns(other);
	case OPTION_QUANTITY:
		return one && other && quantity_read(one) >= 0 && quantity_read(one) == quantity_read(other);
	default:
		return false;
	}
}
