/* Images of an Engine, for the steps of a plan (live/engine/client.h). */
#ifndef RECONCILE_LIVE_ENGINE_IMAGE_H
#define RECONCILE_LIVE_ENGINE_IMAGE_H

#include "live/engine/client.h"

/* *ret_id NULL when this engine does not have the image. */
int engine_image_id(struct engine_client *client, struct arena *arena, const char *image, const char **ret_id,
		    struct error *err);

/* A pull takes as long as it gets on: only silence ends it. */
struct pull_request {
	const char *image;
	const char *docker_config; /* whose config.json has the credentials (auths, helpers); NULL: none */
	int silence_ms;		   /* allowed without a word from the Engine */
	void (*on_line)(void *context, const char *line); /* one line per status */
	void *context;
};
int engine_image_pull(struct engine_client *client, const struct pull_request *request, struct error *err);
/* Empties the build cache of the Engine's own BuildKit; *ret_freed in bytes. */
int engine_build_prune(struct engine_client *client, int64_t *ret_freed, struct error *err);

#endif
