/* How a report looks: the page being written, its colours, and the width of texts in columns.
 *
 * A page lives on the stack of one report_…() call. Foreign strings go through page_safe() before they are put. */
#ifndef RECONCILE_REPORT_STYLE_H
#define RECONCILE_REPORT_STYLE_H

#include "report/report.h"

#include "base/text_buffer.h"

enum style {
	STYLE_PLAIN = 0,
	STYLE_STRONG,
	STYLE_DIM,
	STYLE_ADD,
	STYLE_CHANGE,
	STYLE_REMOVE,
	STYLE_FAULT,
	STYLE_UNKNOWN,
	STYLE_COUNT,
};

struct page {
	struct text *out;
	const struct report_options *options;
	struct arena *arena; /* of the printable copies */
};

enum style action_style(enum action action);

/* The escape sequences around a style, "" without colour. */
const char *style_begin(enum style style, bool color);
const char *style_end(enum style style, bool color);

void page_put(struct page *page, enum style style, const char *text);
void page_printf(struct page *page, enum style style, const char *format, ...) __attribute__((format(printf, 3, 4)));
void page_pad(struct page *page, int columns); /* nothing when not positive */
/* A copy that is safe on a terminal, on one line; NULL gives "". */
const char *page_safe(struct page *page, const char *text);

/* Columns that UTF-8 text takes on a terminal: wide characters count two, combining ones nothing. */
int text_columns(const char *text);
/* Bytes of the character that begins at text (1 for a broken one), and its columns. 0 at the end. */
int character_length(const char *text, int *ret_columns);

#endif
