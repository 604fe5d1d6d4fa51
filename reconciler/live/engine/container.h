/* Containers and volumes of an Engine, for the steps of a plan (live/engine/client.h). */
#ifndef RECONCILE_LIVE_ENGINE_CONTAINER_H
#define RECONCILE_LIVE_ENGINE_CONTAINER_H

#include "live/engine/client.h"

/* Looks the container up by name; ret_id (arena) NULL when there is none. */
int engine_container_id(struct engine_client *client, struct arena *arena, const char *name, const char **ret_id,
			struct error *err);
/* As the Engine tells of it now; NOT_FOUND when there is none. */
int engine_container_inspect(struct engine_client *client, struct arena *arena, const char *name,
			     struct container *ret_container, struct error *err);
int engine_container_stop(struct engine_client *client, const char *id, int grace_seconds, struct error *err);
/* POST /containers/<id>/<verb>: "unpause", "restart?t=10". Already so is no error. */
int engine_container_post(struct engine_client *client, const char *id, const char *verb, struct error *err);
/* POST /containers/<id>/update: limits and restart policy, as JSON; what is left out, or 0, stays as it is. */
int engine_container_update(struct engine_client *client, const char *id, const char *json, struct error *err);
/* Whether it runs, and how many execs run in it: who is connected. NOT_FOUND when it is gone. */
struct container_use {
	bool running;
	size_t execs;
};
int engine_container_use(struct engine_client *client, const char *id, struct container_use *ret_use,
			 struct error *err);
/* Kills if need be, keeps named volumes. Gone already is no error; returns when it is gone. */
int engine_container_remove(struct engine_client *client, const char *id, struct error *err);
/* The end of what the container has said, both streams as one text, in the arena. NOT_FOUND when it is gone. */
int engine_container_log(struct engine_client *client, struct arena *arena, const char *name, const char **ret_text,
			 struct error *err);
/* Makes a volume with these labels ("key=value"); one that is there stays as it is. */
int engine_volume_create(struct engine_client *client, const char *name, const struct strings *labels,
			 struct error *err);
/* Gone already is no error. */
int engine_volume_remove(struct engine_client *client, const char *name, struct error *err);

/* Runs an image that is there, privileged and once, and removes its container. *ret_said is the end of what it said. */
int engine_run(struct engine_client *client, struct arena *arena, const char *image, const struct strings *command,
	       int timeout_ms, int64_t *ret_exit_code, const char **ret_said, struct error *err);

#endif
