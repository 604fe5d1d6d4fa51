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

/* Makes live->engines of the endpoints (sorted here), then fills the nodes' states, live->orphans and the faults. */
void assess(struct live *live, struct assessed_endpoint *endpoints, size_t count);

#endif
