/* What a step of GitHub's gives to the ones after it, in the file GITHUB_OUTPUT: how the run ended, and the builder
 * that the job uses from here on, as docker/setup-buildx-action tells of its own (report/builder_info.h).
 *
 *     outputs_see(session, live);          after each observation that may be the last one of this run
 *     outputs_append(session, code);       at its end */
#ifndef RECONCILE_CLI_OUTPUTS_H
#define RECONCILE_CLI_OUTPUTS_H

#include "cli/session.h"

/* The newest counts; without one, session->live does. `live` may be NULL: nothing was looked at. */
void outputs_see(const struct session *session, const struct live *live);
/* 0 or an exit code. */
int outputs_append(const struct session *session, int code);

#endif
