/* The Engine's multiplexed streams: whole or byte by byte, the same bytes come out, and never a crash. */
#include "live/engine/demux.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t hash[3];
	size_t length[3];
};

static int take(void *context, enum demux_stream stream, const void *data, size_t length, struct error *err)
{
	struct seen *seen = context;
	const uint8_t *bytes = data;

	(void)err;
	for (size_t i = 0; i < length; i++)
		seen->hash[stream] = (seen->hash[stream] ^ bytes[i]) * UINT64_C(1099511628211);
	seen->length[stream] += length;
	return 0;
}

static int run(const uint8_t *data, size_t size, size_t piece, struct seen *ret_seen)
{
	struct demux demux = {.on_data = take, .context = ret_seen};
	struct error err = ERROR_INIT;
	int result = 0;

	while (size > 0 && result == 0) {
		size_t part = size < piece ? size : piece;
		result = demux_feed(&demux, data, part, &err);
		data += part;
		size -= part;
	}
	return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole = {0}, bytes = {0};

	if (run(data, size, SIZE_MAX, &whole) != run(data, size, 1, &bytes))
		abort();
	for (size_t i = 0; i < 3; i++)
		if (whole.length[i] != bytes.length[i] || whole.hash[i] != bytes.hash[i] || whole.length[i] > size)
			abort();
	return 0;
}
