/* A plan as a comment on a pull request: comment.h has the frame, markdown.h what keeps foreign text in its place. */
#ifndef RECONCILE_REPORT_PLAN_MARKDOWN_H
#define RECONCILE_REPORT_PLAN_MARKDOWN_H

#include "report/comment.h"

void plan_markdown(const struct plan *plan, const struct report_options *options, struct text *out);
/* Its changes alone, as far as there is room for them and then for `last` bytes; open_first: what destroys is open. */
void plan_markdown_changes(struct comment *comment, const struct plan *plan, bool open_first, size_t last);

#endif
