/* What people type besides modes and options: understood where it can mean one thing only and changes nothing, else
 * answered with the right command. */
#ifndef RECONCILE_CLI_OPERANDS_H
#define RECONCILE_CLI_OPERANDS_H

#include "cli/options.h"

/* A word where a mode belongs. Always -1. */
int operand_refuse_mode(const char *word, struct error *err);
/* Whether state files may be its operands. */
bool operands_may_be_states(const struct mode *mode);
/* State files as operands become -f in modes that change nothing. -1 for what the mode cannot mean. */
int operands_settle(struct arena *arena, struct options *options, const struct mode *mode, struct error *err);

#endif
