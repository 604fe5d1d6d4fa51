/* What is damaged in a history. A plan needs little of it and comes all the same; an apply is refused before it acts,
 * and can begin a new history beside the damaged one.
 *
 *     if (history_open_of(...) < 0)      ERROR_CORRUPT: damaged so that it cannot be opened
 *     history_examine(...)               what else is damaged
 *     history_renew(...)                 moves it aside, as it is, and opens a new one */
#ifndef RECONCILE_HISTORY_EXAMINE_H
#define RECONCILE_HISTORY_EXAMINE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>

struct history;

/* Of what an apply will touch, or of everything, the newest records first and for some seconds at most. Each in one
 * sentence that names the file or ref, in the arena; not more than a few. */
enum history_depth { EXAMINE_TOUCHED, EXAMINE_ALL };
void history_examine(struct history *history, enum history_depth depth, struct arena *arena,
		     struct strings *ret_damages);

struct renewal {
	const char *aside;   /* where it is now: "<path>.damaged-<time>" */
	struct strings lost; /* what is so from now on, as what was beside the records could not be read */
	bool resets_lost;    /* which caches were reset is not known any more */
};
/* Moves the history at `path` aside and opens a new one in its place, with what beside the records of the old one can
 * be read. Nothing is deleted. The run lock must be held, and the old history be closed. Texts in the arena. */
int history_renew(const char *store, const char *path, struct arena *arena, struct renewal *ret_renewal,
		  struct history **ret_history, struct error *err);

#endif
