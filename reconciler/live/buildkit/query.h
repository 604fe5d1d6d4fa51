/* Asks one BuildKit daemon everything at once, on the caller's loop: workers, version, disk use, builds.
 *
 *     struct daemon_query look = {.arena = arena, .target = &route.target, .timeout_ms = 5000, .done = …, .context =
 * …}; daemon_query_start(http, &look); while (http_step(http, 1000) > 0)
 *             ;
 *     daemon_query_finish(&look);
 *
 * The calls share one connection. A daemon that lists its workers has answered; what it does not say besides, or not
 * soon, stays unknown: disk_known, builds_known, version NULL. */
#ifndef RECONCILE_LIVE_BUILDKIT_QUERY_H
#define RECONCILE_LIVE_BUILDKIT_QUERY_H

#include "base/arena.h"
#include "live/buildkit/grpc.h"
#include "live/http/http.h"
#include "model/daemon.h"
#include "model/evidence.h"

struct daemon_query;

struct daemon_call {
	struct daemon_query *look;
	struct grpc_call grpc;
	bool under_way;
};

enum daemon_question { ASK_WORKERS, ASK_INFO, ASK_BUILDS, ASK_DISK, ASK_COUNT };

struct daemon_query {
	/* Asked. */
	struct arena *arena;
	const struct http_target *target;
	int timeout_ms;
	bool builds_only;
	void (*done)(void *context, struct daemon_query *look); /* once; may be NULL */
	void *context;

	/* Answered. */
	struct daemon daemon;
	bool failed, refused; /* refused: it did answer, and said no */
	enum seen seen;	      /* what this proves, when it is over */
	struct error failure;

	/* The look's own. */
	struct http *http;
	struct daemon_call calls[ASK_COUNT];
	const char *worker_version;
	size_t under_way;
};

void daemon_query_start(struct http *http, struct daemon_query *look);
void daemon_query_finish(struct daemon_query *look);

#endif
