/* The hold on a state that was rolled back, as people read it. */
#ifndef RECONCILE_CLI_HOLD_H
#define RECONCILE_CLI_HOLD_H

#include "cli/session.h"

/* Why --apply refuses the desired state, printable, and what to do; NULL: it does not. */
const char *session_held(const struct session *session);

#endif
