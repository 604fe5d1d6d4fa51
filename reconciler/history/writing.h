/* What every function of this room does first that reads or writes the repository: it acts as the repository's owner,
 * so that root leaves nothing there that the owner cannot use; and what writes locks the history, for runs of several
 * stores may share one. Only for this room.
 *
 *	CLEANUP_WRITING struct writing writing = {0};
 *	if (writing_begin(history, &writing, err) < 0)
 *		return -1;
 */
#ifndef RECONCILE_HISTORY_WRITING_H
#define RECONCILE_HISTORY_WRITING_H

#include "base/acting.h"
#include "history/git.h"

struct writing {
	struct acting acting;
	int lock_fd; /* 0: none */
};

/* LOCKED when another run writes for longer than that takes. Not to be nested. */
int writing_begin(struct history *history, struct writing *writing, struct error *err);
void writing_end(struct writing *writing);
#define CLEANUP_WRITING __attribute__((cleanup(writing_end)))

/* What only reads needs no lock: refs and files are replaced as a whole. */
#define READING(history)                                                                                               \
	CLEANUP_ACTING struct acting reading_ = {0};                                                                   \
	acting_begin((history)->user, (history)->group, &reading_, NULL)

#endif
