/* Keys of state files compared as they are said, by the table of fields. */
#ifndef RECONCILE_PLAN_SAID_H
#define RECONCILE_PLAN_SAID_H

#include "model/field.h"
#include "plan/draft.h"

/* Two objects of one scope; old NULL: there was none. */
struct said {
	struct draft *draft;
	struct change *change;
	const char *prefix;   /* "cache." */
	struct source source; /* where nothing tells a better one */
};

/* Adds a field for each key with this effect whose value is another. Lists and tables are the caller's; `state` is the
 * action, and paths depend on the working folder: only those with a variable in them are compared. */
void said_diff(const struct said *said, enum field_scope scope, enum field_effect effect, const void *old,
	       const void *now);

#endif
