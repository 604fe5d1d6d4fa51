/* Undoes what a failed apply began (plan/undo.h), says what was held against what was there before, and what of it is
 * not as it was. */
#ifndef RECONCILE_CLI_UNDO_H
#define RECONCILE_CLI_UNDO_H

#include "cli/work.h"

enum undone {
	UNDO_NEEDLESS, /* nothing that failed changed anything */
	UNDO_WHOLE,
	UNDO_PARTLY,
	UNDO_INTERRUPTED,
};

/* *ret_note: what became of what failed, for people, printable; *ret_record: the id of the failed run's record, NULL
 * when it cannot be found. */
enum undone undo_failed(const struct work *failed, const char **ret_note, const char **ret_record);

#endif
