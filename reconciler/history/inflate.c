/* zlib, fed from a file. */
#include "history/inflate.h"

#include "base/xalloc.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* No input of zlib's is packed closer than 1032 to 1 (zlib's "Technical Details": Maximum Compression Factor). */
enum { MOST_TO_ONE = 1032 };

static voidpf inflate_alloc(voidpf context, uInt count, uInt size)
{
	(void)context;
	return xreallocarray(NULL, count, size);
}

static void inflate_free(voidpf context, voidpf memory)
{
	(void)context;
	free(memory);
}

void inflater_start(struct inflater *inflater, int fd, int64_t from, int64_t to)
{
	inflater->stream = (z_stream){.zalloc = inflate_alloc, .zfree = inflate_free};
	inflater->fd = fd;
	inflater->from = from;
	inflater->to = to;
	/* Fails for want of memory only, which ends the program, or for another zlib than we were compiled with. */
	inflater->ended = inflateInit(&inflater->stream) != Z_OK;
}

void inflater_done(struct inflater *inflater)
{
	inflateEnd(&inflater->stream);
}

static int refill(struct inflater *inflater, struct error *err)
{
	int64_t left = inflater->to - inflater->from;
	size_t want = left < INFLATE_INPUT ? (size_t)(left < 0 ? 0 : left) : INFLATE_INPUT;
	ssize_t count;

	do
		count = want == 0 ? 0 : pread(inflater->fd, inflater->input, want, (off_t)inflater->from);
	while (count < 0 && errno == EINTR);
	if (count < 0)
		return error_set_errno(err, errno, "cannot be read");
	if (count == 0)
		return error_set(err, ERROR_CORRUPT, "is cut short");
	inflater->from += count;
	inflater->stream.next_in = inflater->input;
	inflater->stream.avail_in = (uInt)count;
	return 0;
}

int inflater_read(struct inflater *inflater, void *out, size_t size, size_t *ret_length, struct error *err)
{
	z_stream *stream = &inflater->stream;

	stream->next_out = out;
	stream->avail_out = (uInt)size;
	while (stream->avail_out > 0 && !inflater->ended) {
		if (stream->avail_in == 0 && refill(inflater, err) < 0)
			return -1;
		int code = inflate(stream, Z_NO_FLUSH);
		if (code != Z_OK && code != Z_STREAM_END)
			return error_set(err, ERROR_CORRUPT, "cannot be unpacked: %s",
					 stream->msg ? stream->msg : "it wants more than there is");
		inflater->ended = code == Z_STREAM_END;
	}
	*ret_length = size - stream->avail_out;
	return 0;
}

int inflater_exactly(struct inflater *inflater, void *out, size_t size, struct error *err)
{
	unsigned char more;
	size_t length;

	if (inflater_read(inflater, out, size, &length, err) < 0)
		return -1;
	if (length != size)
		return error_set(err, ERROR_CORRUPT, "is shorter than it says");
	if (inflater_read(inflater, &more, sizeof(more), &length, err) < 0)
		return -1;
	return length == 0 ? 0 : error_set(err, ERROR_CORRUPT, "is longer than it says");
}

bool inflater_is_spent(const struct inflater *inflater)
{
	return inflater->from >= inflater->to && inflater->stream.avail_in == 0;
}

bool inflater_may_give(const struct inflater *inflater, uint64_t size)
{
	uint64_t left = inflater->to > inflater->from ? (uint64_t)(inflater->to - inflater->from) : 0;

	return size / MOST_TO_ONE <= left + inflater->stream.avail_in;
}
