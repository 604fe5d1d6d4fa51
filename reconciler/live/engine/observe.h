/* Looks at many Engines at once: lists, containers, images and files of each, within one deadline per host.
 *
 *     for each look:  engine_probe_start(http, arena, &look)
 *     while (http_step(http, 1000) > 0)
 *             ;
 *     for each look:  engine_probe_finish(&look)
 *
 * Three turns in the usual case: lists; containers, files and images by name; images by id that no name led to. Where
 * the Engine is far, containers and images that the store lets expect are asked for together with the lists.
 */
#ifndef RECONCILE_LIVE_ENGINE_OBSERVE_H
#define RECONCILE_LIVE_ENGINE_OBSERVE_H

#include "base/arena.h"
#include "live/http/endpoint.h"
#include "live/http/http.h"
#include "model/live.h"

struct engine_probe_state;

struct engine_probe {
	/* Asked. */
	struct endpoint endpoint;
	int timeout_ms;
	bool sizes;
	const char *api_version; /* that docker and BuildX will ask by, DOCKER_API_VERSION; "": the Engine's own */
	/* Base names (node_base_name()) of nodes whose config files are wanted, besides containers run with --config.
	 */
	const struct strings *with_files;
	struct strings ahead, ahead_images; /* engine_probe_expect() */
	/* Called once, from http_step() or engine_probe_start(), when nothing more will come of it. May be NULL. */
	void (*done)(void *context, const struct engine_probe *probe);
	void *context;

	/* Answered; everything in the arena. */
	bool reachable;
	const char *reason, *hint; /* why not; hint may be NULL */
	enum maker maker;
	const char *version, *api;    /* as in struct engine */
	struct container *containers; /* by name */
	const char **problems;	      /* one per container: why it could not be inspected, NULL: it was */
	size_t container_count;
	struct volume *volumes; /* by name */
	size_t volume_count;

	struct engine_probe_state *state; /* from start to finish */
};

void engine_probe_start(struct http *http, struct arena *arena, struct engine_probe *probe);
/* Before the start: names a container that is expected there, and the image that it runs, while one more such name
 * saves a turn. It does not matter when they are not there. */
bool engine_probe_goes_ahead(const struct engine_probe *probe);
void engine_probe_expect(struct engine_probe *probe, struct arena *arena, const char *container, const char *image);
bool engine_probe_waits(const struct engine_probe *probe); /* for an answer; from start to finish */
void engine_probe_finish(struct engine_probe *probe);
/* The index of the look at this engine; count when there was none. */
size_t engine_probe_of(struct engine_probe *const *probes, size_t count, const struct engine *engine);

#endif
