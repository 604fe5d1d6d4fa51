/* A list that is searched: there are a handful of timers at a time. */
#include "live/http/timers.h"

#include "base/clock.h"
#include "base/xalloc.h"

void timers_add(struct timers *timers, int ms, void (*due)(void *context), void *context)
{
	timers->items = xreallocarray(timers->items, timers->count + 1, sizeof(*timers->items));
	timers->items[timers->count++] = (struct timer){.at = clock_ms() + ms, .due = due, .context = context};
}

void timers_drop(struct timers *timers, const void *context)
{
	for (size_t i = 0; i < timers->count;)
		if (timers->items[i].context == context)
			timers->items[i] = timers->items[--timers->count];
		else
			i++;
}

int timers_wait(const struct timers *timers, int wait_ms)
{
	int64_t now = clock_ms();

	for (size_t i = 0; i < timers->count; i++) {
		int64_t left = timers->items[i].at - now;

		if (left < wait_ms)
			wait_ms = left > 0 ? (int)left : 0;
	}
	return wait_ms;
}

/* Those that are added meanwhile are for a later step, however soon they are due. */
void timers_call(struct timers *timers, bool all)
{
	int64_t now = clock_ms();
	size_t count = timers->count;

	for (size_t i = 0; i < count && i < timers->count;) {
		struct timer timer = timers->items[i];

		if (!all && timer.at > now) {
			i++;
			continue;
		}
		timers->items[i] = timers->items[--timers->count];
		count--;
		timer.due(timer.context);
		i = 0;
	}
}
