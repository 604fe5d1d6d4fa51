/* Containers under the name of a wanted node that this store did not make: another store's on the same Engine (another
 * user, a second runner agent), or somebody's own. What is ours is known by what names it, never by its name: an
 * instance file of this store, or the ledger of what this history made. */
#ifndef RECONCILE_PLAN_FOREIGN_H
#define RECONCILE_PLAN_FOREIGN_H

#include "plan/draft.h"

/* Taking one over is a replacement and no creation; while it is in use, it is refused unless the command line says
 * --adopt. To be called when the change's action and reason are known. */
void foreign_check(struct draft *draft, struct builder_draft *builder);
/* The networks that somebody connected the container to, besides the one it was made with. */
struct strings foreign_networks(struct arena *arena, const struct container *container);
/* What hangs on a container that is made anew and does not come back by itself becomes a field of the change: networks
 * that somebody connected, files that somebody changed in it. */
void foreign_note_lost(struct draft *draft, struct builder_draft *builder);

#endif
