/* HTTP/1.1 (RFC 9112), what a client of Engines needs of it: a request in one piece, and answers of known length, in
 * chunks, or to the end of the connection. */
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "live/http/exchange.h"
#include "live/http/libcurl.h"
#include "live/http/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HEAD_CAP = 256 * 1024, STATUS_AT = 9, STATUS_DIGITS = 3 };

/* Up to H1_TRAILER lines are read, then bytes. */
enum h1_state { H1_STATUS, H1_HEADER, H1_CHUNK_SIZE, H1_CHUNK_END, H1_TRAILER, H1_SIZED, H1_CHUNK, H1_TO_END };

struct h1 {
	enum h1_state state;
	struct buffer line; /* of which the end has not come yet; its cap is that of all lines */
	size_t lines;	    /* bytes of those before */
	size_t left;	    /* of the body, or the chunk */
	bool is_chunked, is_sized, closes;
};

void h1_free(struct h1 *h1)
{
	if (h1)
		buffer_done(&h1->line);
	free(h1);
}

void h1_say(struct exchange *exchange)
{
	const struct http_request *request = &exchange->request;
	CLEANUP_TEXT struct text authority = TEXT_INIT, path = TEXT_INIT;
	struct text *out = &exchange->sent;

	exchange_address(exchange, &authority, &path);
	text_printf(out, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: reconcile/" RECONCILE_VERSION "\r\nAccept: */*\r\n",
		    request->method, text_string(&path), text_string(&authority));
	for (size_t i = 0; request->headers && request->headers[i]; i++)
		text_printf(out, "%s\r\n", request->headers[i]);
	if (strcmp(request->method, "POST") == 0 || request->body) {
		const char *body = request->body ? request->body : "";
		size_t length = request->body_length > 0 ? request->body_length : strlen(body);

		text_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n",
			    request->content_type ? request->content_type : "application/json", length);
		text_append(out, body, length);
	} else {
		text_puts(out, "\r\n");
	}
}

static int end(struct line *line, int code)
{
	exchange_end(line->exchange, code, 0);
	return -1;
}

static int whole(struct line *line)
{
	exchange_end(line->exchange, CURLE_OK, 0);
	return line->h1->closes ? -1 : 1;
}

static bool read_number(const char *text, size_t length, unsigned base, size_t *ret_number)
{
	size_t number = 0;

	for (size_t i = 0; i < length; i++) {
		char c = text[i];
		unsigned digit = c >= '0' && c <= '9'	? (unsigned)(c - '0')
				 : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
				 : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
							: base;
		if (digit >= base || __builtin_mul_overflow(number, base, &number) ||
		    __builtin_add_overflow(number, digit, &number))
			return false;
	}
	*ret_number = number;
	return length > 0;
}

static int take_status(struct line *line, const char *text, size_t length)
{
	size_t status;

	if (length < STATUS_AT + STATUS_DIGITS || text[STATUS_AT - 1] != ' ' ||
	    !read_number(text + STATUS_AT, STATUS_DIGITS, 10, &status))
		return end(line, CURLE_WEIRD_SERVER_REPLY);
	line->exchange->status = (int)status;
	line->h1->closes = !text_starts(text, "HTTP/1.1");
	line->h1->is_chunked = line->h1->is_sized = false;
	line->h1->state = H1_HEADER;
	return 0;
}

/* Behind the empty line. */
static int begin_body(struct line *line)
{
	struct h1 *h1 = line->h1;
	int status = line->exchange->status;

	if (status < 200) {
		h1->state = H1_STATUS;
		return 0;
	}
	if (line->exchange->head_only || status == 204 || status == 304)
		return whole(line);
	h1->state = h1->is_chunked ? H1_CHUNK_SIZE : h1->is_sized ? H1_SIZED : H1_TO_END;
	h1->closes |= h1->state == H1_TO_END;
	return h1->state == H1_SIZED && h1->left == 0 ? whole(line) : 0;
}

static int take_header(struct line *line, const char *text, size_t length)
{
	struct h1 *h1 = line->h1;
	size_t size;
	const char *value;

	if (length == 0)
		return begin_body(line);
	value = http_header_value(text, length, "Content-Length", &size);
	if (value && !read_number(value, size, 10, &h1->left))
		return end(line, CURLE_WEIRD_SERVER_REPLY);
	h1->is_sized |= value != NULL;
	value = http_header_value(text, length, "Transfer-Encoding", &size);
	h1->is_chunked |= value && size == 7 && !strncasecmp(value, "chunked", 7);
	value = http_header_value(text, length, "Connection", &size);
	h1->closes |= value && size == 5 && !strncasecmp(value, "close", 5);
	return 0;
}

static int take_chunk_size(struct line *line, const char *text, size_t length)
{
	size_t digits = strspn(text, "0123456789abcdefABCDEF");

	if (digits > length || !read_number(text, digits, 16, &line->h1->left))
		return end(line, CURLE_RECV_ERROR);
	line->h1->state = line->h1->left > 0 ? H1_CHUNK : H1_TRAILER;
	return 0;
}

/* Without its end. */
static int take_line(struct line *line, const char *text, size_t length)
{
	struct h1 *h1 = line->h1;

	if (h1->state == H1_STATUS || h1->state == H1_HEADER || (h1->state == H1_TRAILER && length > 0))
		answer_take_header(&line->exchange->answer, text, length);
	switch (h1->state) {
	case H1_STATUS:
		return take_status(line, text, length);
	case H1_HEADER:
		return take_header(line, text, length);
	case H1_CHUNK_SIZE:
		return take_chunk_size(line, text, length);
	case H1_CHUNK_END:
		h1->state = H1_CHUNK_SIZE;
		return length == 0 ? 0 : end(line, CURLE_RECV_ERROR);
	default:
		return length == 0 ? whole(line) : 0;
	}
}

/* What does not begin as HTTP does is told at once: no end of a line may ever come. */
static int take_strange(struct line *line, const char *rest, size_t length)
{
	struct h1 *h1 = line->h1;
	const char *text = buffer_text(&h1->line);
	size_t some = h1->line.length < 5 ? h1->line.length : 5;

	if (h1->state != H1_STATUS || strncmp(text, "HTTP/", some) == 0)
		return 0;
	if (!line->exchange->target->by_shell)
		return end(line, CURLE_UNSUPPORTED_PROTOCOL);
	answer_take_garbage(&line->exchange->answer, text, h1->line.length);
	answer_take_garbage(&line->exchange->answer, rest, length);
	return end(line, CURLE_WRITE_ERROR);
}

static int take_of_line(struct line *line, const char *data, size_t length, size_t *ret_taken)
{
	struct h1 *h1 = line->h1;
	const char *stop = memchr(data, '\n', length);
	size_t taken = stop ? (size_t)(stop + 1 - data) : length;

	*ret_taken = taken;
	if (h1->lines + h1->line.length + taken > HEAD_CAP || buffer_append(&h1->line, data, taken) < 0)
		return end(line, CURLE_RECV_ERROR);
	int result = take_strange(line, data + taken, length - taken);
	if (result != 0 || !stop)
		return result;
	size_t size = h1->line.length - 1;
	size -= size > 0 && h1->line.data[size - 1] == '\r';
	h1->line.data[size] = '\0';
	result = take_line(line, h1->line.data, size);
	h1->lines = h1->state == H1_CHUNK || h1->state == H1_CHUNK_SIZE ? 0 : h1->lines + h1->line.length;
	buffer_clear(&h1->line);
	return result;
}

static int take_of_body(struct line *line, const char *data, size_t length, size_t *ret_taken)
{
	struct h1 *h1 = line->h1;
	size_t taken = h1->state == H1_TO_END || length < h1->left ? length : h1->left;

	*ret_taken = taken;
	if (answer_take_body(&line->exchange->answer, line->exchange->status, data, taken) < 0)
		return end(line, CURLE_WRITE_ERROR);
	if (h1->state == H1_TO_END || (h1->left -= taken) > 0)
		return 0;
	if (h1->state == H1_SIZED)
		return whole(line);
	h1->state = H1_CHUNK_END;
	return 0;
}

int h1_take(struct line *line, const char *data, size_t length)
{
	int result = 0;
	size_t taken;

	if (!line->h1) {
		line->h1 = XNEW(struct h1);
		line->h1->line.cap = HEAD_CAP;
	}
	line->exchange->heard_of = true;
	while (length > 0 && result == 0) {
		result = line->h1->state <= H1_TRAILER ? take_of_line(line, data, length, &taken)
						       : take_of_body(line, data, length, &taken);
		data += taken;
		length -= taken;
	}
	if (result == 0)
		return 0;
	h1_free(line->h1);
	line->h1 = NULL;
	/* What nobody asked for would be taken for the next answer. */
	return length > 0 ? -1 : result;
}

void h1_closed(struct line *line, int os_errno)
{
	struct exchange *exchange = line->exchange;
	bool is_whole = line->h1 && line->h1->state == H1_TO_END && os_errno == 0;

	exchange_end(exchange,
		     is_whole		     ? CURLE_OK
		     : os_errno != 0	     ? CURLE_RECV_ERROR
		     : exchange->status != 0 ? CURLE_PARTIAL_FILE
					     : CURLE_GOT_NOTHING,
		     os_errno);
}
