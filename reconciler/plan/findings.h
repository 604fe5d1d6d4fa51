/* What is wrong between what the state asks for and what the daemons say, and no change mends by itself. Pure. */
#ifndef RECONCILE_PLAN_FINDINGS_H
#define RECONCILE_PLAN_FINDINGS_H

#include "base/arena.h"
#include "model/builder.h"
#include "model/fault.h"
#include "model/live.h"

/* Adds to faults: caches over their limit, platforms that nothing runs, policies that a daemon does not know. desired
 * may be NULL. Texts go into the arena. */
void plan_findings(struct arena *arena, const struct live *live, const struct state *desired, struct faults *faults);
/* Words what mends each of them for somebody with these state files (NULL: with none): what stands there already is not
 * to be written there. files: the options that name them, "" or " -f states". */
void plan_advise(struct arena *arena, const struct state *desired, const char *files, struct faults *faults);

/* The daemon of a node, else any that shares its machine, for emulation is the kernel's; NULL. */
const struct daemon *daemon_at(const struct live *live, const struct live_node *node, const struct engine *engine);
bool daemon_runs(const struct daemon *daemon, const char *platform);

#endif
