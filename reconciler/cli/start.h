/* What to do where there is no state file: for somebody who stands in the wrong folder, or at the beginning. */
#ifndef RECONCILE_CLI_START_H
#define RECONCILE_CLI_START_H

#include "cli/session.h"

/* Whether no -f names a state file and none lies here. */
bool start_lacks_state(const struct session *session);
/* Says on stderr what there is to begin with. */
void start_say(struct session *session);

#endif
