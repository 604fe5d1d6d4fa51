/* --report FILE: the page (report/page.h) of what a run looked at, whatever it prints, in each file that is named; its
 * ending says whether as HTML or as Markdown.
 *
 * publish_end() makes it, when all is known: what the run planned and did, what it saw last, why it failed. */
#ifndef RECONCILE_CLI_PAGE_H
#define RECONCILE_CLI_PAGE_H

#include "cli/session.h"

/* Whether FILE ends as one that can be written; else ERROR_USAGE. */
int page_check_name(const char *path, struct error *err);
/* Takes over what was observed after something was done: the page shows the last of it. */
void page_keep(const struct session *session, struct live *live);
/* 0 or an exit code. */
int page_save(struct session *session);

#endif
