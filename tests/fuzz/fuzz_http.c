/* Whatever a server says over HTTP/1.1 before it closes: whole or byte by byte, the same comes of it, and never a
 * crash. The first byte says what was asked, and of whom. */
#include "live/http/exchange.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Below what headers may take: which of two limits is met first depends on the pieces. */
enum { ANSWER_CAP = 1000, SIZE_MOST = 128 * 1024, HEAD = 1, BY_SHELL = 2, STREAMED = 4 };

struct seen {
	int code, status;
	size_t streamed, length;
	uint64_t headers;
	bool over_cap, garbled;
	char body[ANSWER_CAP], server[HEADER_KEPT];
};

static int take(void *context, const char *data, size_t length)
{
	struct seen *seen = context;

	(void)data;
	seen->streamed += length;
	return 0;
}

static void take_header(void *context, const char *line, size_t length)
{
	struct seen *seen = context;

	for (size_t i = 0; i < length; i++)
		seen->headers = (seen->headers ^ (unsigned char)line[i]) * UINT64_C(1099511628211);
	seen->headers = (seen->headers ^ length) * UINT64_C(1099511628211);
}

static void run(const uint8_t *data, size_t size, size_t piece, unsigned asked, struct seen *ret_seen)
{
	const struct http_target target = {.origin = "http://docker", .by_shell = (asked & BY_SHELL) != 0};
	struct line line = {.fd = -1, .connected = true};
	struct exchange exchange = {.target = &target, .line = &line, .head_only = (asked & HEAD) != 0, .fd = -1};

	*ret_seen = (struct seen){0};
	exchange.request = (struct http_request){.cap = ANSWER_CAP, .on_header = take_header, .context = ret_seen};
	if (asked & STREAMED)
		exchange.request.on_data = take;
	answer_begin(&exchange.answer, &exchange.request);
	line.exchange = &exchange;
	while (size > 0 && !exchange.ended) {
		size_t part = size < piece ? size : piece;
		if ((h1_take(&line, (const char *)data, part) != 0) != exchange.ended)
			abort();
		data += part;
		size -= part;
	}
	if (!exchange.ended)
		h1_closed(&line, 0);
	if (!exchange.ended || (exchange.code == 0 && exchange.status < 200) ||
	    exchange.answer.body.length > ANSWER_CAP)
		abort();
	ret_seen->code = exchange.code;
	ret_seen->status = exchange.status;
	ret_seen->over_cap = exchange.answer.over_cap;
	ret_seen->garbled = exchange.answer.garbled;
	ret_seen->length = exchange.answer.body.length;
	if (ret_seen->length > 0)
		memcpy(ret_seen->body, exchange.answer.body.data, ret_seen->length);
	memcpy(ret_seen->server, exchange.answer.server, sizeof(ret_seen->server));
	h1_free(line.h1);
	buffer_done(&exchange.answer.body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen whole, bytes;

	if (size == 0 || size > SIZE_MOST)
		return 0;
	run(data + 1, size - 1, SIZE_MAX, data[0], &whole);
	run(data + 1, size - 1, 1, data[0], &bytes);
	/* How much of a body that is too long was kept, and of a shell's words was read, depends on the pieces. */
	if (whole.over_cap || whole.garbled)
		bytes.length = whole.length;
	else if (memcmp(whole.body, bytes.body, sizeof(whole.body)) != 0)
		abort();
	if (whole.code != bytes.code || whole.status != bytes.status || whole.length != bytes.length ||
	    whole.streamed != bytes.streamed || whole.headers != bytes.headers || whole.over_cap != bytes.over_cap ||
	    whole.garbled != bytes.garbled || strcmp(whole.server, bytes.server) != 0)
		abort();
	return 0;
}
