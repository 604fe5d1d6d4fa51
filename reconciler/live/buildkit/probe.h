/* One daemon that is asked among many. For live/buildkit/observe.c and pods.c alone. */
#ifndef RECONCILE_LIVE_BUILDKIT_PROBE_H
#define RECONCILE_LIVE_BUILDKIT_PROBE_H

#include "live/buildkit/observe.h"
#include "live/buildkit/query.h"
#include "live/buildkit/route.h"

enum probe_state { PROBE_WAITS, PROBE_RUNS, PROBE_DONE };

struct probe {
	struct daemons *daemons;
	struct live_builder *builder;
	struct live_node *node;
	struct pod *pod; /* that it is in; NULL: in none */
	enum probe_state state;
	bool is_ssh;
	enum seen seen;			  /* once it is PROBE_DONE */
	struct daemon_route route, spent; /* spent: a way that led nowhere */
	struct daemon_query query;
	const char *reason, *hint;
};

struct daemons {
	struct http *http;
	struct live *live;
	struct arena *arena;
	const struct state *desired;
	int timeout_ms;
	struct probe **probes;
	size_t count, running, ssh_running;
};

struct probe *probe_add(struct daemons *daemons, struct live_builder *builder, struct live_node *node);
/* Starts as many as may run at once. */
void daemons_pump(struct daemons *daemons);
/* Why it is not well, once it is over. */
const char *probe_reason(const struct probe *probe);
void pods_daemons_assess(struct daemons *daemons);

#endif
