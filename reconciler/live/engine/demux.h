/* The Engine's multiplexed streams: eight bytes (stream, three zeros, length) before each piece. Pure.
 *
 * Source: moby/moby api/types/container/exec.go and api/swagger.yaml, "Stream format" of ContainerAttach. */
#ifndef RECONCILE_LIVE_ENGINE_DEMUX_H
#define RECONCILE_LIVE_ENGINE_DEMUX_H

#include "base/error.h"

#include <stddef.h>

enum { DEMUX_HEADER = 8 };
enum demux_stream { DEMUX_STDIN = 0, DEMUX_STDOUT, DEMUX_STDERR };

struct demux {
	/* Pieces as they come, never kept; -1 ends it. */
	int (*on_data)(void *context, enum demux_stream stream, const void *data, size_t length, struct error *err);
	void *context;

	/* The reader's own. */
	unsigned char header[DEMUX_HEADER];
	size_t header_length, left;
};

/* -1: on_data said no, or the bytes are no such stream. */
int demux_feed(struct demux *demux, const void *data, size_t length, struct error *err);

#endif
