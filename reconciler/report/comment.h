/* A comment on a pull request, or a section of a job's summary, as Markdown: a title that says it all, what matters
 * open, the rest folded, and never longer than it may be.
 *
 *     struct comment comment = {.page = &page};
 *     comment_begin(&comment, "2 to replace (cache kept)", &plan->state_files);
 *     … text that is always there, at page.out …
 *     comment_part(&comment, text, more)       any number of times; whole or not at all, `room` bytes kept for the end
 *
 * The first line is a marker that no reader sees. It is the same for the same command line, so that a bot finds the
 * comment that this one takes the place of. GitHub takes 65,536 characters for a comment (and answers more with
 * "body is too long"), and 1 MiB for a step's summary. */
#ifndef RECONCILE_REPORT_COMMENT_H
#define RECONCILE_REPORT_COMMENT_H

#include "report/style.h"

#include <stdbool.h>

enum { COMMENT_LIMIT = 65000 };

struct comment {
	struct page *page;
	size_t limit;		   /* bytes in all */
	const struct taken *taken; /* of the snapshot that it is about; NULL: none */
};

/* Marker and title: "### reconcile: WORDS · `states/` · runner `vm`". The words are ours, but for `subject`, which a
 * plan has (NULL: none). */
void comment_begin(struct comment *comment, const char *words, const char *subject, const struct strings *files);
/* Whether there is room for so many bytes, and then so many for what comes last. */
bool comment_fits(const struct comment *comment, size_t length, size_t last);
/* "states/a.yaml and states/b.yaml", "states/" for several of one folder, as code. */
void comment_files(struct page *page, const struct strings *files);

#endif
