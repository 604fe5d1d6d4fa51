/* What the doctor says of Docker contexts whose Engine is a program's (live/store/provider.h). */
#ifndef RECONCILE_LIVE_PROVIDERS_H
#define RECONCILE_LIVE_PROVIDERS_H

#include "model/live.h"

/* After assess(): an Engine that does not answer is told as the program's that does not run, with what starts it, or
 * which other context to use; and a context that nobody uses, of a program of which nothing is found here, is left
 * over. A program that is installed keeps its context: that it does not run is how a machine is most of the time. */
void providers_check(struct live *live, const char *const *environ);

#endif
