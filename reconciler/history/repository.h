/* The history: a bare git repository, one per store, that any git client can read. Where several stores are given the
 * same one, each has its own records in it, and they are written one at a time.
 *
 *     history_open_of()
 *     history_recover() ends what died before                                                    record.h
 *     history_begin()   before anything is touched: a pending ref and a private ref              record.h
 *     history_journal() before and after each step of the apply                                  journal.h
 *     history_finish()  one commit on main with the outcome; the pending ref goes                record.h
 *     history_close()
 *
 * What was recorded is read by log.h and target.h. Beside the records the repository keeps what one run has to tell the
 * next: hold.h, leftovers.h, resets.h, secret_keys.h.
 *
 * Refs: refs/heads/main, refs/reconcile/pending/<plan-id>, refs/reconcile/private/<plan-id> (a plan applied again gets
 * <first 16 digits>-<number>; the record's trailer Private-Ref says which). A history belongs to one thread.
 * The repository is 0700; one that others may write is refused, and somebody else's; but root keeps a
 * user's as that user, with a user's store. Trees on main: plan.json, desired.yaml, live.json,
 * result.json, report.md. Raw bytes, which may hold secrets, live only under the private ref. */
#ifndef RECONCILE_HISTORY_REPOSITORY_H
#define RECONCILE_HISTORY_REPOSITORY_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

struct history;

/* $RECONCILE_HISTORY, else $XDG_STATE_HOME/reconcile/<id>.git, else ~/.local/state/reconcile/<id>.git; NULL when none
 * of these says. In the arena. */
char *history_path(struct arena *arena, const char *const *env, const char *store_id);
/* create false and no repository there: 0 with *ret_history NULL. */
int history_open(const char *path, bool create, struct history **ret_history, struct error *err);
/* The same of one store, by its real path: its records are asked for and written. Without one, all are. Root opens
 * that of the store's owner, and what it writes there belongs to them. */
int history_open_of(const char *store, const char *path, bool create, struct history **ret_history, struct error *err);
void history_close(struct history *history); /* NULL is allowed */

/* Random bytes kept in the repository's folder (0600), for keyed digests of secrets. */
enum { HISTORY_KEY = 32 };
int history_key(struct history *history, unsigned char ret_key[HISTORY_KEY], struct error *err);
int64_t history_serial(struct history *history); /* records of this store; 0 for NULL */

/* What it was made with, for --version: "libgit2/1.9.1". */
const char *history_library(struct arena *arena);

#endif
