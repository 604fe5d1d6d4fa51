/* The sections of the HTML page, one file each. A section puts nothing when there is nothing to show. */
#ifndef RECONCILE_REPORT_PAGE_PARTS_H
#define RECONCILE_REPORT_PAGE_PARTS_H

#include "report/html.h"
#include "report/page_facts.h"

struct sheet {
	struct html html;
	const struct page_content *content;
	const struct report_options *options;
	struct lanes lanes;
	struct cache_uses caches;
	size_t faults; /* without what is left over */
};

/* The sign of a tone, for eyes only: words stand beside it. */
void part_sign(struct sheet *sheet, enum tone tone);
/* "<section> and its heading", with what counts beside it; "" for nothing. */
void part_begin(struct sheet *sheet, const char *id, const char *heading, const char *aside);
void part_end(struct sheet *sheet);

void part_map(struct sheet *sheet);
void part_health(struct sheet *sheet);
void part_cache(struct sheet *sheet);
void part_changes(struct sheet *sheet);
void part_machines(struct sheet *sheet);
void part_configuration(struct sheet *sheet);
void part_history(struct sheet *sheet);
void part_failures(struct sheet *sheet);

/* One plan's changes, what destroys first; results may be NULL. */
void part_plan(struct sheet *sheet, const struct page_content *content);
/* The drawing, for broad screens or narrow ones. */
void part_drawing(struct sheet *sheet, bool narrow);

#endif
