/* Escaped text in markup of our own. */
#include "report/html.h"

#include "base/text.h"
#include "model/redact.h"

#include <stdarg.h>
#include <string.h>

static const char *reference(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void put_escaped(struct html *html, const char *text)
{
	while (*text) {
		size_t plain = strcspn(text, "&<>\"'");

		text_append(html->out, text, plain);
		text += plain;
		if (*text)
			text_puts(html->out, reference(*text++));
	}
}

void html_text(struct html *html, const char *text)
{
	if (text)
		put_escaped(html, text_printable(html->arena, text_without_password(html->arena, text), false));
}

void html_lines(struct html *html, const char *text)
{
	if (text)
		put_escaped(html, text_printable(html->arena, text_without_password(html->arena, text), true));
}

void html_prose(struct html *html, const char *text)
{
	const char *open, *close;

	for (text = text ? text : ""; (open = strchr(text, '`')) && (close = strchr(open + 1, '`')); text = close + 1) {
		html_text(html, arena_strndup(html->arena, text, (size_t)(open - text)));
		html_printf(html, "<code>%s</code>", arena_strndup(html->arena, open + 1, (size_t)(close - open) - 1));
	}
	html_text(html, text);
}

void html_printf(struct html *html, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	while (*format) {
		size_t plain = strcspn(format, "%");

		text_append(html->out, format, plain);
		format += plain;
		if (text_starts(format, "%s"))
			html_text(html, va_arg(arguments, const char *));
		else if (text_starts(format, "%d"))
			text_printf(html->out, "%d", va_arg(arguments, int));
		else if (text_starts(format, "%zu"))
			text_printf(html->out, "%zu", va_arg(arguments, size_t));
		else if (*format)
			text_puts(html->out, "%");
		format += !*format ? 0 : text_starts(format, "%zu") ? 3 : 2;
	}
	va_end(arguments);
}
