/* What a value or an operand may be, by the word that help shows for it: FILE, NAME, REV. */
#ifndef RECONCILE_CLI_COMPLETE_VALUE_H
#define RECONCILE_CLI_COMPLETE_VALUE_H

#include "cli/complete.h"

struct asking {
	const struct session *session;
	const struct typed *typed;
	struct candidates *found;
};

/* value: as help shows it; of: the option or the mode whose it is. False when no row of the table knows the word. */
bool complete_value(const struct asking *asking, const char *value, const char *of);

#endif
