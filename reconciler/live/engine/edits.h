/* What somebody changed inside a container: files copied in (`docker cp`), written or installed by `docker exec`.
 *
 * The Engine compares a container's own layer with its image (GET /containers/ID/changes). What every node's container
 * shows there by itself is left out: the sockets and state of BuildKit, the init that the Engine puts in, and
 * /etc/buildkit, which BuildX fills and whose files are compared one by one. */
#ifndef RECONCILE_LIVE_ENGINE_EDITS_H
#define RECONCILE_LIVE_ENGINE_EDITS_H

#include "base/error.h"
#include "base/interrupt.h"
#include "model/live.h"

/* The Engine's answer -> paths, sorted; folders that were only written into are left out. Pure. */
int engine_parse_edits(struct arena *arena, const char *data, size_t length, struct strings *ret_paths,
		       struct error *err);

struct plan;

/* Asks about the containers that the plan gives up for others, all at once, and notes the answers in `live`. True when
 * a container was found changed, or could not be compared: then the plan is to be made again. Nothing is asked where
 * the plan gives no container up; `interrupt` (may be NULL) cuts it off. */
bool edits_ask(struct live *live, const struct plan *plan, int timeout_ms, const struct interrupt *interrupt);

#endif
