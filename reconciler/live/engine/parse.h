/* The Engine's JSON answers -> containers, volumes, images. Pure; hostile input is bounded.
 *
 * Field names as Docker Engine 26.1, API 1.45, gives them (moby/moby api/types). Missing members are empty, members of
 * another type are taken as missing; -1 (ERROR_CORRUPT) comes for what is not JSON or not of the expected shape. */
#ifndef RECONCILE_LIVE_ENGINE_PARSE_H
#define RECONCILE_LIVE_ENGINE_PARSE_H

#include "base/arena.h"
#include "base/error.h"
#include "model/live.h"

#include <stdbool.h>
#include <stddef.h>

/* One row of GET /containers/json. */
struct listed {
	const char *name, *id; /* the name without its slash */
	const char *image;     /* the name it was made with, or an id when that name is another image's now */
	const char *image_id;
	const char *command; /* the command line as one text */
	const char *status, *created;
};

/* Those whose name begins with NODE_OBJECT_PREFIX, sorted by name: the Engine's own filter matches anywhere in a name.
 */
int engine_parse_list(struct arena *arena, const char *data, size_t length, struct listed **ret_rows, size_t *ret_count,
		      struct error *err);
/* Those named NODE_OBJECT_PREFIX…NODE_VOLUME_SUFFIX, sorted by name; sizes are -1. */
int engine_parse_volumes(struct arena *arena, const char *data, size_t length, struct volume **ret_volumes,
			 size_t *ret_count, struct error *err);
/* GET /system/df?type=volume, with verbose=1 where the Engine has that: fills in the sizes of the volumes given. */
int engine_parse_sizes(const char *data, size_t length, struct volume *volumes, size_t count, struct error *err);
/* GET /containers/ID/json. image_env, image_now_id and files are left empty. */
int engine_parse_container(struct arena *arena, const char *data, size_t length, struct container *ret_container,
			   struct error *err);
/* GET /images/NAME/json. */
int engine_parse_image(struct arena *arena, const char *data, size_t length, const char **ret_id,
		       struct strings *ret_env, struct error *err);
/* "message" of an answer that is not a success, as printable text; the body's first line when it is not JSON. */
void engine_parse_message(const char *data, size_t length, char *ret_text, size_t size);

/* One line of the stream of POST /images/create. */
struct pull_line {
	char text[256];	 /* "4f4fb700ef54: Pull complete"; "" for mere progress */
	char error[512]; /* "" : none */
};
int engine_parse_pull(const char *line, size_t length, struct pull_line *ret_line, struct error *err);

#endif
