/* The frames of a gRPC stream: a flag byte, four bytes of length, a message; whatever pieces they come in. Pure.
 *
 *     struct grpc_frames frames = {.cap = 16 MiB, .on_message = …, .context = …};
 *     while (bytes come)
 *             if (grpc_frames_feed(&frames, data, length, err) < 0) …
 *     grpc_frames_end(&frames, err);     // -1: the last one is cut short
 *     grpc_frames_done(&frames);
 *
 * Source: grpc/grpc doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message". */
#ifndef RECONCILE_LIVE_BUILDKIT_GRPC_FRAME_H
#define RECONCILE_LIVE_BUILDKIT_GRPC_FRAME_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdint.h>

enum { GRPC_HEADER = 5 };

struct grpc_frames {
	size_t cap;	  /* of one message */
	size_t count_cap; /* of messages; 0: none */
	/* -1 ends the stream: the reason is in err. The bytes are gone when it returns. */
	int (*on_message)(void *context, const unsigned char *data, size_t length, struct error *err);
	void *context;

	/* The reader's own. */
	unsigned char header[GRPC_HEADER];
	size_t header_length, wanted, count;
	struct buffer message;
};

int grpc_frames_feed(struct grpc_frames *frames, const void *data, size_t length, struct error *err);
int grpc_frames_end(const struct grpc_frames *frames, struct error *err);
void grpc_frames_done(struct grpc_frames *frames);

/* The header of one message that is sent. */
void grpc_frame_header(size_t length, unsigned char ret_header[GRPC_HEADER]);

#endif
