/* What an apply has the history keep on disk before it acts: apply_notes as history_journal() and the ledger. */
#ifndef RECONCILE_CLI_NOTES_H
#define RECONCILE_CLI_NOTES_H

#include "apply/apply.h"

struct history;

/* The notes hold on to the history. */
struct apply_notes notes_of(struct history *history);

#endif
