/* gRPC frames: whole or byte by byte, the same messages come out, and never a crash. */
#include "live/buildkit/grpc_frame.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAP = 64 * 1024 };

struct seen {
	uint64_t hash;
	size_t count;
};

static int take(void *context, const unsigned char *data, size_t length, struct error *err)
{
	struct seen *seen = context;

	(void)err;
	seen->count++;
	for (size_t i = 0; i < length; i++)
		seen->hash = (seen->hash ^ data[i]) * UINT64_C(1099511628211);
	seen->hash = (seen->hash ^ length) * UINT64_C(1099511628211);
	return 0;
}

static int run(const uint8_t *data, size_t size, size_t piece, struct seen *ret_seen)
{
	struct grpc_frames frames = {.cap = CAP, .count_cap = 100, .on_message = take, .context = ret_seen};
	struct error err = ERROR_INIT;
	int result = 0;

	while (size > 0 && result == 0) {
		size_t part = size < piece ? size : piece;
		result = grpc_frames_feed(&frames, data, part, &err);
		data += part;
		size -= part;
	}
	if (result == 0)
		result = grpc_frames_end(&frames, &err);
	grpc_frames_done(&frames);
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole = {0}, bytes = {0};

	if (run(data, size, SIZE_MAX, &whole) != run(data, size, 1, &bytes) || whole.count != bytes.count ||
	    whole.hash != bytes.hash)
		abort();
	return 0;
}
