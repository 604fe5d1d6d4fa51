/* reconcile(1), from the tables of modes, options and exit codes. */
#ifndef RECONCILE_CLI_COMMAND_PAGE_H
#define RECONCILE_CLI_COMMAND_PAGE_H

#include "report/document.h"

void command_page_print(struct document *page);

#endif
