/* Waits in slices. */
#include "base/interrupt.h"

#include "base/clock.h"

#include <poll.h>
#include <stdint.h>

bool interrupt_came(const struct interrupt *interrupt)
{
	return interrupt && interrupt->came && interrupt->came(interrupt->context);
}

bool interrupt_pause(const struct interrupt *interrupt, int ms)
{
	int64_t end = clock_ms() + ms;

	for (int64_t left = ms; left > 0; left = end - clock_ms()) {
		if (interrupt_came(interrupt))
			return false;
		poll(NULL, 0, left < INTERRUPT_SLICE_MS ? (int)left : INTERRUPT_SLICE_MS);
	}
	return !interrupt_came(interrupt);
}
