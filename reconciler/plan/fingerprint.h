/* Digests of what was observed of an object, so that a saved plan can tell whether the world is still as it was. Secret
 * values are left out. Each returns hex digits in the plan's arena. */
#ifndef RECONCILE_PLAN_FINGERPRINT_H
#define RECONCILE_PLAN_FINGERPRINT_H

#include "plan/draft.h"

/* builder is NULL when nothing of it was looked at. */
const char *fingerprint_builder(struct draft *draft, const char *name, const struct builder_draft *builder);
const char *fingerprint_text(struct draft *draft, const char *text);
/* "absent" and "unreadable" have digests of their own. */
const char *fingerprint_file(struct draft *draft, const struct store_file *file);

#endif
