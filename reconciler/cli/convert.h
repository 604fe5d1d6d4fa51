/* --import --from-action WORKFLOW, --import --from-script FILE: a state file of what makes builders elsewhere. */
#ifndef RECONCILE_CLI_CONVERT_H
#define RECONCILE_CLI_CONVERT_H

#include "cli/session.h"

/* Whether the options ask for it. */
bool convert_is_asked(const struct options *options);
/* As a mode: the exit code. */
int convert(struct session *session);

#endif
