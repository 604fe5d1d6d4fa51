/* --push REMOTE: what a mode has done, or found, is sent to a remote that the team shares. */
#ifndef RECONCILE_CLI_PUSH_H
#define RECONCILE_CLI_PUSH_H

#include "cli/session.h"

/* ERROR_USAGE when --push or --fleet names no remote, or what is found is not of this host, or not the whole of it. */
int push_check_options(struct arena *arena, const struct options *options, struct error *err);

/* The remote that the command line names; ERROR_USAGE was found when it was read. */
struct remote;
struct remote remote_of(const struct session *session, const char *address);

/* After a mode that ended with `code`: notes what was found, and pushes. Gives that code, or, when it was a good one
 * and the push failed, the push's. Does nothing without --push, or when the run was interrupted. */
int push_after(struct session *session, int code);

#endif
