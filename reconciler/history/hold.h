/* The hold on a state that was rolled back: its desired digest may not be applied again unasked. */
#ifndef RECONCILE_HISTORY_HOLD_H
#define RECONCILE_HISTORY_HOLD_H

#include "base/error.h"

#include <stdbool.h>

struct history;

int history_hold(struct history *history, const char *desired_digest, struct error *err);
bool history_is_held(struct history *history, const char *desired_digest);
bool history_holds(struct history *history);			 /* anything at all, or it is not known */
bool history_hold_is_known(struct history *history);		 /* else everything is held */
int history_release(struct history *history, struct error *err); /* a later apply clears it */

#endif
