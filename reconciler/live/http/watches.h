/* Descriptors that the event loop waits for besides its requests: doorways, and what is carried through them. Only for
 * live/http/http.c, whose http_watch() and its kin are what others call. */
#ifndef RECONCILE_LIVE_HTTP_WATCHES_H
#define RECONCILE_LIVE_HTTP_WATCHES_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

struct watch {
	int fd;
	short events;
	void (*ready)(void *context);
	void *context;
};

struct watches {
	struct watch *items;
	size_t count;
};

void watches_add(struct watches *watches, int fd, void (*ready)(void *context), void *context);
void watches_set(struct watches *watches, int fd, bool read, bool write);
void watches_remove(struct watches *watches, int fd);
/* For poll(), in the order of the watches, which are watches->count. */
void watches_polled(const struct watches *watches, struct pollfd *ret_polled);
/* Calls ready() of what can be read or written; each may add or remove watches. */
void watches_call(struct watches *watches, const struct pollfd *polled, size_t count);

#endif
