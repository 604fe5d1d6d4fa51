/* Puts gRPC messages together from the pieces that they come in. */
#include "live/buildkit/grpc_frame.h"

#include <string.h>

static int frame_begin(struct grpc_frames *frames, struct error *err)
{
	const unsigned char *header = frames->header;

	if (header[0] != 0)
		return error_set(err, ERROR_CORRUPT, "a compressed gRPC message, which was not asked for");
	frames->wanted = (size_t)header[1] << 24 | (size_t)header[2] << 16 | (size_t)header[3] << 8 | header[4];
	if (frames->wanted > frames->cap)
		return error_set(err, ERROR_CORRUPT, "a gRPC message of %zu bytes is larger than %zu KiB",
				 frames->wanted, frames->cap / 1024);
	if (frames->count_cap > 0 && frames->count == frames->count_cap)
		return error_set(err, ERROR_CORRUPT, "more than %zu gRPC messages", frames->count_cap);
	frames->message.cap = frames->cap;
	buffer_clear(&frames->message);
	return 0;
}

static int frame_finish(struct grpc_frames *frames, struct error *err)
{
	frames->header_length = 0;
	frames->count++;
	return frames->on_message(frames->context, (const unsigned char *)buffer_text(&frames->message),
				  frames->message.length, err);
}

int grpc_frames_feed(struct grpc_frames *frames, const void *data, size_t length, struct error *err)
{
	const unsigned char *at = data;

	while (length > 0) {
		bool in_header = frames->header_length < GRPC_HEADER;
		size_t want = in_header ? GRPC_HEADER - frames->header_length : frames->wanted - frames->message.length;
		size_t part = length < want ? length : want;

		if (in_header) {
			memcpy(frames->header + frames->header_length, at, part);
			frames->header_length += part;
			if (frames->header_length == GRPC_HEADER && frame_begin(frames, err) < 0)
				return -1;
		} else if (buffer_append(&frames->message, at, part) < 0) {
			return error_set(err, ERROR_CORRUPT, "a gRPC message is too large");
		}
		at += part;
		length -= part;
		if (frames->header_length == GRPC_HEADER && frames->message.length == frames->wanted &&
		    frame_finish(frames, err) < 0)
			return -1;
	}
	return 0;
}

int grpc_frames_end(const struct grpc_frames *frames, struct error *err)
{
	return frames->header_length == 0
		       ? 0
		       : error_set(err, ERROR_CORRUPT, "the answer ended in the middle of a message");
}

void grpc_frames_done(struct grpc_frames *frames)
{
	buffer_done(&frames->message);
}

void grpc_frame_header(size_t length, unsigned char ret_header[GRPC_HEADER])
{
	ret_header[0] = 0;
	for (int i = 0; i < 4; i++)
		ret_header[1 + i] = (unsigned char)(length >> (24 - 8 * i));
}
