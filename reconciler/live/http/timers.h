/* Moments that the event loop waits for besides its requests. Only for live/http/http.c, whose http_after() is what
 * others call. */
#ifndef RECONCILE_LIVE_HTTP_TIMERS_H
#define RECONCILE_LIVE_HTTP_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
	int64_t at; /* by clock_ms() */
	void (*due)(void *context);
	void *context;
};

struct timers {
	struct timer *items;
	size_t count;
};

void timers_add(struct timers *timers, int ms, void (*due)(void *context), void *context);
void timers_drop(struct timers *timers, const void *context);
/* wait_ms, or less where one is due before. */
int timers_wait(const struct timers *timers, int wait_ms);
/* Calls those that are due, or all of them; each is gone when it is called, and may add and drop others. */
void timers_call(struct timers *timers, bool all);

#endif
