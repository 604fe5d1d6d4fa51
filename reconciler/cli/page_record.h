/* A record as a page shows it: its plan, what lived before it, and what became of each change. */
#ifndef RECONCILE_CLI_PAGE_RECORD_H
#define RECONCILE_CLI_PAGE_RECORD_H

#include "cli/session.h"
#include "model/record.h"
#include "model/result.h"

struct page_record {
	struct record record;
	struct plan *plan;
	struct live *live;		     /* NULL: the record does not say */
	const struct change_result *results; /* NULL as well */
};

/* rev as --show takes it. False: there is none, or it cannot be read, which --show has said. What it gives is the
 * caller's: page_record_done(). */
bool page_record_read(const struct session *session, const char *rev, struct page_record *ret_record);
void page_record_done(struct page_record *record);

#endif
