/* Reads records: lists them, finds one by revision or plan id, and gives its files. */
#ifndef RECONCILE_HISTORY_LOG_H
#define RECONCILE_HISTORY_LOG_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "model/record.h"

struct git_commit;
struct history;

/* The newest `limit` of them, newest first, of this store; 0: all of them. */
int history_list(struct history *history, struct arena *arena, size_t limit, struct records *ret_records,
		 struct error *err);
/* Those of other stores as well, which struct record tells apart. */
int history_list_all(struct history *history, struct arena *arena, size_t limit, struct records *ret_records,
		     struct error *err);
/* rev: NULL (the last record of this store), a git revision of main ("HEAD~2", a prefix), or a plan id's prefix; a rev
 * may name another store's record. */
int history_find(struct history *history, struct arena *arena, const char *rev, struct record *ret_record,
		 struct error *err);
/* One file of a record: "plan.json", "report.md" … */
int history_read(struct history *history, const char *record_id, const char *name, struct buffer *ret_data,
		 struct error *err);

/* The commit of a record by its 40 hex digits. Only for this room. */
int record_commit(struct history *history, const char *record_id, struct git_commit **ret_commit, struct error *err);

#endif
