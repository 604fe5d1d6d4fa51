/* Verifying: observe again, plan again; what was changed must need nothing now, and the
 * remote daemons of builders that were written must answer. */
#ifndef RECONCILE_APPLY_VERIFY_H
#define RECONCILE_APPLY_VERIFY_H

#include "apply/apply.h"
#include "model/live.h"
#include "model/plan.h"

/* Marks as CHANGE_FAILED each done change of `plan` that `after` (planned from a fresh observation) still wants, with
 * the first field that still differs in its error; as CHANGE_UNVERIFIED each of which nothing could be observed.
 * Returns how many. */
size_t apply_verify(const struct plan *plan, const struct plan *after, const struct live *live,
		    struct change_result *results);

/* Whether some done change cannot be told to be well only because somebody it is about did not answer in time. `live`
 * is what `after` was planned from. */
bool apply_unsure(const struct plan *plan, const struct plan *after, const struct live *live,
		  const struct change_result *results);

#endif
