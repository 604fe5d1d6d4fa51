/* What lives here, as what is wanted: for the modes that go on without a state file, which repair and reset and change
 * nothing else. Pure. */
#ifndef RECONCILE_DESIRED_STANDING_H
#define RECONCILE_DESIRED_STANDING_H

#include "model/live.h"

/* Every sound builder of the store that could be applied, as its instance file says it; one that nobody booted stays
 * asleep. The caller's: state_free(). Its texts are those of `live`, which must outlive it. */
struct state *state_standing(const struct live *live);

#endif
