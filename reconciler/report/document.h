/* A page of the manual, written once and printed as Markdown or as a man page (man(7) macros, UTF-8 escaped).
 *
 *     struct document page = {.form = DOCUMENT_MAN, .out = &out};
 *
 *     document_title(&page, "reconcile-faults", 7, "what can be broken, and how it is mended");
 *     document_heading(&page, "Faults");
 *     document_table(&page, columns, COUNT(columns));
 *     for (…)
 *             document_row(&page, (const char *[]){code, cause, mend});
 *
 * Texts are one paragraph in the few marks of Markdown that both forms know: `literal` and *PLACEHOLDER*. A table
 * becomes a table in Markdown, and in a man page a list: its first column is the term, and each further cell a
 * sentence below it. Nothing here fails: what is printed is our own. */
#ifndef RECONCILE_REPORT_DOCUMENT_H
#define RECONCILE_REPORT_DOCUMENT_H

#include "base/text_buffer.h"

#include <stdbool.h>

enum document_form { DOCUMENT_MARKDOWN = 0, DOCUMENT_MAN };

struct column {
	const char *head;
	bool note; /* a man page puts "Head: " before it, after what the row says */
};

struct document {
	enum document_form form;
	struct text *out;
	const struct column *columns; /* of the table that is being written */
	size_t column_count;
	bool begun; /* a heading has begun a paragraph */
};

/* Begins the page: its name, its section of the manual, and what it is about in one clause. */
void document_title(struct document *page, const char *name, int section, const char *about);
void document_heading(struct document *page, const char *text);
void document_subheading(struct document *page, const char *text);
void document_text(struct document *page, const char *text);
void document_code(struct document *page, const char *language, const char *lines); /* as they stand, '\n' between */
void document_table(struct document *page, const struct column *columns, size_t count);
/* One cell per column; "" for none. */
void document_row(struct document *page, const char *const *cells);
/* Ends the page: the other pages of the manual, then more, which may be "". */
void document_see_also(struct document *page, const char *more);

#endif
