/* What a state file may say, from the field table: as JSON Schema for editors, and as a page of the manual; and what
 * --doctor may find, from the fault table. */
#ifndef RECONCILE_REPORT_SCHEMA_H
#define RECONCILE_REPORT_SCHEMA_H

#include "base/text_buffer.h"
#include "report/document.h"

/* JSON Schema draft-07; schemas/state.schema.json is exactly this. Always the same bytes. */
void schema_state_print(struct text *out);

/* reconcile.yaml(5): the keys of each kind of mapping, then the drivers and their options. */
void reference_print(struct document *page);

/* reconcile-faults(7), and the same as JSON. */
void faults_reference_print(struct document *page);
void faults_reference_print_json(struct text *out);

#endif
