/* --against REV: the plan of what the state files say otherwise than in another revision of their repository. */
#ifndef RECONCILE_CLI_AGAINST_H
#define RECONCILE_CLI_AGAINST_H

#include "cli/session.h"

/* Fills session->desired and session->plan; 0 or an exit code, as each session_…() step. Asks nothing that lives, uses
 * no variable, writes nothing. */
int session_against(struct session *session);

#endif
