/* Takes websocket frames apart, and makes them. */
#include "live/kube/websocket.h"

#include "base/digest.h"
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h> /* on macOS, getentropy() */
#include <unistd.h>

enum {
	FIN = 0x80,
	RESERVED = 0x70,
	OPCODE = 0x0F,
	MASKED = 0x80,
	LENGTH = 0x7F,
	LENGTH_16 = 126,
	LENGTH_64 = 127,
	MASK_SIZE = 4,
	KEY_SIZE = 16,
};

struct frame {
	unsigned char first;
	size_t head, length;
	const unsigned char *data;
};

static void random_bytes(void *bytes, size_t length)
{
	if (getentropy(bytes, length) < 0)
		abort(); /* a kernel without it */
}

void websocket_key(char ret_key[WEBSOCKET_KEY])
{
	unsigned char bytes[KEY_SIZE];
	CLEANUP_TEXT struct text key = TEXT_INIT;

	random_bytes(bytes, sizeof(bytes));
	base64_encode(&key, bytes, sizeof(bytes));
	snprintf(ret_key, WEBSOCKET_KEY, "%s", text_string(&key));
}

bool websocket_accepts(const char *key, const char *accept)
{
	static const char id[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	unsigned char digest[DIGEST_SHA1];
	CLEANUP_TEXT struct text wanted = TEXT_INIT;

	digest_sha1(key, strlen(key), id, strlen(id), digest);
	base64_encode(&wanted, digest, sizeof(digest));
	return text_equal(text_string(&wanted), accept);
}

static int broken(struct error *err, const char *what)
{
	return error_set(err, ERROR_CORRUPT, "what answers breaks the rules of websockets: %s", what);
}

/* 1: it is whole; 0: more must come. */
static int frame_read(const struct buffer *in, size_t offset, size_t cap, struct frame *ret_frame, struct error *err)
{
	const unsigned char *at = (const unsigned char *)in->data + offset;
	size_t there = in->length - offset, head = 2;
	uint64_t length;

	if (there < head)
		return 0;
	if (at[0] & RESERVED)
		return broken(err, "a frame uses an extension that nobody asked for");
	if (at[1] & MASKED)
		return broken(err, "a frame of a server is masked");
	length = at[1] & LENGTH;
	head += length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
	if (there < head)
		return 0;
	if (head > 2)
		length = 0;
	for (size_t i = 2; i < head; i++)
		length = length << 8 | at[i];
	if (length > cap)
		return error_set(err, ERROR_CORRUPT, "what answers sends a frame of more than %zu KiB", cap / 1024);
	if (there - head < length)
		return 0;
	*ret_frame = (struct frame){at[0], head, (size_t)length, at + head};
	return 1;
}

static int answer(struct websocket *socket, enum websocket_opcode opcode, const void *data, size_t length,
		  struct error *err)
{
	if (websocket_send(socket->up, opcode, -1, data, length) < 0)
		return broken(err, "it asks for more answers than it takes");
	return 0;
}

static int take_control(struct websocket *socket, const struct frame *frame, struct error *err)
{
	if (!(frame->first & FIN) || frame->length > WEBSOCKET_CONTROL_MAX)
		return broken(err, "a control frame is in pieces, or too long");
	switch (frame->first & OPCODE) {
	case WEBSOCKET_PING:
		return answer(socket, WEBSOCKET_PONG, frame->data, frame->length, err);
	case WEBSOCKET_PONG:
		return 0;
	case WEBSOCKET_CLOSE:
		if (frame->length == 1)
			return broken(err, "it closes with half a code");
		if (frame->length > 1)
			socket->close_code = frame->data[0] << 8 | frame->data[1];
		socket->closed = true;
		return answer(socket, WEBSOCKET_CLOSE, frame->data, frame->length > 1 ? 2 : 0, err);
	default:
		return broken(err, "a frame is of no kind that there is");
	}
}

static int take_data(struct websocket *socket, const struct frame *frame, struct error *err)
{
	bool goes_on = (frame->first & OPCODE) == WEBSOCKET_MORE;

	if ((frame->first & OPCODE) > WEBSOCKET_BINARY)
		return broken(err, "a frame is of no kind that there is");
	if (goes_on != socket->in_message)
		return broken(err,
			      goes_on ? "a message goes on that did not begin" : "a message begins within another");
	if (!goes_on && frame->first & FIN)
		return socket->on_message(socket->context, frame->data, frame->length, err);
	if (buffer_append(&socket->message, frame->data, frame->length) < 0)
		return error_set(err, ERROR_CORRUPT, "what answers sends a message of more than %zu KiB",
				 socket->cap / 1024);
	socket->in_message = !(frame->first & FIN);
	if (socket->in_message)
		return 0;
	int result = socket->on_message(socket->context, buffer_text(&socket->message), socket->message.length, err);
	buffer_clear(&socket->message);
	return result;
}

int websocket_feed(struct websocket *socket, const void *data, size_t length, struct error *err)
{
	struct frame frame = {0};
	size_t offset = 0;
	int whole = 1;

	socket->message.cap = socket->cap;
	/* A frame is at most that, and what comes at once may begin the next ones. */
	socket->in.cap = socket->cap + WEBSOCKET_HEAD_MAX + length;
	if (socket->closed || length == 0)
		return 0;
	if (buffer_append(&socket->in, data, length) < 0)
		return broken(err, "it sends more than fits");
	while (!socket->closed && (whole = frame_read(&socket->in, offset, socket->cap, &frame, err)) > 0) {
		int taken = frame.first & 0x08 ? take_control(socket, &frame, err) : take_data(socket, &frame, err);
		if (taken < 0)
			return -1;
		offset += frame.head + frame.length;
	}
	if (offset > 0) {
		memmove(socket->in.data, socket->in.data + offset, socket->in.length - offset);
		socket->in.length -= offset;
	}
	return whole < 0 ? -1 : 0;
}

static size_t frame_head(unsigned char *head, enum websocket_opcode opcode, size_t length)
{
	size_t bytes = length < LENGTH_16 ? 0 : length <= UINT16_MAX ? 2 : 8;

	head[0] = (unsigned char)(FIN | opcode);
	head[1] = (unsigned char)(MASKED | (bytes == 0 ? length : bytes == 2 ? LENGTH_16 : LENGTH_64));
	for (size_t i = 0; i < bytes; i++)
		head[2 + i] = (unsigned char)((uint64_t)length >> (8 * (bytes - 1 - i)));
	return 2 + bytes;
}

int websocket_send(struct buffer *up, enum websocket_opcode opcode, int channel, const void *data, size_t length)
{
	unsigned char head[WEBSOCKET_HEAD_MAX + 1], byte = (unsigned char)channel;
	size_t extra = channel >= 0 ? 1 : 0, size = frame_head(head, opcode, length + extra);
	unsigned char mask[MASK_SIZE];

	if (length > SIZE_MAX - sizeof(head) || up->length + size + MASK_SIZE + extra + length > up->cap)
		return -1;
	random_bytes(mask, sizeof(mask));
	memcpy(head + size, mask, sizeof(mask));
	size += sizeof(mask);
	if (buffer_append(up, head, size) < 0 || buffer_append(up, &byte, extra) < 0 ||
	    buffer_append(up, data, length) < 0)
		return -1;
	unsigned char *body = (unsigned char *)up->data + up->length - length - extra;
	for (size_t i = 0; i < length + extra; i++)
		body[i] ^= mask[i % MASK_SIZE];
	return 0;
}

void websocket_done(struct websocket *socket)
{
	buffer_done(&socket->in);
	buffer_done(&socket->message);
}
