/* Names of options that a state file called secret, kept so that a later run without that file hides their values too.
 */
#ifndef RECONCILE_HISTORY_SECRET_KEYS_H
#define RECONCILE_HISTORY_SECRET_KEYS_H

#include "base/error.h"
#include "base/text.h"

struct history;

int history_add_secret_keys(struct history *history, const struct strings *keys, struct error *err);
/* In the arena; empty when there are none, and for a NULL history. LIVE_EVERY_OPTION when they cannot be read. */
void history_secret_keys(struct history *history, struct arena *arena, struct strings *ret_keys);

#endif
