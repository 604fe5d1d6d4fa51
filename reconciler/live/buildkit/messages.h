/* BuildKit's messages (schemas/buildkit.proto) to and from plain data. Pure; what comes in may be hostile. */
#ifndef RECONCILE_LIVE_BUILDKIT_MESSAGES_H
#define RECONCILE_LIVE_BUILDKIT_MESSAGES_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text_buffer.h"
#include "model/daemon.h"

/* Each reads one whole message; everything it gives is in the arena and may be printed. -1: ERROR_CORRUPT. */
int buildkit_read_info(struct arena *arena, const void *data, size_t length, const char **ret_version,
		       struct error *err);
/* Also the version, which a worker's record holds since v0.10; NULL when it does not. */
int buildkit_read_workers(struct arena *arena, const void *data, size_t length, struct daemon *daemon,
			  const char **ret_version, struct error *err);
int buildkit_read_disk(struct arena *arena, const void *data, size_t length, struct daemon *daemon, struct error *err);
/* One event of the history: what began and is not done is added to the builds, what is done goes. */
int buildkit_read_build(struct arena *arena, const void *data, size_t length, struct active_build **builds,
			size_t *count, struct error *err);
/* One record that a prune removed: its size. */
int buildkit_read_pruned(const void *data, size_t length, int64_t *ret_bytes, struct error *err);

/* Requests that are not empty. */
void buildkit_write_history(struct text *out);
void buildkit_write_prune(bool all, struct text *out);

#endif
