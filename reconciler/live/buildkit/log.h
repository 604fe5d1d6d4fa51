/* The last words of daemons that are not well: what their logs say of the database and the disk. */
#ifndef RECONCILE_LIVE_BUILDKIT_LOG_H
#define RECONCILE_LIVE_BUILDKIT_LOG_H

#include "live/engine/observe.h"
#include "model/live.h"

/* After the nodes were judged: asks the Engines for the end of the logs of the containers that end by themselves or
 * whose daemon does not answer, all at once, and waits for them. Nothing is asked when all is well. */
void logs_ask(struct http *http, struct live *live, struct engine_probe *const *probes, size_t count);

/* The fault that a log tells of (FAULT_NONE), and the line that does. log is what the Engine answers. Pure. */
enum fault_code log_fault(struct arena *arena, const char *log, size_t length, const char **ret_line);

#endif
