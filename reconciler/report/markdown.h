/* Markdown that foreign text cannot leave, and that reads well as it stands: in a mail, in `git show`, in a log.
 *
 * What a name or a value says is put into code, where neither CommonMark (spec.commonmark.org, 6.1 and 4.5) nor what
 * GitHub and GitLab add to it (mentions, issues, commits, bare addresses, emoji) finds anything; words that are plainly
 * words stay as they are. So there is no character reference in running text, and no blank of no width that a reader
 * would copy along. Texts are printable already (text_printable()), and of one line but for markdown_block()'s. */
#ifndef RECONCILE_REPORT_MARKDOWN_H
#define RECONCILE_REPORT_MARKDOWN_H

#include "base/text_buffer.h"

/* One code span; "" becomes `""`. */
void markdown_code(struct text *out, const char *text);
/* Running text: what might be more than a word becomes a code span, word by word. NULL is nothing. */
void markdown_prose(struct text *out, const char *text);
/* The same in a cell of a table, whose parser looks for bars before it looks for code. */
void markdown_cell(struct text *out, const char *text);
/* The same inside HTML, where Markdown is not read: between <summary> and </summary>. */
void markdown_html_code(struct text *out, const char *text);
void markdown_html_prose(struct text *out, const char *text);
/* A block of code, its fence longer than any run of backticks in `lines`; "" for no language. */
void markdown_block(struct text *out, const char *language, const char *lines);

#endif
