/* The journal of the run that was begun: each step's intent is on disk when history_journal() returns, its outcome
 * before the next step's intent or the end of the change is. history_begin() starts it, and it becomes part of the
 * record (journal.jsonl), of a run that died as well. */
#ifndef RECONCILE_HISTORY_JOURNAL_H
#define RECONCILE_HISTORY_JOURNAL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/text_buffer.h"

#include <stdbool.h>

struct history;

enum journal_event { JOURNAL_BEGIN, JOURNAL_STEP, JOURNAL_STEP_DONE, JOURNAL_DONE, JOURNAL_FAILED };
struct journal_entry {
	enum journal_event event;
	const char *address;	 /* of the change */
	const char *what;	 /* "boot-beside ci0.g2", an error's message; NULL */
	size_t step, step_count; /* 1-based; 0 for events of the change */
	bool more;		 /* another entry follows at once: this one is on disk when that one is */
};
int history_journal(struct history *history, const struct journal_entry *entry, struct error *err);

/* The rest is for record.c and repository.c. */
int journal_start(struct history *history, const char *plan_id, struct error *err);
/* The journal of that plan as it lies on disk; empty when it is another plan's or none. */
int journal_read(struct history *history, const char *plan_id, struct buffer *ret_text, struct error *err);
/* What it tells, as the result.json of a run that died, and as one clause. */
void journal_tell(struct arena *arena, const char *text, struct text *ret_result, const char **ret_story);
void journal_close(struct history *history);
int journal_remove(struct history *history, struct error *err);

#endif
