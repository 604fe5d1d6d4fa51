/* Takes the Engine's multiplexed streams apart. */
#include "live/engine/demux.h"

#include <string.h>

static int header_finish(struct demux *demux, struct error *err)
{
	const unsigned char *header = demux->header;

	if (header[0] > DEMUX_STDERR || header[1] != 0 || header[2] != 0 || header[3] != 0)
		return error_set(err, ERROR_CORRUPT, "the Engine's stream is not multiplexed as it should be");
	demux->left = (size_t)header[4] << 24 | (size_t)header[5] << 16 | (size_t)header[6] << 8 | header[7];
	/* A piece without bytes says nothing. */
	if (demux->left == 0)
		demux->header_length = 0;
	return 0;
}

int demux_feed(struct demux *demux, const void *data, size_t length, struct error *err)
{
	const unsigned char *at = data;

	while (length > 0) {
		bool in_header = demux->header_length < DEMUX_HEADER;
		size_t want = in_header ? DEMUX_HEADER - demux->header_length : demux->left;
		size_t part = length < want ? length : want;

		if (in_header) {
			memcpy(demux->header + demux->header_length, at, part);
			demux->header_length += part;
			if (demux->header_length == DEMUX_HEADER && header_finish(demux, err) < 0)
				return -1;
		} else {
			demux->left -= part;
			if (demux->left == 0)
				demux->header_length = 0;
			if (demux->on_data(demux->context, (enum demux_stream)demux->header[0], at, part, err) < 0)
				return -1;
		}
		at += part;
		length -= part;
	}
	return 0;
}
