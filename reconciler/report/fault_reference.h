/* reconcile-faults(7), and the same as JSON: what --doctor may find, from the fault table. */
#ifndef RECONCILE_REPORT_FAULT_REFERENCE_H
#define RECONCILE_REPORT_FAULT_REFERENCE_H

#include "base/text_buffer.h"
#include "report/document.h"

void faults_reference_print(struct document *page);
void faults_reference_print_json(struct text *out);

#endif
