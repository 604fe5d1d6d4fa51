/* What a rollback puts back besides builders and contexts. */
#ifndef RECONCILE_PLAN_RESTORE_H
#define RECONCILE_PLAN_RESTORE_H

#include "plan/draft.h"

/* Files that were damaged before they were mended, byte for byte, and what was moved aside. */
void plan_restores(struct draft *draft);

#endif
