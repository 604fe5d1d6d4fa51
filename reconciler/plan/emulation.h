/* Registrations of foreign architectures that the machines of a builder's nodes lack. */
#ifndef RECONCILE_PLAN_EMULATION_H
#define RECONCILE_PLAN_EMULATION_H

#include "plan/draft.h"

/* Each becomes a field of the change; sets builder->emulate, and node->restart where a daemon must learn of it. */
void diff_emulation(struct draft *draft, struct builder_draft *builder);
/* STEP_INSTALL_EMULATION for each, once a machine. */
void steps_emulation(struct draft *draft, struct builder_draft *builder);

#endif
