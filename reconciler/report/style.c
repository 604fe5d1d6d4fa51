/* How a report looks: colours by meaning, and column arithmetic for UTF-8. */
#include "report/style.h"

#include "base/count.h"
#include "base/xalloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UTF8_LONGEST = 4 };

// clang-format off
static const char *const codes[STYLE_COUNT] = {
	[STYLE_STRONG]  = "\033[1m",
	[STYLE_DIM]     = "\033[2m",
	[STYLE_ADD]     = "\033[32m",
	[STYLE_CHANGE]  = "\033[33m",
	[STYLE_REMOVE]  = "\033[31m",
	[STYLE_FAULT]   = "\033[35m",
	[STYLE_UNKNOWN] = "\033[36m",
};
// clang-format on

// clang-format off
static const enum style by_action[ACTION_COUNT] = {
	[ACTION_CREATE]  = STYLE_ADD,
	[ACTION_CHANGE]  = STYLE_CHANGE,
	[ACTION_REPLACE] = STYLE_CHANGE,
	[ACTION_RESET]   = STYLE_FAULT,
	[ACTION_REMOVE]  = STYLE_REMOVE,
	[ACTION_REPAIR]  = STYLE_FAULT,
	[ACTION_SELECT]  = STYLE_CHANGE,
	[ACTION_PRUNE]   = STYLE_REMOVE,
	[ACTION_UNKNOWN] = STYLE_UNKNOWN,
};
// clang-format on

enum style action_style(enum action action)
{
	return action < ACTION_COUNT ? by_action[action] : STYLE_PLAIN;
}

const char *style_begin(enum style style, bool color)
{
	return color && codes[style] ? codes[style] : "";
}

const char *style_end(enum style style, bool color)
{
	return color && codes[style] ? "\033[0m" : "";
}

void page_put(struct page *page, enum style style, const char *text)
{
	text_puts(page->out, style_begin(style, page->options->color));
	text_puts(page->out, text);
	text_puts(page->out, style_end(style, page->options->color));
}

void page_printf(struct page *page, enum style style, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	char *text = xvasprintf(format, arguments);
	va_end(arguments);
	page_put(page, style, text);
	free(text);
}

void page_pad(struct page *page, int columns)
{
	if (columns > 0)
		text_printf(page->out, "%*s", columns, "");
}

const char *page_safe(struct page *page, const char *text)
{
	return text ? text_printable(page->arena, text, false) : "";
}

struct range {
	uint32_t first, last;
};

/* Unicode's East Asian wide and fullwidth blocks, and emoji, roughly: enough to keep a caret under its character. */
static const struct range wide[] = {{0x1100, 0x115f},	{0x2e80, 0x303e},   {0x3041, 0xa4cf},  {0xac00, 0xd7a3},
				    {0xf900, 0xfaff},	{0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6},
				    {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
static const struct range empty[] = {{0x0300, 0x036f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}};

static bool in_ranges(uint32_t point, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

int character_length(const char *text, int *ret_columns)
{
	uint32_t point = 0;
	size_t length = utf8_decode(text, strnlen(text, UTF8_LONGEST), &point);

	*ret_columns = 1;
	if (*text == '\0')
		return 0;
	if (length == 0)
		return 1;
	if (in_ranges(point, wide, COUNT(wide)))
		*ret_columns = 2;
	else if (in_ranges(point, empty, COUNT(empty)))
		*ret_columns = 0;
	return (int)length;
}

int text_columns(const char *text)
{
	int total = 0, columns, length;

	while ((length = character_length(text, &columns)) > 0) {
		total += columns;
		text += length;
	}
	return total;
}
