/* The Docker Engine: one client per endpoint, for observing (live/observe.h) and for acting (apply/).
 *
 * Endpoints are unix://, tcp:// (with TLS from a context), ssh:// (through `docker system dial-stdio`) or a context's
 * name. Every call has a deadline and a cap. A client belongs to one thread. The Engine's own words ("message" in its
 * JSON) are the error's message; 404 is NOT_FOUND, 409 is EXISTS, no answer is UNREACHABLE. */
#ifndef RECONCILE_LIVE_ENGINE_H
#define RECONCILE_LIVE_ENGINE_H

#include "base/error.h"
#include "model/live.h"

struct engine_client;

/* Resolves the endpoint with the contexts in `live` (kept by reference: must outlive the client). */
int engine_open(const struct live *live, const char *endpoint, int timeout_ms, struct engine_client **ret_client,
		struct error *err);
void engine_close(struct engine_client *client);

/* Looks the container up by name; ret_id (arena) NULL when there is none. */
int engine_container_id(struct engine_client *client, struct arena *arena, const char *name, const char **ret_id,
			struct error *err);
int engine_container_stop(struct engine_client *client, const char *id, int grace_seconds, struct error *err);
/* POST /containers/<id>/<verb>: "unpause", "restart?t=10". Already so is no error. */
int engine_container_act(struct engine_client *client, const char *id, const char *verb, struct error *err);
/* Whether it runs, and how many execs run in it: who is connected. NOT_FOUND when it is gone. */
struct container_use {
	bool running;
	size_t execs;
};
int engine_container_use(struct engine_client *client, const char *id, struct container_use *ret_use,
			 struct error *err);
/* Kills if need be, keeps named volumes. Gone already is no error; returns when it is gone. */
int engine_container_remove(struct engine_client *client, const char *id, struct error *err);
int engine_volume_remove(struct engine_client *client, const char *name,
			 struct error *err); /* gone already: no error */
/* *ret_id NULL when this engine does not have the image. */
int engine_image_id(struct engine_client *client, struct arena *arena, const char *image, const char **ret_id,
		    struct error *err);
/* Pulls with the credentials in `docker_config`'s config.json (auths, helpers); on_line gets one line per status. */
int engine_image_pull(struct engine_client *client, const char *docker_config, const char *image,
		      void (*on_line)(void *context, const char *line), void *context, struct error *err);

/* Runs an image that is there, privileged and once, and removes its container. *ret_said is the end of what it said. */
int engine_run(struct engine_client *client, struct arena *arena, const char *image, const struct strings *command,
	       int timeout_ms, int64_t *ret_exit_code, const char **ret_said, struct error *err);
/* Empties the build cache of the Engine's own BuildKit; *ret_freed in bytes. */
int engine_build_prune(struct engine_client *client, int64_t *ret_freed, struct error *err);

#endif
