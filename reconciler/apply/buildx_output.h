/* What `docker buildx` is run with, and what is read out of what it says. */
#ifndef RECONCILE_APPLY_BUILDX_OUTPUT_H
#define RECONCILE_APPLY_BUILDX_OUTPUT_H

#include "base/arena.h"
#include "base/spawn.h"
#include "base/text.h"

/* The environment of every run: this store and configuration, plain progress. NULL-ended. */
enum { BUILDX_ENV = 6 };
void buildx_env(struct arena *arena, const char *store, const char *docker_config, const char *ret_env[BUILDX_ENV]);

/* Calls `each` for every line of text, without its end; stops at the first true. */
bool buildx_lines_find(struct arena *arena, const char *text, bool (*each)(void *context, const char *line),
		       void *context);
/* The last line of its stderr that says anything; NULL. */
const char *buildx_last_line(struct arena *arena, const char *text);
/* Why it failed, in its own words, the daemon's or the Engine's. Raw: not printable yet. */
const char *buildx_failure(struct arena *arena, const struct spawn_result *result);
/* Adds what apply/buildx_words.h knows about `why`, else about all of the output. Always -1. */
int buildx_hint(const char *why, const char *output, struct error *err);

#endif
