/* reconcile.yaml(5): what a state file may say, from the field table, the driver table and the options of each driver.
 */
#ifndef RECONCILE_REPORT_REFERENCE_H
#define RECONCILE_REPORT_REFERENCE_H

#include "report/document.h"

void reference_print(struct document *page);

#endif
