/* What the Engines' answers mean for nodes: states, faults, orphans. Pure. */
#ifndef RECONCILE_LIVE_JUDGE_H
#define RECONCILE_LIVE_JUDGE_H

#include "live/engine_observe.h"
#include "model/live.h"

/* Where one endpoint leads: hosts[i] of several names may be the same look. */
struct judge_endpoint {
	const char *endpoint;		/* as nodes name it */
	const struct engine_look *look; /* NULL: it leads nowhere */
	const char *reason;		/* why, when look is NULL */
};

/* Makes live->engines of the endpoints (sorted here), then fills the nodes' states, live->orphans and the faults. */
void judge(struct live *live, struct judge_endpoint *endpoints, size_t count);

#endif
