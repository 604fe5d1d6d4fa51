/* The files beside the records, each with how it is told that one is damaged and what is lost with it. Only for this
 * room. */
#ifndef RECONCILE_HISTORY_SIDE_FILES_H
#define RECONCILE_HISTORY_SIDE_FILES_H

#include "history/git.h"

struct side_file {
	const char *name;
	int (*check)(const char *path, struct error *err); /* 0 as well for one that is not there */
	const char *lost; /* what is so from now on when it cannot be taken over; NULL: nothing that matters */
	bool each_store;  /* every store has its own: stores.h */
};
const struct side_file *side_file_table(size_t *ret_count);

/* Each in the file of its name. */
int key_check(const char *path, struct error *err);
int hold_check(const char *path, struct error *err);
int leftovers_check(const char *path, struct error *err);
int resets_check(const char *path, struct error *err);
int secret_keys_check(const char *path, struct error *err);
int stores_check(const char *path, struct error *err);
int protected_check(const char *path, struct error *err);
int checked_check(const char *path, struct error *err);
int journal_check(const char *path, struct error *err);

#endif
