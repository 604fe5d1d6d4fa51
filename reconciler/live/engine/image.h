/* Images of an Engine, for the steps of a plan (live/engine/client.h). */
#ifndef RECONCILE_LIVE_ENGINE_IMAGE_H
#define RECONCILE_LIVE_ENGINE_IMAGE_H

#include "live/engine/client.h"

/* *ret_id NULL when this engine does not have the image. */
int engine_image_id(struct engine_client *client, struct arena *arena, const char *image, const char **ret_id,
		    struct error *err);
/* Pulls with the credentials in `docker_config`'s config.json (auths, helpers); on_line gets one line per status. */
int engine_image_pull(struct engine_client *client, const char *docker_config, const char *image,
		      void (*on_line)(void *context, const char *line), void *context, struct error *err);
/* Empties the build cache of the Engine's own BuildKit; *ret_freed in bytes. */
int engine_build_prune(struct engine_client *client, int64_t *ret_freed, struct error *err);

#endif
