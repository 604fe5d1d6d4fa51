/* Carries a plan out between its two entries in the history, verifies it, and rolls back what failed. */
#ifndef RECONCILE_CLI_CARRY_OUT_H
#define RECONCILE_CLI_CARRY_OUT_H

#include "cli/locked.h"

/* session->plan, made from session->live, has changes and nothing is in its way; the history is open. */
int carry_out(struct session *session, const struct act *act);

#endif
