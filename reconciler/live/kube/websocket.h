/* The frames of a websocket, as its client: whatever pieces they come in, whatever is sent. Pure but for the masks.
 *
 *     char key[WEBSOCKET_KEY];
 *     websocket_key(key);                        // for Sec-WebSocket-Key of the request
 *     if (!websocket_accepts(key, accept)) …     // Sec-WebSocket-Accept of the 101
 *     struct websocket socket = {.cap = 1 MiB, .up = &up, .on_message = …, .context = …};
 *     while (bytes come)
 *             if (websocket_feed(&socket, data, length, err) < 0) …
 *     websocket_send(&up, WEBSOCKET_BINARY, 0, data, length);
 *     websocket_done(&socket);
 *
 * Pings are answered, and a close is answered and ends the connection: nothing is read after it. Debian 12's libcurl
 * has the functions and not the protocol, so that frames are our own. Source: RFC 6455. */
#ifndef RECONCILE_LIVE_KUBE_WEBSOCKET_H
#define RECONCILE_LIVE_KUBE_WEBSOCKET_H

#include "base/buffer.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

enum websocket_opcode {
	WEBSOCKET_MORE = 0x0,
	WEBSOCKET_TEXT = 0x1,
	WEBSOCKET_BINARY = 0x2,
	WEBSOCKET_CLOSE = 0x8,
	WEBSOCKET_PING = 0x9,
	WEBSOCKET_PONG = 0xA,
};

enum { WEBSOCKET_KEY = 25, WEBSOCKET_HEAD_MAX = 14, WEBSOCKET_CONTROL_MAX = 125, WEBSOCKET_NORMAL = 1000 };

struct websocket {
	size_t cap;	   /* of one message, whatever frames it comes in */
	struct buffer *up; /* what is to be sent: answers are appended */
	/* A whole message. -1 ends the connection with the reason in err. */
	int (*on_message)(void *context, const void *data, size_t length, struct error *err);
	void *context;

	/* Its own. */
	struct buffer in, message;
	bool in_message, closed;
	int close_code; /* once closed; 0: it said none */
};

void websocket_key(char ret_key[WEBSOCKET_KEY]);
bool websocket_accepts(const char *key, const char *accept); /* accept may be NULL */

int websocket_feed(struct websocket *socket, const void *data, size_t length, struct error *err);
/* Appends one frame, masked; channel below 0: the data alone, else that byte in front of it. -1: the buffer is full. */
int websocket_send(struct buffer *up, enum websocket_opcode opcode, int channel, const void *data, size_t length)
	__attribute__((warn_unused_result));
void websocket_done(struct websocket *socket);

#endif
