/* The forms of reports by their names, and which mode has which. */
#ifndef RECONCILE_CLI_FORMAT_H
#define RECONCILE_CLI_FORMAT_H

#include "base/error.h"
#include "cli/modes.h"
#include "report/report.h"

/* Whether what is printed is one document: a plan and its outcome do not stand in it one after the other. */
bool format_is_document(enum report_format format);
const char *format_name(enum report_format format);
/* ERROR_USAGE when the mode has no such form, naming those that it has. */
int format_check(enum mode_id mode, enum report_format format, struct error *err);

#endif
