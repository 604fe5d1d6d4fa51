/* The history: a bare git repository, one per store, that any git client can read.
 *
 *     history_begin()  before anything is touched: a pending ref and a private ref
 *     ... apply ...
 *     history_finish() one commit on main with the outcome; the pending ref goes
 *
 * A pending ref that is found later is a run that died; history_recover() makes it a record with Status: interrupted.
 * Refs: refs/heads/main, refs/reconcile/pending/<plan-id>, refs/reconcile/private/<plan-id> (a plan applied again gets
 * <first 16 digits>-<number>; the record's trailer Private-Ref says which). A history belongs to one thread.
 * The repository is 0700; one that others may write is refused. Trees on main: plan.json, desired.yaml, live.json,
 * result.json, report.md. Raw bytes, which may hold secrets, live only under the private ref. */
#ifndef RECONCILE_HISTORY_HISTORY_H
#define RECONCILE_HISTORY_HISTORY_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"
#include "model/builder.h"
#include "model/live.h"
#include "model/record.h"

#include <stdint.h>
#include <time.h>

struct history;

/* $RECONCILE_HISTORY, else $XDG_STATE_HOME/reconcile/<id>.git, else ~/.local/state/reconcile/<id>.git. */
char *history_path(struct arena *arena, const char *const *env, const char *store_id);
/* create false and no repository there: 0 with *ret_history NULL. */
int history_open(const char *path, bool create, struct history **ret_history, struct error *err);
void history_close(struct history *history); /* NULL is allowed */

/* Random bytes kept in the repository's folder (0600), for keyed digests of secrets. */
enum { HISTORY_KEY = 32 };
int history_key(struct history *history, unsigned char ret_key[HISTORY_KEY], struct error *err);
int64_t history_serial(struct history *history); /* records on main; 0 for NULL */

struct record_content {
	const char *plan_id, *store, *subject; /* subject: "apply: create ci, replace arm" */
	const char *plan_json, *desired_yaml, *live_json, *report_md;
	const char *desired_digest;
	const struct store_file
		*raw; /* every file that the plan may touch, existing or not (not: restored by removal) */
	size_t raw_count;
};
int history_begin(struct history *history, const struct record_content *content, struct error *err);
/* status: "applied", "partial", "failed", "rolled-back", "interrupted". */
int history_finish(struct history *history, const char *plan_id, const char *status, const char *result_json,
		   struct error *err);
/* The journal of the run that was begun: each step's intent is on disk when this returns, its outcome before the next
 * step's intent or the end of the change is. history_begin() starts it, and it becomes part of the record
 * (journal.jsonl), of a run that died as well. */
enum journal_event { JOURNAL_BEGIN, JOURNAL_STEP, JOURNAL_STEP_DONE, JOURNAL_DONE, JOURNAL_FAILED };
struct journal_entry {
	enum journal_event event;
	const char *address;	 /* of the change */
	const char *what;	 /* "boot-beside ci0.g2", an error's message; NULL */
	size_t step, step_count; /* 1-based; 0 for events of the change */
};
int history_journal(struct history *history, const struct journal_entry *entry, struct error *err);

/* Makes records of pending runs that died. ret_stories says of each what it was and where it was cut off, in the arena.
 * Call it with the run lock held. */
int history_recover(struct history *history, struct arena *arena, struct strings *ret_stories, struct error *err);

int history_list(struct history *history, struct arena *arena, size_t limit, struct records *ret_records,
		 struct error *err);
/* rev: NULL (the last record), a git revision of main ("HEAD~2", a prefix), or a plan id's prefix. */
int history_find(struct history *history, struct arena *arena, const char *rev, struct record *ret_record,
		 struct error *err);
/* One file of a record: "plan.json", "report.md" … */
int history_read(struct history *history, const char *record_id, const char *name, struct buffer *ret_data,
		 struct error *err);

/* The state before that record, as desired state for plan_make() with rollback set: every builder and context that its
 * plan or a later record's touched, present with its exact bytes as they were before, or absent; the selection
 * likewise. What is not at hand any more is named in ret_left. */
int history_target(struct history *history, const struct record *record, struct state **ret_state,
		   struct strings *ret_left, struct arena *arena, struct error *err);

/* Names of options that a state file called secret, kept so that a later run without that file hides their values too.
 */
int history_add_secret_keys(struct history *history, const struct strings *keys, struct error *err);
void history_secret_keys(struct history *history, struct arena *arena, struct strings *ret_keys); /* none: empty */

/* Which `cache: {reset: id}` was done last, builder -> id, sorted; none for a NULL history. */
int history_cache_resets(struct history *history, struct arena *arena, struct pairs *ret_resets, struct error *err);
int history_add_cache_reset(struct history *history, const char *builder, const char *id, struct error *err);

/* The ledger of leftovers (model/leftover.h). Adding replaces the entry of the same host and node; settling drops the
 * entries of what a builder names again and of what is gone, by a fresh observation. None for a NULL history. */
int history_leftovers(struct history *history, struct arena *arena, struct leftovers *ret_leftovers, struct error *err);
int history_add_leftover(struct history *history, const struct leftover *leftover, struct error *err);
int history_set_diversion(struct history *history, const struct diversion *diversion, struct error *err);
int history_settle_leftovers(struct history *history, const struct live *live, struct error *err);

/* The hold on a state that was rolled back: its desired digest may not be applied again unasked. */
int history_hold(struct history *history, const char *desired_digest, struct error *err);
bool history_is_held(struct history *history, const char *desired_digest);
int history_release(struct history *history, struct error *err); /* a later apply clears it */

#endif
