/* The words of reports that several of them share: counts, what an action has done, what a step does, the summary. */
#ifndef RECONCILE_REPORT_WORDS_H
#define RECONCILE_REPORT_WORDS_H

#include "base/text_buffer.h"
#include "model/plan.h"

#include <time.h>

/* "1 builder", "3 builders": noun is the singular, the plural takes an s. */
void words_count(struct text *out, size_t count, const char *noun);
const char *action_past(enum action action);			  /* "created", "replaced" … */
const char *change_past(const char *address, enum action action); /* as it reads behind its address */
/* One step for people, printable: "boot builder ci", "remove container buildx_buildkit_ci0". */
const char *step_words(struct arena *arena, const struct step *step);
/* The last line of a plan, without newline: "Plan: 1 to create, …" or "No changes. …". */
void plan_summary(const struct plan *plan, struct text *out);
/* "1 to create, 2 to replace (cache kept)"; `zeros`: with the counts that every plan says, also where they are 0. */
void plan_counts(const struct plan *plan, bool zeros, struct text *out);
/* What a plan was made from, where that is not what lives here: a sentence or two, without a full stop; NULL. */
const char *plan_basis(struct arena *arena, const struct plan *plan, time_t now);
/* "seen on vm, 3 hours ago", of the snapshot that a plan was made from; NULL: it does not say, or there is none. now 0:
 * the time itself. */
const char *taken_words(struct arena *arena, const struct taken *taken, time_t now);
/* "3 hours", "less than a minute" */
const char *age_words(struct arena *arena, int64_t seconds);
/* " Blocked: …." to follow it, when something in the plan may not be applied; else nothing. */
void plan_blocked(const struct plan *plan, struct text *out);
/* "Unmanaged, left alone: foo, bar" needs the list printable. */
const char *words_list(struct arena *arena, const struct strings *list);
/* The place that asked, printable: "states/team.yaml:12", "states/team.yaml:4 (defaults)"; NULL when nobody did. */
const char *source_words(struct arena *arena, const struct source *source);
/* The place to tell of a change: that of its fields when all are of one line, else its own. */
const struct source *change_place(const struct change *change);
/* That of one field where the change's does not tell it; NULL also when all of it is new, and would say a line for each
 * key. */
const char *field_source_words(struct arena *arena, const struct change *change, const struct field_change *field);
/* Another store's builders on the same Engine look like orphans from here: a plan counts them, --doctor lists them. */
size_t plan_orphans(const struct plan *plan);
/* Faults that a plan tells apart from its changes: neither orphans nor what one of the changes mends. */
struct open_faults {
	const struct fault **items;
	size_t count;
};
struct open_faults plan_open_faults(struct arena *arena, const struct plan *plan);
/* What the fault of the same Engine or node says to do about one of plan->unknown; NULL: nothing. */
const char *unknown_mend(struct arena *arena, const struct plan *plan, const char *unknown);

#endif
