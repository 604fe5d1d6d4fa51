/* HTML and SVG in which foreign text cannot become anything but text.
 *
 *     html_printf(&html, "<td class=\"name\">%s</td>", builder->name);
 *
 * The format is our own markup; what %s stands for is escaped for text and for attributes in double quotes alike, made
 * printable first (text_printable()), and without passwords of URLs (text_without_password()). There is no way to put a
 * text in unescaped, so none can be forgotten. Nothing foreign may stand where a URL, a style, a script or the name of
 * an element or attribute is read: ids are numbers of ours. */
#ifndef RECONCILE_REPORT_HTML_H
#define RECONCILE_REPORT_HTML_H

#include "base/arena.h"
#include "base/text_buffer.h"

struct html {
	struct text *out;
	struct arena *arena; /* of the printable copies */
};

/* Of a format, only %s, %d, %zu and %% are known; a NULL text is an empty one. */
void html_printf(struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Text alone, of one line. */
void html_text(struct html *html, const char *text);
/* The same, its newlines and tabs kept: for <pre>. */
void html_lines(struct html *html, const char *text);
/* Text in which what stands between backticks, as our own messages have commands, is a <code>. */
void html_prose(struct html *html, const char *text);

#endif
