/* One history for several stores, as with a RECONCILE_HISTORY that is set for a whole machine: whose a record is, and
 * where each store's own files are.
 *
 * A record's trailer Store says whose it is; one without belongs to whoever asks. Of the files beside the records
 * (journal, hold, leftovers, resets) the store that came first has the plain names, and `reconcile.store` says which
 * that is; those of the others end in the store's id. Only for this room. */
#ifndef RECONCILE_HISTORY_STORES_H
#define RECONCILE_HISTORY_STORES_H

#include "history/git.h"

/* Whose records are asked for and written from here on. */
void stores_begin(struct history *history, const char *store);
/* Whether a commit with this message is this store's. */
bool is_of_store(const struct history *history, const char *message);
/* "reconcile.held", or "reconcile.held.<id>", in the repository's folder; malloc'ed. */
char *store_file(const struct history *history, const char *name);
/* Notes which store came first, where nobody has. Call it with the history locked. */
int stores_note(struct history *history, struct error *err);

#endif
