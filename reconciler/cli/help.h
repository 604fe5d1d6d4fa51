/* Help from the tables of modes, options and exit codes: by what one wants to do, with examples. */
#ifndef RECONCILE_CLI_HELP_H
#define RECONCILE_CLI_HELP_H

#include "base/text_buffer.h"
#include "cli/modes.h"

void options_help(struct text *out); /* every mode */
void options_help_mode(const struct mode *mode, struct text *out);

#endif
