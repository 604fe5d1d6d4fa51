/* Whether the run was told to end: by SIGINT, by SIGTERM, or because another machine took its lock.
 *
 * Everything that waits for somebody else (an Engine, a daemon, a child, a lock, a while) is given one and asks it
 *every INTERRUPT_SLICE_MS, so that all of them end within a moment of the signal, on whichever thread they wait:
 *
 *	while (!ready())
 *		if (!interrupt_pause(run->interrupt, POLL_MS))
 *			return error_set(err, ERROR_INTERRUPTED, "interrupted while waiting for %s", name);
 *
 * http_heed() does it for requests, struct spawn_request for children, file_lock() for locks. What a wait is cut off
 * from goes on without us where it is somebody else's: the journal says that it was begun. */
#ifndef RECONCILE_BASE_INTERRUPT_H
#define RECONCILE_BASE_INTERRUPT_H

#include <stdbool.h>

enum { INTERRUPT_SLICE_MS = 50 };

struct interrupt {
	bool (*came)(void *context); /* any thread may ask, many times a second */
	void *context;
};

bool interrupt_came(const struct interrupt *interrupt); /* NULL: nobody ends it */
/* Waits that long; false, early, when it came. */
bool interrupt_pause(const struct interrupt *interrupt, int ms);

#endif
