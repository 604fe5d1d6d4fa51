/* A page to look at, and the same for a wiki: what --report writes.
 *
 * One HTML file, complete in itself: no script, no network, its style inside, drawings as SVG; or Markdown. It shows
 * what the run has looked at: builders and nodes as a drawing, health, cache use, the plan or record with what differs,
 * configuration, and the history with the way back. What it did not look at is left out; what could not be observed is
 * said as unknown.
 *
 *     struct page_content content = {.mode = "status", .live = live, .plan = plan, .records = &records, …};
 *     page_html(&content, &options, &out);
 *
 * `live` must be a copy without secrets: live_from_json(live_to_json()). options->now is when the page is made; the
 * same content then gives the same bytes. */
#ifndef RECONCILE_REPORT_PAGE_H
#define RECONCILE_REPORT_PAGE_H

#include "model/record.h"
#include "model/result.h"
#include "report/plans.h"
#include "report/status.h"

struct page_content {
	const char *mode;	     /* "status" */
	const char *host;	     /* where what lives was looked at; NULL: nobody says */
	const char *user, *version;  /* who made the page, with which reconcile; user NULL: left out */
	const char *command;	     /* that made it */
	const struct status *status; /* live, plan and what follows from both; NULL: nothing was looked at */
	const struct live *live;     /* NULL as well */
	const char *live_is;	     /* what `live` is where it is not the present: "as it was before"; NULL */
	const struct plan *plan;
	const struct change_result *results;  /* of plan->changes; NULL: nothing was carried out */
	const struct machine_plans *machines; /* of more than one machine; NULL: there is one */
	const struct record *record;	      /* the one that is shown: `plan` and `results` are its own; NULL */
	const struct records *records;	      /* NULL: nobody looked */
	const struct diagnostics *failures;   /* why there is not more; NULL: nothing failed */
};

/* The bytes of page.css without its comments. */
const char *page_style(void);
void page_html(const struct page_content *content, const struct report_options *options, struct text *out);
void page_markdown(const struct page_content *content, const struct report_options *options, struct text *out);

#endif
