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
		(struct watch){.fd = fd, .events = POLLIN, .ready = ready, .context = context};
}

void watches_set(struct watches *watches, int fd, bool read, bool write)
{
	struct watch *watch = find(watches, fd);

	if (watch)
		watch->events = (short)((read ? POLLIN : 0) | (write ? POLLOUT : 0));
}

void watches_remove(struct watches *watches, int fd)
{
	struct watch *watch = find(watches, fd);

	if (watch)
		*watch = watches->items[--watches->count];
}

void watches_polled(const struct watches *watches, struct pollfd *ret_polled)
{
	for (size_t i = 0; i < watches->count; i++)
		ret_polled[i] = (struct pollfd){.fd = watches->items[i].fd, .events = watches->items[i].events};
}

void watches_call(struct watches *watches, const struct pollfd *polled, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct watch *watch = polled[i].revents != 0 ? find(watches, polled[i].fd) : NULL;

		if (watch)
			watch->ready(watch->context);
	}
}
