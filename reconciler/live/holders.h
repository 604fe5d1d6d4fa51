/* Who has the volume of a node that does not run: BuildKit does not start with a volume that another daemon has locked
 * (moby/buildkit cmd/buildkitd/main.go, "could not lock"). */
#ifndef RECONCILE_LIVE_HOLDERS_H
#define RECONCILE_LIVE_HOLDERS_H

#include "live/engine/observe.h"
#include "model/live.h"

/* After the logs were asked for: asks the Engines on which a node with a volume does not run, or a builder of `desired`
 * (may be NULL) is to be made, which containers run with which volume. Sets the volumes' holders, and makes the nodes
 * SEEN_HELD. Nothing is asked when all is well. */
void holders_ask(struct http *http, struct live *live, const struct state *desired, struct engine_probe *const *probes,
		 size_t count);

#endif
