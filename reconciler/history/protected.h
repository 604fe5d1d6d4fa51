/* The builders that are protected: `protect: true` of a state that was applied outlives its line in the state file. */
#ifndef RECONCILE_HISTORY_PROTECTED_H
#define RECONCILE_HISTORY_PROTECTED_H

#include "base/error.h"
#include "base/text.h"

struct history;

/* Their names, in the arena; history NULL: none. */
int history_protected(struct history *history, struct arena *arena, struct strings *ret_names, struct error *err);
/* Adds and takes away names; writes only what changes. */
int history_protect(struct history *history, const struct strings *add, const struct strings *drop, struct error *err);

#endif
