/* Docker's config.json: `currentContext` in it (docker/cli cli/config/configfile/file.go). */
#ifndef RECONCILE_CODEC_DOCKER_CONFIG_H
#define RECONCILE_CODEC_DOCKER_CONFIG_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text_buffer.h"

/* The `currentContext` in these bytes ("" when none). -1 with ERROR_CORRUPT when docker would not understand them. */
int docker_config_current(struct arena *arena, const void *data, size_t length, const char **ret_name,
			  struct error *err);
/* -1 when docker understands the file and not all that is in it: it then warns at every command. */
int docker_config_check(const void *data, size_t length, struct error *err);
/* The bytes with currentContext set to name ("" removes it), everything else kept as it is. -1 when they are not valid
 * JSON. */
int docker_config_print(const void *old, size_t old_length, const char *name, struct text *out, struct error *err);

#endif
