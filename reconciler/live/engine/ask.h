/* Further questions to Engines that have been observed, all at once, once their answers were judged.
 *
 *     struct engine_asker asker;
 *     engine_asker_init(&asker, http, live, probes, count);
 *     engine_ask(&asker, engine, path, cap, done, context);   // as often as wanted; path and context are kept by the
 * caller engine_asker_run(&asker);                                // calls every done(), and closes what was opened */
#ifndef RECONCILE_LIVE_ENGINE_ASK_H
#define RECONCILE_LIVE_ENGINE_ASK_H

#include "live/engine/observe.h"
#include "model/live.h"

struct tunnel;

struct engine_asker {
	struct http *http;
	struct arena *arena;
	struct engine_probe *const *probes;
	size_t count;
	struct tunnel **tunnels; /* one per probe that needs one */
};

void engine_asker_init(struct engine_asker *asker, struct http *http, struct live *live,
		       struct engine_probe *const *probes, size_t count);
/* GETs the path. An Engine that was not observed, or is not reached any more, is not asked: done() is not called. */
void engine_ask(struct engine_asker *asker, const struct engine *engine, const char *path, size_t cap,
		void (*done)(void *context, const struct http_response *response), void *context);
void engine_asker_run(struct engine_asker *asker);

#endif
