/* A list that is searched: there are a handful of watches at a time. */
#include "live/http/watches.h"

#include "base/xalloc.h"

static struct watch *find(const struct watches *watches, int fd)
{
	for (size_t i = 0; i < watches->count; i++)
		if (watches->items[i].fd == fd)
			return &watches->items[i];
	return NULL;
}

void watches_add(struct watches *watches, int fd, void (*ready)(void *context), void *context)
{
	watches->items = xreallocarray(watches->items, watches->count + 1, sizeof(*watches->items));
	watches->items[watches->count++] =
		(struct watch){.fd = fd, .events = CURL_WAIT_POLLIN, .ready = ready, .context = context};
}

void watches_set(struct watches *watches, int fd, bool read, bool write)
{
	struct watch *watch = find(watches, fd);

	if (watch)
		watch->events = (short)((read ? CURL_WAIT_POLLIN : 0) | (write ? CURL_WAIT_POLLOUT : 0));
}

void watches_remove(struct watches *watches, int fd)
{
	struct watch *watch = find(watches, fd);

	if (watch)
		*watch = watches->items[--watches->count];
}

struct curl_waitfd *watches_polled(const struct watches *watches)
{
	struct curl_waitfd *polled = NULL;

	if (watches->count == 0)
		return NULL;
	polled = xreallocarray(NULL, watches->count, sizeof(*polled));
	for (size_t i = 0; i < watches->count; i++)
		polled[i] = (struct curl_waitfd){.fd = watches->items[i].fd, .events = watches->items[i].events};
	return polled;
}

void watches_call(struct watches *watches, const struct curl_waitfd *polled, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct watch *watch = polled[i].revents != 0 ? find(watches, polled[i].fd) : NULL;

		if (watch)
			watch->ready(watch->context);
	}
}
