/* Sizes and durations as Docker and BuildKit read them. */
#include "model/normal.h"

#include <ctype.h>
#include <string.h>

/* A decimal number with an optional fraction at the start of text; NULL when there is none, else where it ends. By
 * hand, because strtod() follows the locale and takes hexadecimal, "inf" and "nan". */
static const char *decimal_read(const char *text, double *ret_value)
{
	double value = 0, scale = 1;
	bool digits = false;

	for (; isdigit((unsigned char)*text); text++, digits = true)
		value = value * 10 + (*text - '0');
	if (*text == '.') {
		for (text++; isdigit((unsigned char)*text); text++, digits = true) {
			value = value * 10 + (*text - '0');
			scale *= 10;
		}
	}
	*ret_value = value / scale;
	return digits ? text : NULL;
}

/* docker/go-units size.go, parseSize: "", "b", or k, m, g, t, p alone, with "b" or with "ib"; 0 when it is none. */
static double unit_factor(const char *unit)
{
	static const char units[] = "kmgtp";
	const char *found;

	if (!*unit || strcasecmp(unit, "b") == 0)
		return 1;
	found = strchr(units, tolower((unsigned char)*unit));
	if (!found || (unit[1] && strcasecmp(unit + 1, "b") != 0 && strcasecmp(unit + 1, "ib") != 0))
		return 0;
	return (double)(1LL << (10 * (found - units + 1)));
}

int64_t memory_bytes(const char *text)
{
	double value, factor;
	const char *end;

	if (!text)
		return -1;
	end = decimal_read(text, &value);
	if (!end)
		return -1;
	if (*end == ' ')
		end++;
	factor = unit_factor(end);
	if (factor == 0 || value * factor >= 0x1p63)
		return -1;
	return (int64_t)(value * factor);
}

bool space_valid(const char *text)
{
	size_t digits;

	if (!text)
		return false;
	digits = strspn(text, "0123456789");
	if (digits > 0 && digits <= 3 && strcmp(text + digits, "%") == 0) {
		int percent = 0;

		for (size_t i = 0; i < digits; i++)
			percent = percent * 10 + (text[i] - '0');
		return percent <= 100;
	}
	return memory_bytes(text) >= 0;
}

/* Go's time.ParseDuration knows no days. */
static const char *duration_unit(const char *text)
{
	static const char *const units[] = {"ns", "us", "\u00b5s", "\u03bcs", "ms", "s", "m", "h"};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strncmp(text, units[i], strlen(units[i])) == 0)
			return text + strlen(units[i]);
	return NULL;
}

bool duration_valid(const char *text)
{
	double value;

	if (!text || !*text)
		return false;
	if (text[strspn(text, "0123456789")] == '\0')
		return strlen(text) <= 18;
	while (text && *text) {
		text = decimal_read(text, &value);
		if (text)
			text = duration_unit(text);
	}
	return text != NULL;
}
