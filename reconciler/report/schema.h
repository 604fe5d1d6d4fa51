/* What a state file may say, from the field table: as JSON Schema for editors, as Markdown for the README; and what
 * --doctor may find, from the fault table. */
#ifndef RECONCILE_REPORT_SCHEMA_H
#define RECONCILE_REPORT_SCHEMA_H

#include "base/buffer.h"

/* JSON Schema draft-07; schemas/state.schema.json is exactly this. Always the same bytes. */
void schema_state_print(struct buffer *out);

/* Markdown: a table of keys per kind of mapping, then the drivers and their options. */
void reference_print(struct buffer *out);

/* The table of faults, as Markdown and as JSON. */
void faults_reference_print(struct buffer *out);
void faults_reference_print_json(struct buffer *out);

#endif
