/* Sizes and durations as Docker and BuildKit read them. */
#include "model/normal.h"

#include "base/count.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

const char *decimal_read(const char *text, double *ret_value)
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
static const char *duration_unit(const char *text, double *ret_ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {{"ns", 1},	  {"us", 1e3}, {"\u00b5s", 1e3}, {"\u03bcs", 1e3},
		     {"ms", 1e6}, {"s", 1e9},  {"m", 60e9},	 {"h", 3600e9}};

	for (size_t i = 0; i < COUNT(units); i++) {
		if (strncmp(text, units[i].name, strlen(units[i].name)) == 0) {
			*ret_ns = units[i].ns;
			return text + strlen(units[i].name);
		}
	}
	return NULL;
}

int64_t duration_ns(const char *text)
{
	double value, unit, sum = 0;

	if (!text || !*text)
		return -1;
	if (text[strspn(text, "0123456789")] == '\0') {
		decimal_read(text, &value);
		sum = value * 1e9;
	} else {
		while (text && *text) {
			text = decimal_read(text, &value);
			if (text)
				text = duration_unit(text, &unit);
			if (!text)
				return -1;
			sum += value * unit;
		}
	}
	return sum < 0x1p63 ? (int64_t)sum : -1;
}

bool duration_valid(const char *text)
{
	return duration_ns(text) >= 0;
}

/* Behind a quoted text; NULL when it does not end. */
static const char *quoted_end(const char *text)
{
	for (text++; *text && *text != '"'; text++)
		if (*text == '\\' && text[1])
			text++;
	return *text ? text + 1 : NULL;
}

/* Behind one selector, `field`, `field==value`; NULL when it is none. */
static const char *selector_end(const char *text)
{
	static const char *const operators[] = {"==", "!=", "~="};
	const char *field = text;

	while (text && *text && !strchr("=!~,", *text))
		text = *text == '"' ? quoted_end(text) : text + 1;
	if (!text || text == field)
		return NULL;
	if (!*text || *text == ',')
		return text;
	for (size_t i = 0; i < COUNT(operators); i++) {
		if (strncmp(text, operators[i], 2) != 0)
			continue;
		text += 2;
		if (*text == '"')
			return quoted_end(text);
		size_t length = strcspn(text, ", ");
		return length > 0 ? text + length : NULL;
	}
	return NULL;
}

bool gc_filter_valid(const char *text)
{
	for (;;) {
		text = selector_end(text);
		if (!text || !*text)
			return text;
		if (*text++ != ',')
			return false;
	}
}

char *bytes_text(struct arena *arena, int64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	double value = (double)bytes;
	size_t unit = 0;

	for (; value >= 1024 && unit + 1 < COUNT(units); unit++)
		value /= 1024;
	return arena_printf(arena, unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value, units[unit]);
}

char *seconds_text(struct arena *arena, int64_t seconds)
{
	static const struct {
		int64_t unit, below;
		const char *name;
	} units[] = {{1, 120, "s"}, {60, 7200, "min"}, {3600, 48 * 3600, "h"}, {86400, INT64_MAX, "d"}};
	size_t at = 0;

	while (seconds >= units[at].below)
		at++;
	int64_t rest = at > 0 ? seconds % units[at].unit / units[at - 1].unit : 0;
	if (at > 1 && rest > 0)
		return arena_printf(arena, "%" PRId64 " %s %" PRId64 " %s", seconds / units[at].unit, units[at].name,
				    rest, units[at - 1].name);
	return arena_printf(arena, "%" PRId64 " %s", seconds / units[at].unit, units[at].name);
}
