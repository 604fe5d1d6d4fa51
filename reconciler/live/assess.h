/* What the Engines' answers mean for nodes: states, faults, orphans. Pure. */
#ifndef RECONCILE_LIVE_ASSESS_H
#define RECONCILE_LIVE_ASSESS_H

#include "live/engine/observe.h"
#include "model/live.h"

/* Where one endpoint leads: hosts[i] of several names may be the same look. */
struct assessed_endpoint {
	const char *endpoint;		  /* as nodes name it */
	const struct engine_probe *probe; /* NULL: it leads nowhere */
	const char *host;		  /* as this endpoint says it */
	const char *reason;		  /* why, when look is NULL */
};

/* Where the Engine has no BuildKit of its own, as Podman, BuildX makes the builder of each of its contexts a container,
 * whose node is called after the context (docker/buildx driver/manager.go, builder/builder.go): from here on such a
 * builder is of that driver. names: the endpoints that the probe was for; it has answered. */
void assess_context_builders(struct live *live, const struct engine_probe *probe, const struct strings *names);

/* Makes live->engines of the endpoints (sorted here), then fills the nodes' states, live->orphans and the faults. */
void assess(struct live *live, struct assessed_endpoint *endpoints, size_t count);

#endif
