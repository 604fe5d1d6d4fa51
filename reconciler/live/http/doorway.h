/* A Unix socket in a folder that only this user may enter: where libcurl connects to what it cannot reach by itself,
 * and where somebody of ours carries the bytes on: through ssh (tunnel.h), or an exec (live/engine/relay.h).
 *
 *     struct doorway doorway = DOORWAY_INIT;
 *     doorway_open(&doorway, http, 16, arrived, context, &err)
 *     … a request to doorway.path: http_step() calls arrived() with each connection …
 *     doorway_close(&doorway);
 */
#ifndef RECONCILE_LIVE_HTTP_DOORWAY_H
#define RECONCILE_LIVE_HTTP_DOORWAY_H

#include "base/error.h"
#include "live/http/http.h"

struct doorway {
	char folder[64], path[80];
	int fd; /* listens, does not wait; -1: not open */
	struct http *http;
	void (*arrived)(void *context, int fd);
	void *context;
};

#define DOORWAY_INIT                                                                                                   \
	{                                                                                                              \
		.fd = -1                                                                                               \
	}

/* The doorway may not move while it is open. arrived() owns the fd that it is given. */
int doorway_open(struct doorway *doorway, struct http *http, int backlog, void (*arrived)(void *context, int fd),
		 void *context, struct error *err);
/* Removes the socket and its folder; may be called twice, and without an open. */
void doorway_close(struct doorway *doorway);

#endif
