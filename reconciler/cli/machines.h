/* The plans of --plan and --check: one, or with several snapshots one for each machine. */
#ifndef RECONCILE_CLI_MACHINES_H
#define RECONCILE_CLI_MACHINES_H

#include "cli/session.h"

/* The files that --live names, patterns expanded. */
int machines_snapshots(const struct session *session, struct strings *ret_files, struct error *err);
/* Plans as session_plan(), for each snapshot, and publishes them. `differs`: a difference is EXIT_DIFFERENCES. Gives
 * the worst of their exit codes. */
int machines_plan(struct session *session, bool differs);

#endif
